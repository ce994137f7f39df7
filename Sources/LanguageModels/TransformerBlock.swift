import ModelFiles
import Quantization

/// The frozen weights of one transformer block.
package struct TransformerBlock: Sendable {
  /// The seven linear layers in the order of ``LinearLayer``; rows of q and k in transformers' order.
  private var weights: [WeightMatrix]
  /// Biases in the same order, empty where there is none.
  private let biases: [[Float]]
  /// Gains in the order of ``BlockNorm``, empty where there is none.
  private let gains: [[Float]]

  /// Gathers the parts; `bias` and `gain` give an empty array for what the block does not have.
  package init(
    weight: (LinearLayer) throws -> WeightMatrix, bias: (LinearLayer) throws -> [Float],
    gain: (BlockNorm) throws -> [Float]
  ) rethrows {
    weights = try LinearLayer.allCases.map(weight)
    biases = try LinearLayer.allCases.map(bias)
    gains = try BlockNorm.allCases.map(gain)
  }

  package subscript(layer: LinearLayer) -> WeightMatrix {
    get { weights[layer.rawValue] }
    set { weights[layer.rawValue] = newValue }
  }

  /// The bias of a linear layer, `[out]`, or `nil`.
  package func bias(of layer: LinearLayer) -> [Float]? {
    biases[layer.rawValue].isEmpty ? nil : biases[layer.rawValue]
  }

  /// The gains of a norm, `[D]` or `[d]`, or `nil` when the block does not have it.
  package func gain(of norm: BlockNorm) -> [Float]? {
    gains[norm.rawValue].isEmpty ? nil : gains[norm.rawValue]
  }

  /// Gains of the norm before attention, `[D]`.
  package var attentionNorm: [Float] { gains[BlockNorm.attention.rawValue] }
  /// Gains of the norm before the feed-forward part, `[D]`.
  package var feedForwardNorm: [Float] { gains[BlockNorm.feedForward.rawValue] }

  /// Numbers in norms and biases.
  var vectorCount: Int { (biases + gains).reduce(0) { $0 + $1.count } }
}
