import LanguageModels
import ModelFiles
import TensorCore

/// The gradients of an adapter's matrices, and the order in which an optimizer sees them.
package struct AdapterGradients {
  /// Gradients with the shapes of the pairs, by block and layer.
  package let pairs: [[LinearLayer: LoRAPair]]

  /// Zeros in the shapes of an adapter.
  package init(like adapter: Adapter) {
    pairs = adapter.pairs.map { block in
      block.mapValues { pair in
        LoRAPair(
          a: Matrix(rows: pair.a.rows, columns: pair.a.columns), b: Matrix(rows: pair.b.rows, columns: pair.b.columns),
          scale: pair.scale)
      }
    }
  }

  /// All matrices, block by block and layer by layer, A before B.
  package var matrices: [Matrix] { Self.matrices(of: pairs) }

  /// The matrices of an adapter in the same order.
  package static func matrices(of pairs: [[LinearLayer: LoRAPair]]) -> [Matrix] {
    pairs.flatMap { block in
      LinearLayer.allCases.flatMap { layer in block[layer].map { [$0.a, $0.b] } ?? [] }
    }
  }

  package func reset() {
    for matrix in matrices { matrix.view.fill(with: 0) }
  }

  /// The length of all gradients together, in double precision.
  package var norm: Double {
    matrices.reduce(0) { sum, matrix in
      sum + matrix.view.buffer.reduce(0) { $0 + Double($1) * Double($1) }
    }.squareRoot()
  }
}
