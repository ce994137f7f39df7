import CTensorKernels
import Foundation
import LanguageModels
import Quantization
import TensorCore

/// The loss of next-token prediction, and its gradient, without ever holding the logits of a whole batch.
final class CrossEntropy {
  private let backend: any ComputeBackend
  /// The output head, `[V, D]`.
  private let head: WeightMatrix
  /// The chunk, in memory that is kept from batch to batch.
  private var logits = Matrix(rows: 0, columns: 0)

  /// Bytes of logits that exist at a time.
  private static let chunkBytes = 48 << 20

  init(backend: any ComputeBackend, head: WeightMatrix) {
    self.backend = backend
    self.head = head
  }

  /// How many of some rows have their logits at a time.
  static func chunkRows(of rows: Int, vocabulary: Int) -> Int { max(16, min(rows, chunkBytes / (4 * vocabulary))) }

  /// What becomes of each row's label.
  ///
  /// - Parameters:
  ///   - hidden: Normed hidden states of the rows that have a label, `[M, D]`.
  ///   - labels: The token that each row is to predict, `[M]`.
  ///   - denominator: What the loss is divided by whose gradient is computed.
  ///   - gradient: Receives the gradient of `hidden`, or nil when only the loss is wanted.
  /// - Throws: `CancellationError`.
  func predictions(
    _ hidden: MatrixView, labels: [Int], denominator: Int, gradient: MatrixView?, isCancelled: () -> Bool
  ) throws -> [LabelPrediction] {
    let chunk = Self.chunkRows(of: hidden.rows, vocabulary: head.rows)
    if logits.rows < chunk {
      logits = Matrix(rows: 0, columns: 0)  // given back before the larger one is asked for
      logits = Matrix(rows: chunk, columns: head.rows)
    }
    var predictions: [LabelPrediction] = []
    for start in stride(from: 0, to: hidden.rows, by: chunk) {
      let rows = start..<min(start + chunk, hidden.rows)
      let view = logits.prefix(rows.count)
      if isCancelled() { throw CancellationError() }
      backend.multiply(hidden[rows], by: head, into: view)
      predictions += softmax(view, labels: labels[rows], denominator: denominator)
      guard let gradient else { continue }
      if isCancelled() { throw CancellationError() }
      backend.multiplyTransposed(view, by: head, into: gradient[rows], adding: false)
    }
    return predictions
  }

  /// Turns logits into their gradients in place.
  private func softmax(_ logits: MatrixView, labels: ArraySlice<Int>, denominator: Int) -> [LabelPrediction] {
    let kernels = InstructionSet.current.kernels
    let weight = 1 / Float(denominator)
    let results = Matrix(rows: logits.rows, columns: 2)
    let (losses, hits) = (results.view.row(0), results.view.row(0) + logits.rows)
    ThreadPool.shared.runRanges(logits.rows) { range in
      for row in range {
        let (line, label) = (logits.row(row), labels[labels.startIndex + row])
        let own = line[label]
        let maximum = kernels.maximum(line, logits.columns)
        // Of equal ones the first, as torch.argmax.
        let isRight = own == maximum && !(0..<label).contains { line[$0] == maximum }
        let sum = kernels.exponentials(line, maximum, logits.columns)
        losses[row] = logf(sum) + maximum - own
        hits[row] = isRight ? 1 : 0
        let scale = weight / sum
        kernels.scale(scale, line, logits.columns)
        line[label] -= weight
      }
    }
    return (0..<logits.rows).map { LabelPrediction(loss: Double(losses[$0]), isRight: hits[$0] == 1) }
  }
}

/// What becomes of one label.
struct LabelPrediction {
  /// In nats.
  let loss: Double
  /// Whether the label has the highest probability of all.
  let isRight: Bool
}
