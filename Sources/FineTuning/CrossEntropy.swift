import CTensorKernels
import Foundation
import LanguageModels
import Quantization
import TensorCore

/// The loss of next-token prediction, and its gradient, without ever holding the logits of a whole batch.
struct CrossEntropy {
  let backend: any ComputeBackend
  /// The output head, `[V, D]`.
  let head: WeightMatrix

  /// Bytes of logits that exist at a time.
  private static let chunkBytes = 16 << 20

  /// The summed loss of rows in nats, each row divided by `denominator`.
  ///
  /// - Parameters:
  ///   - hidden: Normed hidden states of the rows that have a label, `[M, D]`.
  ///   - labels: The token that each row is to predict, `[M]`.
  ///   - gradient: Receives the gradient of `hidden`, or nil when only the loss is wanted.
  /// - Throws: `CancellationError`.
  func loss(
    _ hidden: MatrixView, labels: [Int], denominator: Int, gradient: MatrixView?, isCancelled: () -> Bool
  ) throws -> Double {
    let chunk = max(16, min(hidden.rows, Self.chunkBytes / (4 * head.rows)))
    let logits = Matrix(rows: chunk, columns: head.rows)
    var total = 0.0
    for start in stride(from: 0, to: hidden.rows, by: chunk) {
      let rows = start..<min(start + chunk, hidden.rows)
      let view = logits.prefix(rows.count)
      if isCancelled() { throw CancellationError() }
      backend.multiply(hidden[rows], by: head, into: view)
      total += softmax(view, labels: labels[rows], denominator: denominator)
      guard let gradient else { continue }
      if isCancelled() { throw CancellationError() }
      backend.multiplyTransposed(view, by: head, into: gradient[rows], adding: false)
    }
    return total / Double(denominator)
  }

  /// Turns logits into their gradients in place; returns the summed loss.
  private func softmax(_ logits: MatrixView, labels: ArraySlice<Int>, denominator: Int) -> Double {
    let kernels = InstructionSet.current.kernels
    let losses = Matrix(rows: logits.rows, columns: 1)
    let weight = 1 / Float(denominator)
    let results = losses.view
    ThreadPool.shared.runRanges(logits.rows) { range in
      for row in range {
        let (line, label) = (logits.row(row), labels[labels.startIndex + row])
        let own = line[label]
        let maximum = kernels.maximum(line, logits.columns)
        let sum = kernels.exponentials(line, maximum, logits.columns)
        results.base[row] = logf(sum) + maximum - own
        let scale = weight / sum
        for column in 0..<logits.columns { line[column] *= scale }
        line[label] -= weight
      }
    }
    return losses.values.reduce(0) { $0 + Double($1) }
  }
}
