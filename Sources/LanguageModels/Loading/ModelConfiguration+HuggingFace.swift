import JSONValue
import ModelFiles

extension ModelConfiguration {
  /// Reads the sizes from a folder's `config.json` and checks that they fit together.
  ///
  /// - Throws: ``HuggingFaceError`` with the key, what was found and what was expected.
  package init(_ folder: HuggingFaceFolder) throws(HuggingFaceError) {
    try self.init(HuggingFaceFamily(folder.configuration), name: HuggingFaceFamily.name(of: folder.path))
    let names = try HuggingFaceNames(folder, architecture)
    for layer in LinearLayer.allCases
    where !biasedLayers.contains(layer) && names.tensor(.bias(layer, block: 0), in: folder) != nil {
      biasedLayers.append(layer)
    }
    biasedLayers.sort { $0.rawValue < $1.rawValue }
  }

  /// The sizes, and the computations that the file asks for.
  private init(_ family: HuggingFaceFamily, name: String) throws(HuggingFaceError) {
    let keys = family.keys
    let heads = try family.size("num_attention_heads", in: 1...4096)
    let hidden = try family.size("hidden_size", in: 1...1 << 20)
    self.init(
      architecture: family.architecture, name: name,
      blockCount: try family.size("num_hidden_layers", in: 1...512), hiddenSize: hidden,
      feedForwardSize: try family.size("intermediate_size", in: 1...1 << 22), headCount: heads,
      keyValueHeadCount: try family.keyValueHeads(of: heads),
      headSize: try family.headSize(hidden: hidden, heads: heads),
      vocabularySize: try family.size("vocab_size", in: 1...1 << 26),
      contextLength: try family.size("max_position_embeddings", in: 1...1 << 30),
      normEpsilon: Float(try keys.number("rms_norm_eps") ?? 1e-6), ropeBase: 0)
    biasedLayers = try family.biasedLayers()
    try family.refuseOtherComputations()
    try readWindows(family)
    try readRotations(family)
    if architecture == .gemma3 {
      embeddingScale = Float(hiddenSize).squareRoot()
      let scalar = Float(try keys.number("query_pre_attn_scalar") ?? 256)
      queryScale = scalar == Float(headSize) ? nil : 1 / scalar.squareRoot()
    }
  }

  private mutating func readWindows(_ family: HuggingFaceFamily) throws(HuggingFaceError) {
    let types = try family.layerTypes(blocks: blockCount)
    guard types.contains(true) else { return }
    guard let window = try family.window() else {
      throw family.keys.impossible("sliding_window", expected: "an integer, as layer_types has sliding_attention")
    }
    slidingWindow = window
    localBlocks = types
  }

  private mutating func readRotations(_ family: HuggingFaceFamily) throws(HuggingFaceError) {
    let scaling = try RopeParameters(family, local: false, contextLength: contextLength)
    ropeBase = Float(scaling.base)
    ropeFactors = scaling.factors(headSize: headSize)
    guard !localBlocks.isEmpty else { return }
    let local = try RopeParameters(family, local: true, contextLength: contextLength)
    if architecture == .gemma3 {
      guard local.kind == .unscaled else {
        throw family.keys.impossible("rope_parameters", expected: local.expectation)
      }
      localRopeBase = Float(local.base)
    } else if local != scaling {
      throw family.keys.impossible("rope_parameters", expected: "the same for all types of layers")
    }
  }
}
