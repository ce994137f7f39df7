import LanguageModels

extension Trainer {
  /// Judges the model as trained so far, without dropout and noise.
  ///
  /// - Parameter rows: Made as those of the training; `nil` for the validation rows.
  /// - Throws: `CancellationError`, ``TrainingError``.
  package func evaluate(
    _ rows: [TrainingRow]? = nil, isCancelled: () -> Bool = { false }
  ) throws -> Evaluation {
    let (rows, start) = (rows ?? validation, ContinuousClock.now)
    guard !rows.isEmpty else { throw TrainingError.noValidation }
    var sum = BatchEvaluation()
    for first in stride(from: 0, to: rows.count, by: options.batchSize) {
      let batch = TrainingBatch(Array(rows[first..<min(first + options.batchSize, rows.count)]))
      guard batch.labelCount > 0 else { continue }
      do {
        sum += try pass.evaluate(batch, isCancelled: isCancelled)
      } catch let value as NonFiniteValue {
        throw TrainingError.notFinite(value, step: stepsDone, rows: batch.rows)
      }
    }
    guard sum.labels > 0 else { throw TrainingError.noLabels(batch: rows.flatMap(\.sources)) }
    return Evaluation(
      step: stepsDone, epoch: epoch(after: stepsDone), loss: sum.lossSum / Double(sum.labels), tokens: sum.labels,
      rightTokens: sum.rightTokens, rows: sum.rows, rightRows: sum.rightRows,
      seconds: (ContinuousClock.now - start) / .seconds(1))
  }

  /// Takes an evaluation of the validation rows into the history, and remembers the adapter if it is the best so far.
  func record(_ evaluation: Evaluation) {
    evaluations.append(evaluation)
    let isBest = progress.add(
      evaluation.loss, step: evaluation.step, threshold: options.earlyStopping?.threshold ?? 0)
    if isBest, options.loadBestModelAtEnd { bestAdapter = adapter.copy() }
    if hasStoppedEarly { log.flush() }
  }
}
