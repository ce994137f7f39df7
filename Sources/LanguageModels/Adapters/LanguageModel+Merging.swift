import ModelFiles
import Quantization
import TensorCore

/// A model with its adapter added into the weights, and what rounding them took away.
package struct MergedModel: Sendable {
  /// The model, without an adapter.
  package let model: LanguageModel
  /// How far the stored weights are from the sums.
  package let loss: MergeLoss
}

/// The distance of stored weights from the float32 sums that they stand for, over all adapted layers.
package struct MergeLoss: Sendable, Hashable {
  package private(set) var largest: Float = 0
  /// The mean distance.
  package var mean: Double { count == 0 ? 0 : distance / Double(count) }
  /// How far the adapter moved a weight, in the mean: a loss of that size is as large as what was learned.
  package var meanChange: Double { count == 0 ? 0 : change / Double(count) }

  private var count = 0
  private var distance = 0.0
  private var change = 0.0

  fileprivate mutating func add(change: MatrixView, sum: MatrixView, stored: MatrixView) {
    count += sum.count
    for index in 0..<sum.count {
      let error = abs(stored.base[index] - sum.base[index])
      largest = max(largest, error)
      distance += Double(error)
      self.change += Double(abs(change.base[index]))
    }
  }
}

extension LanguageModel {
  /// The same function without an adapter: each linear layer is W + scale · B A in a format of its own, with DoRA its rows
  /// stretched to their magnitudes.
  ///
  /// Layers without a pair change their format too, so that a 4-bit base becomes a 16-bit model as a whole; one that has
  /// the format already is shared as it is. Embeddings, norms, biases and head are kept. Sums are made in float32 and
  /// rounded once, where PEFT's `merge_and_unload` rounds the product too.
  ///
  /// - Parameter format: `nil` for 16 bits: layers in F16 stay in that, layers in F32 in that, and all others become BF16
  ///   as Hugging Face's models are.
  /// - Throws: ``QuantizationError``, `CancellationError`.
  /// - Complexity: O(weights · rank), on all threads; beside the result four layers in float32.
  package func merged(into format: WeightFormat? = nil, isCancelled: () -> Bool = { false }) throws -> MergedModel {
    var model = self
    var loss = MergeLoss()
    model.adapter = nil
    for index in blocks.indices {
      for layer in LinearLayer.allCases {
        if isCancelled() { throw CancellationError() }
        let weight = blocks[index][layer]
        model.blocks[index][layer] = try Self.merged(
          weight, adapter?.pairs[index][layer], into: format ?? Self.floatFormat(of: weight), &loss)
      }
    }
    return MergedModel(model: model, loss: loss)
  }

  /// The float format that is nearest to how a weight is stored.
  private static func floatFormat(of weight: WeightMatrix) -> WeightFormat {
    switch weight.storage {
    case .blocks(.f32, _): .f32
    case .blocks(.f16, _): .f16
    default: .bf16
    }
  }

  private static func merged(
    _ weight: WeightMatrix, _ pair: LoRAPair?, into format: WeightFormat, _ loss: inout MergeLoss
  ) throws(QuantizationError) -> WeightMatrix {
    guard let pair else { return format.isFormat(of: weight) ? weight : try format.encode(weight.decoded()) }
    let frozen = weight.decoded()
    let sum = pair.added(to: frozen)
    let change = sum.copy()
    change.view.subtract(frozen.view)
    let stored = try format.encode(sum)
    loss.add(change: change.view, sum: sum.view, stored: stored.decoded().view)
    return stored
  }
}

extension LoRAPair {
  /// W + scale · B A; with DoRA m / ‖W + scale · B A‖ times that, row by row.
  func added(to weight: Matrix) -> Matrix {
    let sum = product()
    sum.view.add(weight.view)
    guard let magnitude else { return sum }
    for row in 0..<sum.rows {
      let numbers = UnsafeMutableBufferPointer(start: sum.view.row(row), count: sum.columns)
      let norm = numbers.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      let factor = Float(Double(magnitude.view.base[row]) / norm)
      for index in numbers.indices { numbers[index] *= factor }
    }
    return sum
  }

  /// What the pair adds to its layer's weights: scale · B A, shape `[out, in]`.
  func product(on backend: any ComputeBackend = CPUBackend.shared) -> Matrix {
    let product = Matrix(rows: b.rows, columns: a.columns)
    backend.multiply(
      b.view, transposed: false, by: a.view, transposed: false, into: product.view, scale: scale, keep: 0)
    return product
  }
}
