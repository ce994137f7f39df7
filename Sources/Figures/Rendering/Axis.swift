import Foundation

/// One direction of a chart: a title, a scale, and where its ticks are.
package struct Axis: Sendable, Hashable {
  package enum Scale: Sendable, Hashable { case linear, logarithmic }

  /// What is measured and in which unit, such as `loss (nats per token)`.
  package var title: String
  package var scale: Scale
  package var domain: ClosedRange<Double>
  package var ticks: [Tick]
  /// Whether lines run through the chart at the ticks.
  package var hasGrid: Bool
  /// Whether the first value is at the top (y) instead of at the bottom.
  package var isReversed: Bool
  /// Whether the places are names at 0, 1, 2 … instead of numbers.
  package var isCategorical: Bool
  /// Whether the labels of a horizontal axis run upwards, because they are longer than their places are wide.
  package var labelsAreTurned = false

  /// Pixels that a turned label may take; the rest is cut.
  static let longestTurnedLabel = 90

  package init(
    title: String, scale: Scale = .linear, domain: ClosedRange<Double>, ticks: [Tick], hasGrid: Bool = true,
    isReversed: Bool = false, isCategorical: Bool = false
  ) {
    self.title = title
    self.scale = scale
    self.domain = domain
    self.ticks = ticks
    self.hasGrid = hasGrid
    self.isReversed = isReversed
    self.isCategorical = isCategorical
  }
}

extension Axis {
  /// An axis whose domain holds all finite values and ends on round numbers.
  ///
  /// - Parameters:
  ///   - values: What must be visible. Without any finite value the domain is 0...1.
  ///   - includesZero: Whether the domain is stretched to zero, as bars need.
  ///   - isRounded: Whether the domain is widened to the next ticks; steps and other exact ends are not.
  package static func covering(
    _ values: some Sequence<Double>, title: String, scale: Scale = .linear, includesZero: Bool = false,
    isRounded: Bool = true, tickCount: Int = 6
  ) -> Axis {
    // Half of the largest number, so that the length of the domain is a number too.
    let limit = Double.greatestFiniteMagnitude / 2.1
    let usable = scale == .logarithmic ? { (value: Double) in value.isFinite && value > 0 } : { $0.isFinite }
    var lower = Double.infinity
    var upper = -Double.infinity
    var areWhole = true
    for value in values where usable(value) {
      areWhole = areWhole && value == value.rounded()
      lower = min(lower, value)
      upper = max(upper, value)
    }
    if lower > upper { (lower, upper) = scale == .logarithmic ? (1, 10) : (0, 1) }
    if scale == .logarithmic { return logarithmic(lower...upper, title: title, tickCount: tickCount) }
    (lower, upper) = (max(-limit, min(lower, limit)), max(-limit, min(upper, limit)))
    if includesZero { (lower, upper) = (min(lower, 0), max(upper, 0)) }
    return linear(
      lower...upper, title: title, isRounded: isRounded, leastStep: areWhole ? 1 : 0, tickCount: tickCount)
  }

  /// An axis of named places 0, 1, 2 …, one for each category.
  ///
  /// - Parameter maximumLabels: More categories than this are labelled only every second, third … time.
  package static func categories(_ names: [String], title: String, isReversed: Bool = false, maximumLabels: Int = 64)
    -> Axis
  {
    let stride = max(1, (names.count + maximumLabels - 1) / max(1, maximumLabels))
    let ticks = Swift.stride(from: 0, to: names.count, by: stride).map { Tick(value: Double($0), label: names[$0]) }
    let last = max(0.5, Double(names.count) - 0.5)
    return Axis(
      title: title, domain: -0.5...last, ticks: ticks, hasGrid: false, isReversed: isReversed,
      isCategorical: true)
  }

  /// - Parameter leastStep: The least distance of ticks: 1 for whole numbers, so that there is no step 2.5.
  private static func linear(
    _ range: ClosedRange<Double>, title: String, isRounded: Bool, leastStep: Double, tickCount: Int
  ) -> Axis {
    let range = range.widenedIfEmpty()
    let step = max(leastStep, Tick.step(for: range, count: tickCount))
    var domain = range
    if isRounded {
      let rounded = (range.lowerBound / step).rounded(.down) * step...(range.upperBound / step).rounded(.up) * step
      if (rounded.upperBound - rounded.lowerBound).isFinite { domain = rounded }
    }
    return Axis(title: title, domain: domain, ticks: Tick.linear(in: domain, step: step))
  }

  private static func logarithmic(_ range: ClosedRange<Double>, title: String, tickCount: Int) -> Axis {
    // Far enough from the ends of what a number can be, that all below is one.
    let range = max(1e-280, min(1e280, range.lowerBound))...max(1e-280, min(1e280, range.upperBound))
    // A tenth of a decade of air, and at least half a decade in all.
    let middle = (log10(range.lowerBound) + log10(range.upperBound)) / 2
    let reach = max(0.25, (log10(range.upperBound) - log10(range.lowerBound)) / 2) * 1.04
    let domain = pow(10, middle - reach)...pow(10, middle + reach)
    return Axis(
      title: title, scale: .logarithmic, domain: domain, ticks: Tick.logarithmic(in: domain, count: tickCount))
  }

  /// Where a value lies, from 0 at the domain's start to 1 at its end; `nil` when it cannot be placed.
  func fraction(of value: Double) -> Double? {
    let fraction: Double
    switch scale {
    case .linear:
      fraction = (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
    case .logarithmic:
      guard value > 0 else { return nil }
      fraction = (log(value) - log(domain.lowerBound)) / (log(domain.upperBound) - log(domain.lowerBound))
    }
    return fraction.isFinite ? fraction : nil
  }
}

extension ClosedRange<Double> {
  /// The range, or one around it when it holds a single value, so that it can be divided into steps.
  fileprivate func widenedIfEmpty() -> ClosedRange<Double> {
    let smallest = Swift.max(abs(lowerBound), abs(upperBound)) * 1e-9
    guard upperBound - lowerBound <= smallest else { return self }
    let margin = lowerBound == 0 ? 1 : abs(lowerBound) * 0.1
    return lowerBound - margin...upperBound + margin
  }
}
