import LanguageModels
import ModelFiles
import TensorCore

/// What DoRA makes of one adapted layer in training: y = m / ‖W + s B A‖ · x (W + s B A)ᵀ.
///
/// The lengths change with A and B, but the backward pass takes them as constant, as the paper proposes (section 4.3) and
/// PEFT does. With dropout the layer's own product keeps its whole input, and only what DoRA adds to it sees dropout, as in
/// PEFT: y = x Wᵀ - x' Wᵀ + m / ‖W + s B A‖ · x' (W + s B A)ᵀ.
///
/// Liu et al., "DoRA", 2024, arXiv:2402.09353.
final class WeightDecomposition {
  private let rowNorms: RowNorms
  private let scratch: Scratch
  /// The lengths in the last forward pass, `[out]`.
  private var norms: [Float] = []

  private init(_ rowNorms: RowNorms, _ scratch: Scratch) {
    self.rowNorms = rowNorms
    self.scratch = scratch
  }

  /// One for each layer whose pair has magnitudes, by block.
  static func all(of model: LanguageModel) -> [[LinearLayer: WeightDecomposition]] {
    let scratch = Scratch()
    return zip(model.blocks, model.adapter?.pairs ?? []).map { block, pairs in
      var layers: [LinearLayer: WeightDecomposition] = [:]
      for (layer, pair) in pairs where pair.magnitude != nil {
        layers[layer] = WeightDecomposition(RowNorms(block[layer]), scratch)
      }
      return layers
    }
  }

  /// Turns y = x Wᵀ into what DoRA gives.
  ///
  /// - Parameters:
  ///   - input: x, or dropout(x).
  ///   - reduced: input Aᵀ.
  func forward(
    _ layer: AdaptedLayer, _ pair: LoRAPair, _ input: MatrixView, _ reduced: MatrixView, into y: MatrixView
  ) {
    norms = rowNorms.norms(with: pair, on: layer.backend)
    guard layer.dropout != nil else {
      layer.add(pair, reduced, to: y)
      layer.backend.multiply(columnsOf: y, by: factors(pair))
      return
    }
    let z = scratch.view(y.rows, y.columns)
    layer.backend.multiply(input, by: layer.weight, into: z)
    y.subtract(z)
    layer.add(pair, reduced, to: z)
    layer.backend.multiply(columnsOf: z, by: factors(pair))
    y.add(z)
  }

  /// Adds to the gradient of m.
  ///
  /// - Returns: The gradient of z = input (W + s B A)ᵀ, in memory that the next layer uses again.
  func backward(
    _ layer: AdaptedLayer, _ pair: LoRAPair, _ dy: MatrixView, _ input: MatrixView, _ reduced: MatrixView,
    _ gradient: LoRAPair
  ) -> MatrixView {
    let z = scratch.view(dy.rows, dy.columns)
    if let sums = gradient.magnitude?.view {
      // z is computed again: keeping it would cost as much memory as the layer's output.
      layer.backend.multiply(input, by: layer.weight, into: z)
      layer.add(pair, reduced, to: z)
      layer.backend.addProducts(ofColumns: dy, z, times: norms.map { 1 / $0 }, to: sums)
    }
    z.copy(from: dy)
    layer.backend.multiply(columnsOf: z, by: factors(pair))
    return z
  }

  private func factors(_ pair: LoRAPair) -> [Float] {
    guard let magnitude = pair.magnitude else { preconditionFailure("a pair without magnitudes") }
    return zip(magnitude.view.buffer, norms).map { $0 / $1 }
  }

  /// Memory for one layer's outputs that all layers use in turn.
  private final class Scratch {
    private var matrix = Matrix(rows: 0, columns: 0)

    func view(_ rows: Int, _ columns: Int) -> MatrixView {
      if matrix.view.count < rows * columns { matrix = Matrix(rows: rows, columns: columns) }
      return matrix.view.reshaped(rows, columns)
    }
  }
}
