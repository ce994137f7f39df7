/// Training loss over steps: a dot for each step, a smoothed line, and the evaluations.
///
/// Several runs are overlaid, each in its own colour. While training, a new value is made at each update;
/// `plannedSteps` keeps the horizontal axis as it is until the end.
package struct LossChart: ChartFigure, Hashable {
  /// The losses of one training run.
  package struct Run: Sendable, Hashable {
    package var name: String
    /// Step and training loss, in the order of the steps.
    package var losses: [Point]
    /// Step and evaluation loss.
    package var evaluations: [Point]

    package init(name: String = "training", losses: [Point], evaluations: [Point] = []) {
      self.name = name
      self.losses = losses
      self.evaluations = evaluations
    }

    /// A run whose losses belong to the steps 1, 2, 3 ….
    package init(name: String = "training", losses: [Double]) {
      self.init(name: name, losses: losses.enumerated().map { Point(Double($0 + 1), $1) })
    }
  }

  package var runs: [Run]
  /// How much of the line before is kept at each step, from 0 to below 1; 0 draws a line through the raw losses.
  package var smoothing: Double
  /// Where the horizontal axis ends while the run has not got there, in steps.
  package var plannedSteps: Int?
  package var isLogarithmic: Bool
  package var title: String

  package init(
    runs: [Run], smoothing: Double = 0.9, plannedSteps: Int? = nil, isLogarithmic: Bool = false, title: String = "Loss"
  ) {
    self.runs = runs
    self.smoothing = smoothing
    self.plannedSteps = plannedSteps
    self.isLogarithmic = isLogarithmic
    self.title = title
  }

  package var chart: Chart {
    Chart(title: title, note: note, x: stepAxis, y: lossAxis, layers: runs.indices.flatMap(layers))
  }

  private static let visiblePoints = 400

  /// Dots and line in the colour of the run; a single run's parts are named instead of the run.
  private func layers(of index: Int) -> [Layer] {
    let run = runs[index]
    let isOnly = runs.count == 1
    let color = Color.series(index)
    let evaluationColor = isOnly ? Color.series(1) : color
    let averages = exponentialMovingAverage(run.losses.map(\.y), smoothing: smoothing)
    let line = zip(run.losses, averages).map { Point($0.x, $1) }.decimated(to: Self.visiblePoints)
    let dots = run.losses.filter(\.isFinite).decimated(to: Self.visiblePoints)
    let hasDots = smoothing > 0 || run.losses.count == 1
    // The fewer there are, the more each one tells.
    let isSparse = dots.count < 40
    let dotLayer = Layer(
      .points(dots, radius: isSparse ? 3 : 2.2), color: color, opacity: isSparse ? 0.7 : isOnly ? 0.6 : 0.35)
    return [
      hasDots ? dotLayer : nil,
      Layer(.line(line, width: 2.2), name: isOnly ? trainingName : run.name, color: color),
      run.evaluations.isEmpty
        ? nil : Layer(.line(run.evaluations, width: 1.4, dashed: true), color: evaluationColor, opacity: 0.8),
      run.evaluations.isEmpty
        ? nil
        : Layer(
          .points(run.evaluations.filter(\.isFinite), radius: 4), name: isOnly ? "evaluation" : nil,
          color: evaluationColor),
    ].compactMap { $0 }
  }

  private var trainingName: String {
    smoothing > 0 ? "training, smoothed by \(NumberText.significant(smoothing))" : "training"
  }

  private var note: String? {
    let shown = runs.map { min($0.losses.count, Self.visiblePoints) }.reduce(0, +)
    let all = runs.map(\.losses.count).reduce(0, +)
    let missing = runs.flatMap(\.losses).count { !$0.isFinite }
    var parts: [String] = []
    if shown < all { parts.append("about \(NumberText.count(shown)) of \(NumberText.count(all)) losses drawn") }
    if missing > 0 { parts.append("\(NumberText.count(missing)) not finite") }
    if runs.count > 1, runs.contains(where: { !$0.evaluations.isEmpty }) { parts.append("dashed: evaluation") }
    return parts.isEmpty ? nil : parts.joined(separator: " · ")
  }

  private var stepAxis: Axis {
    let steps = runs.flatMap { ($0.losses + $0.evaluations).lazy.filter(\.x.isFinite).map(\.x) }
    return Axis.covering(steps + [0, Double(plannedSteps ?? 0)], title: "step", isRounded: false)
  }

  private var lossAxis: Axis {
    let losses = runs.flatMap { ($0.losses + $0.evaluations).map(\.y) }
    return Axis.covering(
      losses, title: "loss (nats per token)", scale: isLogarithmic ? .logarithmic : .linear, tickCount: 5)
  }
}
