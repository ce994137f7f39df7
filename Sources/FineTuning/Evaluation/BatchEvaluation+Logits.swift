import Foundation
import LanguageModels
import TensorCore

extension BatchEvaluation {
  /// Reads a batch with a model, one sequence after the other.
  ///
  /// - Throws: `CancellationError`.
  init(_ batch: TrainingBatch, reading context: InferenceContext, isCancelled: () -> Bool) throws {
    self.init()
    for range in batch.sequences {
      let labels = batch.labels[range]
      guard let last = labels.lastIndex(where: { $0 != TrainingBatch.ignored }) else { continue }
      context.truncate(to: 0)
      let logits = try context.readAll(Array(batch.tokens[range.lowerBound...last]), isCancelled: isCancelled)
      var isRight = true
      for (row, label) in labels[...last].enumerated() where label != TrainingBatch.ignored {
        let line = UnsafeBufferPointer(start: logits.view.row(row), count: logits.columns)
        let largest = line.max() ?? 0
        lossSum += Double(largest - line[label]) + log(line.reduce(0.0) { $0 + Double(expf($1 - largest)) })
        // Of equal ones the first, as torch.argmax.
        let hits = line.firstIndex(of: largest) == label
        labelled(hits)
        isRight = isRight && hits
      }
      rows += 1
      rightRows += isRight ? 1 : 0
    }
  }

  private mutating func labelled(_ isRight: Bool) {
    labels += 1
    rightTokens += isRight ? 1 : 0
  }
}
