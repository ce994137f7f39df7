/// The log of a training: a row for every so many steps, as Hugging Face's `logging_steps` has it.
struct TrainingLog: Sendable {
  private(set) var rows: [StepRecord] = []
  /// Steps that are not in a row yet.
  private(set) var pending: [StepRecord] = []
  private let interval: StepCount
  private let totalSteps: Int

  init(_ options: TrainingOptions, totalSteps: Int) {
    interval = options.logging
    self.totalSteps = totalSteps
  }

  /// Goes on with what a checkpoint holds.
  mutating func restore(rows: [StepRecord], pending: [StepRecord]) {
    self.rows = rows
    self.pending = pending
  }

  /// Takes a step; the last one of the training ends a row in any case.
  mutating func add(_ step: StepRecord) {
    pending.append(step)
    if interval.isDue(at: step.step, of: totalSteps) || step.step == totalSteps { flush() }
  }

  /// Ends a row.
  mutating func flush() {
    guard let last = pending.last else { return }
    rows.append(
      StepRecord(
        step: last.step, epoch: last.epoch, loss: pending.reduce(0) { $0 + $1.loss } / Double(pending.count),
        gradientNorm: last.gradientNorm, learningRate: last.learningRate,
        tokens: pending.reduce(0) { $0 + $1.tokens }, rows: pending.flatMap(\.rows),
        seconds: pending.reduce(0) { $0 + $1.seconds }))
    pending = []
  }
}
