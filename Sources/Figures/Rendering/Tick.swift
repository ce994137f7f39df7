import Foundation

/// A labelled place on an axis.
package struct Tick: Sendable, Hashable {
  package var value: Double
  package var label: String

  package init(value: Double, label: String) {
    self.value = value
    self.label = label
  }
}

extension Tick {
  /// The distance of ticks: 1, 2, 2.5 or 5 times a power of ten, so that about `count` of them fit.
  static func step(for range: ClosedRange<Double>, count: Int) -> Double {
    let rough = range.upperBound / Double(count) - range.lowerBound / Double(count)
    let magnitude = pow(10, log10(rough).rounded(.down))
    guard magnitude.isFinite, magnitude > 0 else { return max(rough, .leastNormalMagnitude) }
    let factor = [1, 2, 2.5, 5, 10].first { $0 * magnitude >= rough * 0.999 } ?? 10
    return factor * magnitude
  }

  /// Ticks at the multiples of `step` that lie within the domain.
  static func linear(in domain: ClosedRange<Double>, step: Double) -> [Tick] {
    let first = (domain.lowerBound / step - 1e-9).rounded(.up)
    let last = (domain.upperBound / step + 1e-9).rounded(.down)
    guard first.isFinite, last.isFinite, last - first < 100 else { return [] }
    let values = stride(from: first, through: last, by: 1).map { $0 * step + 0 }
    let labels = AxisNumbers(step: step, largest: max(abs(domain.lowerBound), abs(domain.upperBound)))
    return values.map { Tick(value: $0, label: labels.label(for: $0)) }
  }

  /// Ticks at powers of ten, and at 2 and 5 times them where the domain has few powers.
  static func logarithmic(in domain: ClosedRange<Double>, count: Int) -> [Tick] {
    let first = Int(log10(domain.lowerBound).rounded(.down))
    let last = Int(log10(domain.upperBound).rounded(.up))
    let factors: [Double] = last - first <= 2 ? [1, 2, 5] : [1]
    let stride = max(1, (last - first) / max(1, count))
    let values = Swift.stride(from: first, through: last, by: stride).flatMap { exponent in
      factors.map { $0 * pow(10, Double(exponent)) }
    }
    return values.filter { domain.contains($0) }.map { Tick(value: $0, label: AxisNumbers.alone($0)) }
  }
}

/// How the numbers of one axis are written: all with the same number of decimals or the same suffix.
private struct AxisNumbers {
  private let divisor: Double
  private let suffix: String
  private let decimals: Int
  private let isScientific: Bool

  /// - Parameters:
  ///   - step: The distance of two ticks.
  ///   - largest: The largest magnitude on the axis.
  init(step: Double, largest: Double) {
    isScientific = largest >= 1e15 || (largest > 0 && largest < 1e-3)
    switch largest {
    case 1e12..<1e15: (divisor, suffix) = (1e12, "T")
    case 1e9..<1e12: (divisor, suffix) = (1e9, "G")
    case 1e6..<1e9: (divisor, suffix) = (1e6, "M")
    case 1e4..<1e6: (divisor, suffix) = (1e3, "k")
    default: (divisor, suffix) = (1, "")
    }
    // 2.5 needs one decimal more than its power of ten.
    let size = step / divisor
    let magnitude = log10(size).rounded(.down)
    let isWhole = abs(size / pow(10, magnitude) - (size / pow(10, magnitude)).rounded()) < 1e-6
    decimals = magnitude.isFinite ? min(9, max(0, Int(-magnitude) + (isWhole ? 0 : 1))) : 0
  }

  func label(for value: Double) -> String {
    if isScientific { return Self.scientific(value) }
    let text = NumberText.fixed(value / divisor, decimals: decimals)
    return (value == 0 && !suffix.isEmpty ? "0" : text + suffix).replacing("-", with: "−")
  }

  /// A number that need not agree with its neighbours, as on a logarithmic axis.
  static func alone(_ value: Double) -> String {
    switch value {
    case 1e-3..<1e4: NumberText.significant(value, digits: 2)
    case 1e4..<1e15: NumberText.abbreviated(value)
    default: scientific(value)
    }
  }

  private static func scientific(_ value: Double) -> String {
    value == 0 ? "0" : NumberText.scientific(value, digits: 2).replacing("-", with: "−")
  }
}
