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
      block.mapValues { pair in pair.map { Matrix(rows: $0.rows, columns: $0.columns) } }
    }
  }

  /// All matrices, block by block and layer by layer: A, B and, with DoRA, the magnitudes `[1, out]`.
  package var matrices: [Matrix] { Self.matrices(of: pairs) }

  /// The matrices of an adapter in the same order.
  package static func matrices(of pairs: [[LinearLayer: LoRAPair]]) -> [Matrix] {
    parameters(of: pairs).map(\.matrix)
  }

  /// The matrices of an adapter in the same order, with what they are.
  package static func parameters(of pairs: [[LinearLayer: LoRAPair]]) -> [AdapterParameter] {
    pairs.flatMap { block in
      LinearLayer.allCases.flatMap { layer -> [AdapterParameter] in
        guard let pair = block[layer] else { return [] }
        let magnitude = pair.magnitude.map { [AdapterParameter(role: .magnitude, matrix: $0)] } ?? []
        return [AdapterParameter(role: .a, matrix: pair.a), AdapterParameter(role: .b, matrix: pair.b)] + magnitude
      }
    }
  }

  package func reset() {
    for matrix in matrices { matrix.view.fill(with: 0) }
  }
}

/// A trained matrix of an adapter.
package struct AdapterParameter {
  package enum Role: Sendable, Hashable {
    case a
    case b
    /// DoRA's magnitudes; PEFT's LoRA+ trains them at the rate of B, as all vectors.
    case magnitude
  }

  package let role: Role
  package let matrix: Matrix
}
