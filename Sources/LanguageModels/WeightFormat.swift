import Quantization
import TensorCore

/// How the linear layers of a model that is made from another are stored.
package enum WeightFormat: Sendable, Hashable {
  /// Floats or blocks of ggml.
  case blocks(BlockFormat)
  /// 4-bit NormalFloat.
  case nf4(blockSize: Int = 64, doubleQuantized: Bool = true)

  package static var f32: WeightFormat { .blocks(.f32) }
  package static var f16: WeightFormat { .blocks(.f16) }
  package static var bf16: WeightFormat { .blocks(.bf16) }
  package static var nf4: WeightFormat { .nf4() }

  /// A matrix in this format, each number rounded once.
  ///
  /// - Throws: ``QuantizationError``, as ``WeightMatrix/encoded(as:)``.
  /// - Complexity: O(weights), on all threads.
  func encode(_ matrix: Matrix) throws(QuantizationError) -> WeightMatrix {
    switch self {
    case .blocks(let format): return try WeightMatrix(matrix).encoded(as: format)
    case .nf4(let blockSize, let doubleQuantized):
      return WeightMatrix(quantizing: matrix, blockSize: blockSize, doubleQuantized: doubleQuantized)
    }
  }

  /// Whether a weight is stored in this format already.
  func isFormat(of weight: WeightMatrix) -> Bool {
    switch (self, weight.storage) {
    case (.blocks(let format), .blocks(let stored, _)): return format == stored
    case (.nf4(let blockSize, let doubleQuantized), .codeBook(let stored)):
      let hasCodedScales = if case .doubleQuantized = stored.scales { true } else { false }
      return stored.codeBook == .nf4 && stored.blockSize == blockSize && hasCodedScales == doubleQuantized
    default: return false
    }
  }
}

extension WeightMatrix {
  /// A matrix in 4-bit NormalFloat.
  init(quantizing matrix: Matrix, blockSize: Int, doubleQuantized: Bool) {
    let weights = CodeBookWeights(
      quantizing: UnsafeBufferPointer(matrix.view.buffer), blockSize: blockSize, doubleQuantized: doubleQuantized)
    self.init(rows: matrix.rows, columns: matrix.columns, storage: .codeBook(weights))
  }
}
