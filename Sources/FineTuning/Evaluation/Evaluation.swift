import Foundation

/// How well a model predicts rows that it is not trained on.
package struct Evaluation: Sendable, Hashable {
  /// Optimizer steps that were done before.
  package let step: Int
  package let epoch: Double
  /// Nats per token over all tokens with a label.
  package let loss: Double
  /// Tokens with a label, and of those the ones to which the model gives the highest probability.
  package let tokens: Int
  package let rightTokens: Int
  /// Sequences with a label, and of those the ones of which every labelled token is right.
  package let rows: Int
  package let rightRows: Int
  package let seconds: Double

  package init(
    step: Int, epoch: Double, loss: Double, tokens: Int, rightTokens: Int, rows: Int, rightRows: Int, seconds: Double
  ) {
    self.step = step
    self.epoch = epoch
    self.loss = loss
    self.tokens = tokens
    self.rightTokens = rightTokens
    self.rows = rows
    self.rightRows = rightRows
    self.seconds = seconds
  }

  /// The exponential of the loss: among how many equally probable tokens the model hesitates.
  package var perplexity: Double { exp(loss) }

  /// The share of labelled tokens that are right, as TRL's `mean_token_accuracy`.
  package var tokenAccuracy: Double { Double(rightTokens) / Double(max(1, tokens)) }

  /// The share of rows that are right as a whole: with a single word to learn in each, the accuracy of a classifier.
  package var accuracy: Double { Double(rightRows) / Double(max(1, rows)) }
}

/// What a pass finds out about a batch without training on it.
package struct BatchEvaluation: Sendable, Hashable {
  /// Nats, over all labels.
  package var lossSum = 0.0
  package var labels = 0
  package var rightTokens = 0
  /// Sequences with a label.
  package var rows = 0
  package var rightRows = 0

  package init(lossSum: Double = 0, labels: Int = 0, rightTokens: Int = 0, rows: Int = 0, rightRows: Int = 0) {
    self.lossSum = lossSum
    self.labels = labels
    self.rightTokens = rightTokens
    self.rows = rows
    self.rightRows = rightRows
  }

  /// Counts what became of a batch's labels, in their order.
  init(_ predictions: [LabelPrediction], of batch: TrainingBatch) {
    self.init()
    var rest = predictions[...]
    for sequence in batch.sequences {
      let own = rest.prefix(batch.labels[sequence].count { $0 != TrainingBatch.ignored })
      rest = rest.dropFirst(own.count)
      guard !own.isEmpty else { continue }
      let right = own.count(where: \.isRight)
      lossSum += own.reduce(0) { $0 + $1.loss }
      labels += own.count
      rightTokens += right
      rows += 1
      rightRows += right == own.count ? 1 : 0
    }
  }

  /// Adds another batch.
  package static func += (sum: inout BatchEvaluation, other: BatchEvaluation) {
    sum.lossSum += other.lossSum
    sum.labels += other.labels
    sum.rightTokens += other.rightTokens
    sum.rows += other.rows
    sum.rightRows += other.rightRows
  }
}
