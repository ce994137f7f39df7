import ModelFiles
import Quantization

/// The frozen weights of one transformer block.
package struct TransformerBlock: Sendable {
  /// Gains of the norm before attention, `[D]`.
  package var attentionNorm: [Float]
  /// Gains of the norm before the feed-forward part, `[D]`.
  package var feedForwardNorm: [Float]
  /// The seven linear layers in the order of ``LinearLayer``; rows of q and k in transformers' order.
  private var weights: [WeightMatrix]

  package init(
    attentionNorm: [Float], feedForwardNorm: [Float], weights: (LinearLayer) throws -> WeightMatrix
  ) rethrows {
    self.attentionNorm = attentionNorm
    self.feedForwardNorm = feedForwardNorm
    self.weights = try LinearLayer.allCases.map(weights)
  }

  package subscript(layer: LinearLayer) -> WeightMatrix {
    get { weights[layer.rawValue] }
    set { weights[layer.rawValue] = newValue }
  }
}
