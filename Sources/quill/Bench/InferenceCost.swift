import LanguageModels
import ModelFiles
import Quantization

/// What a model has to read and to compute, whatever the program: the least that inference costs.
struct InferenceCost {
  private let model: LanguageModel
  private let cache: KVLayout

  init(_ model: LanguageModel, cache: KVLayout) {
    self.model = model
    self.cache = cache
  }

  /// Bytes of the weights that each token passes through, in the layout that is multiplied with.
  var weightBytes: Int { matrices.reduce(0) { $0 + bytes(of: $1) } }

  /// Bytes of the keys and values that a token at this position sees.
  func cacheBytes(at position: Int) -> Int {
    let positions = model.blocks.indices.reduce(0) { sum, block in
      sum + min(position, model.configuration.window(ofBlock: block) ?? position)
    }
    return positions * cache.pageBytes / KVLayout.pageSize
  }

  /// Multiplications and additions of a prompt that is read at once, with the head for its last token.
  func operations(prompt tokens: Int) -> Double {
    let linear = linearLayers.reduce(0.0) { $0 + 2 * Double($1.count) } * Double(tokens)
    let configuration = model.configuration
    let seen = model.blocks.indices.reduce(0.0) { sum, block in
      let window = min(tokens, configuration.window(ofBlock: block) ?? tokens)
      return sum + Double(window) * (Double(tokens) - Double(window - 1) / 2)
    }
    // Scores and the weighted sum of values: a multiplication and an addition each.
    return linear + 2 * Double(model.head.count) + 4 * seen * Double(configuration.headCount * configuration.headSize)
  }

  /// Whether products are of bytes: 8-bit activations with interleaved weights.
  var isInBytes: Bool { model.activations == .int8 && linearLayers.contains { $0.interleaved != nil } }

  private var linearLayers: [WeightMatrix] { model.blocks.flatMap { block in LinearLayer.allCases.map { block[$0] } } }

  private var matrices: [WeightMatrix] { linearLayers + [model.head] }

  private func bytes(of weight: WeightMatrix) -> Int {
    model.activations == .int8 ? weight.interleaved?.byteCount ?? weight.byteCount : weight.byteCount
  }
}
