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
      let softmax = Softmax(logits: view, labels: labels[rows], weight: 1 / Float(denominator))
      if let gradient {
        try backend.consuming(view, preparing: { softmax.becomeGradient($0) }) {
          if isCancelled() { throw CancellationError() }
          backend.multiplyTransposed(view, by: head, into: gradient[rows], adding: false)
        }
      } else {
        ThreadPool.shared.runRanges(rows.count) { rows in rows.forEach(softmax.judge) }
      }
      predictions += softmax.predictions
    }
    return predictions
  }
}

/// The softmax of some rows of logits.
private struct Softmax: @unchecked Sendable {
  let logits: MatrixView
  let labels: ArraySlice<Int>
  /// What a label weighs in the loss whose gradient is computed.
  let weight: Float
  private let results: Matrix
  private let kernels = InstructionSet.current.kernels

  init(logits: MatrixView, labels: ArraySlice<Int>, weight: Float) {
    self.logits = logits
    self.labels = labels
    self.weight = weight
    results = Matrix(rows: logits.rows, columns: 2)
  }

  /// What became of the labels of rows that were judged.
  var predictions: [LabelPrediction] {
    (0..<results.rows).map { row in
      let result = results.view.row(row)
      return LabelPrediction(loss: Double(result[0]), isRight: result[1] == 1)
    }
  }

  /// Turns a row of logits into their gradient.
  func becomeGradient(_ row: Int) {
    let sum = exponentials(row)
    kernels.scale(weight / sum, logits.row(row), logits.columns)
    logits.row(row)[labels[labels.startIndex + row]] -= weight
  }

  /// Says what becomes of the label of a row, whose logits are of no use afterwards.
  func judge(_ row: Int) { _ = exponentials(row) }

  /// Turns a row of logits into their exponentials, divided by the largest, and returns their sum.
  private func exponentials(_ row: Int) -> Float {
    let (line, label, result) = (logits.row(row), labels[labels.startIndex + row], results.view.row(row))
    let own = line[label]
    let maximum = kernels.maximum(line, logits.columns)
    // Of equal ones the first, as torch.argmax.
    let isRight = own == maximum && !(0..<label).contains { line[$0] == maximum }
    let sum = kernels.exponentials(line, maximum, logits.columns)
    result[0] = logf(sum) + maximum - own
    result[1] = isRight ? 1 : 0
    return sum
  }
}

/// What becomes of one label.
struct LabelPrediction {
  /// In nats.
  let loss: Double
  /// Whether the label has the highest probability of all.
  let isRight: Bool
}
