import ModelFiles
import TensorCore

/// The two thin matrices beside one linear layer: y += scale · (x Aᵀ) Bᵀ.
///
/// With DoRA each output has a magnitude m too: y = m / ‖W + scale · B A‖ · x (W + scale · B A)ᵀ. Rank and scale belong to
/// the pair: PEFT's `rank_pattern` and `alpha_pattern` give layers their own.
package struct LoRAPair: Sendable {
  /// A, shape `[r, in]`.
  package let a: Matrix
  /// B, shape `[out, r]`.
  package let b: Matrix
  /// What B A is multiplied by.
  package let scale: Float
  /// DoRA's m, shape `[1, out]`; `nil` for plain LoRA.
  package let magnitude: Matrix?

  package init(a: Matrix, b: Matrix, scale: Float, magnitude: Matrix? = nil) {
    self.a = a
    self.b = b
    self.scale = scale
    self.magnitude = magnitude
  }

  /// `r`.
  package var rank: Int { a.rows }

  package var parameterCount: Int { matrices.reduce(0) { $0 + $1.rows * $1.columns } }

  /// A, B and, with DoRA, m.
  package var matrices: [Matrix] { [a, b] + (magnitude.map { [$0] } ?? []) }

  /// A pair whose matrices are made from these.
  package func map(_ transform: (Matrix) -> Matrix) -> LoRAPair {
    LoRAPair(a: transform(a), b: transform(b), scale: scale, magnitude: magnitude.map(transform))
  }
}

/// The adapter of a whole model: a pair for each targeted layer of each block.
package struct Adapter: Sendable {
  /// What the adapter was made with; pairs may differ from its rank and scale.
  package let options: LoRA
  /// Pairs by block, then by layer.
  package let pairs: [[LinearLayer: LoRAPair]]
  /// With PiSSA what was taken off the model's weights when the adapter began; `nil` for other adapters, which stand
  /// beside weights that are whole.
  package let taken: [[LinearLayer: LoRAPair]]?

  package init(
    options: LoRA, pairs: [[LinearLayer: LoRAPair]], taken: [[LinearLayer: LoRAPair]]? = nil
  ) {
    self.options = options
    self.pairs = pairs
    self.taken = taken
  }

  /// The largest rank of all pairs.
  package var largestRank: Int { pairs.reduce(0) { $1.values.reduce($0) { max($0, $1.rank) } } }

  package var parameterCount: Int { pairs.reduce(0) { $0 + $1.values.reduce(0) { $0 + $1.parameterCount } } }

  /// Whether any pair has magnitudes.
  package var isWeightDecomposed: Bool { pairs.contains { $0.values.contains { $0.magnitude != nil } } }

  /// An adapter of its own with the same numbers, to be trained on.
  package func copy() -> Adapter {
    Adapter(options: options, pairs: pairs.map { $0.mapValues { $0.map { $0.copy() } } }, taken: taken)
  }
}
