import Foundation
import ModelFiles
import TensorCore

/// How low-rank adapters are attached, as PEFT's `LoraConfig`.
///
/// Hu et al., "LoRA", 2021, arXiv:2106.09685.
package struct LoRA: Sendable, Hashable {
  /// Columns of B and rows of A: PEFT's `r`.
  package var rank: Int
  /// The product of B and A is multiplied by `alpha / rank`: PEFT's `lora_alpha`.
  package var alpha: Double
  /// The share of inputs of A that is set to zero during training, 0 ..< 1: PEFT's `lora_dropout`.
  package var dropout: Double
  /// Which linear layers get a pair: PEFT's `target_modules`.
  package var targets: Set<LinearLayer>
  /// Whether the factor is `alpha / √rank`: PEFT's `use_rslora`.
  ///
  /// Kalajdzievski, 2023, arXiv:2312.03732.
  package var isRankStabilized: Bool

  package init(
    rank: Int = 8, alpha: Double = 16, dropout: Double = 0, targets: Set<LinearLayer> = [.q, .v],
    isRankStabilized: Bool = false
  ) {
    self.rank = rank
    self.alpha = alpha
    self.dropout = dropout
    self.targets = targets
    self.isRankStabilized = isRankStabilized
  }

  /// What B A is multiplied by.
  package var scale: Float { Float(alpha / (isRankStabilized ? Double(rank).squareRoot() : Double(rank))) }
}

/// The two thin matrices beside one linear layer: y += scale · (x Aᵀ) Bᵀ.
///
/// Rank and scale belong to the pair: PEFT's `rank_pattern` and `alpha_pattern` give layers their own.
package struct LoRAPair: Sendable {
  /// A, shape `[r, in]`.
  package let a: Matrix
  /// B, shape `[out, r]`.
  package let b: Matrix
  /// What B A is multiplied by.
  package let scale: Float

  package init(a: Matrix, b: Matrix, scale: Float) {
    self.a = a
    self.b = b
    self.scale = scale
  }

  /// `r`.
  package var rank: Int { a.rows }

  package var parameterCount: Int { a.rows * a.columns + b.rows * b.columns }
}

/// The adapter of a whole model: a pair for each targeted layer of each block.
package struct Adapter: Sendable {
  /// What the adapter was made with; pairs may differ from its rank and scale.
  package let options: LoRA
  /// Pairs by block, then by layer.
  package let pairs: [[LinearLayer: LoRAPair]]

  package init(options: LoRA, pairs: [[LinearLayer: LoRAPair]]) {
    self.options = options
    self.pairs = pairs
  }

  /// The largest rank of all pairs.
  package var largestRank: Int { pairs.reduce(0) { $1.values.reduce($0) { max($0, $1.rank) } } }

  package var parameterCount: Int { pairs.reduce(0) { $0 + $1.values.reduce(0) { $0 + $1.parameterCount } } }

  /// An adapter that changes nothing yet: B is zero, A is uniform in ±1/√in.
  ///
  /// The numbers of A are those that PEFT draws when torch's generator was seeded with `seed` just before
  /// `get_peft_model`: for each target in the order of the modules A is drawn, then B, then A again.
  package init(options: LoRA, configuration: ModelConfiguration, seed: UInt64) {
    var generator = MersenneTwister(seed: seed)
    pairs = (0..<configuration.blockCount).map { _ in
      var block: [LinearLayer: LoRAPair] = [:]
      for layer in LinearLayer.allCases where options.targets.contains(layer) {
        let shape = configuration.shape(of: layer)
        let bound = Float(1 / Double(shape.columns).squareRoot())
        for _ in 0..<options.rank * (shape.columns + shape.rows) { _ = generator.nextBits() }
        let a = (0..<options.rank * shape.columns).map { _ in generator.uniform(in: -bound..<bound) }
        block[layer] = LoRAPair(
          a: Matrix(rows: options.rank, columns: shape.columns, values: a),
          b: Matrix(rows: shape.rows, columns: options.rank), scale: options.scale)
      }
      return block
    }
    self.options = options
  }

  /// An adapter of its own with the same numbers, to be trained on.
  package func copy() -> Adapter {
    Adapter(
      options: options,
      pairs: pairs.map { $0.mapValues { LoRAPair(a: $0.a.copy(), b: $0.b.copy(), scale: $0.scale) } })
  }
}
