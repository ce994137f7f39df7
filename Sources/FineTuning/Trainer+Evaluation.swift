import LanguageModels

/// The loss of a model on rows that it is not trained on.
package struct LossEvaluation: Sendable, Hashable {
  /// Optimizer steps that were done before.
  package let step: Int
  /// Nats per token over all tokens with a label.
  package let loss: Double
  /// Tokens that were predicted.
  package let tokens: Int
}

extension Trainer {
  /// Computes the loss of the model as trained so far, without dropout and without whole logits.
  ///
  /// - Parameter rows: Made as those of the training.
  /// - Throws: `CancellationError`, ``TrainingError``.
  package func evaluate(_ rows: [TrainingRow], isCancelled: () -> Bool = { false }) throws -> LossEvaluation {
    let batches = stride(from: 0, to: rows.count, by: options.batchSize).map { start in
      TrainingBatch(Array(rows[start..<min(start + options.batchSize, rows.count)]))
    }
    let labels = batches.reduce(0) { $0 + $1.labelCount }
    guard labels > 0 else { throw TrainingError.noLabels(batch: rows.flatMap(\.sources)) }
    let loss = try batches.filter { $0.labelCount > 0 }.reduce(0.0) { sum, batch in
      try sum + pass.run(batch, denominator: labels, gradients: nil, isCancelled: isCancelled)
    }
    guard loss.isFinite else {
      throw TrainingError.notFinite(what: "the loss", step: history.count, rows: rows.flatMap(\.sources))
    }
    return LossEvaluation(step: history.count, loss: loss, tokens: labels)
  }
}
