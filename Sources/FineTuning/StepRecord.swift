/// What happened in one optimizer step, or in the steps since the row of the log before.
package struct StepRecord: Sendable, Hashable {
  /// Counted from 1; of several steps the last one, as are epoch, norm and rate.
  package let step: Int
  package let epoch: Double
  /// Nats per token, over all tokens of the step that have a label; of several steps the mean of their losses.
  package let loss: Double
  /// Before clipping.
  package let gradientNorm: Double
  package let learningRate: Double
  /// Tokens that passed through the model.
  package let tokens: Int
  /// The rows of the data set, in their order.
  package let rows: [Int]
  package let seconds: Double

  package init(
    step: Int, epoch: Double, loss: Double, gradientNorm: Double, learningRate: Double, tokens: Int, rows: [Int],
    seconds: Double
  ) {
    self.step = step
    self.epoch = epoch
    self.loss = loss
    self.gradientNorm = gradientNorm
    self.learningRate = learningRate
    self.tokens = tokens
    self.rows = rows
    self.seconds = seconds
  }

  /// The same with other rows of the data set.
  func with(rows: [Int]) -> StepRecord {
    StepRecord(
      step: step, epoch: epoch, loss: loss, gradientNorm: gradientNorm, learningRate: learningRate, tokens: tokens,
      rows: rows, seconds: seconds)
  }

  package var tokensPerSecond: Double { Double(tokens) / max(seconds, 1e-9) }
}
