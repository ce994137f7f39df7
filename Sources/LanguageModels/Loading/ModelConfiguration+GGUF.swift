import ModelFiles

extension ModelConfiguration {
  /// Reads the sizes from a file's metadata and checks that they fit together.
  ///
  /// - Throws: ``GGUFError`` for a missing or impossible key, or for an architecture that Quill does not run.
  package init(_ file: GGUFFile) throws {
    let keys = try GGUFKeys(file)
    architecture = keys.architecture
    name = file.metadata["general.name"]?.string ?? keys.architecture.rawValue
    blockCount = try keys.size("block_count", in: 1...512)
    hiddenSize = try keys.size("embedding_length", in: 1...1 << 20)
    feedForwardSize = try keys.size("feed_forward_length", in: 1...1 << 22, blocks: blockCount)
    headCount = try keys.size("attention.head_count", in: 1...4096, blocks: blockCount)
    keyValueHeadCount = try keys.size(
      "attention.head_count_kv", in: 1...headCount, default: headCount, blocks: blockCount)
    if !keys.contains("attention.key_length"), hiddenSize % headCount != 0 {
      throw keys.impossible("attention.head_count", expected: "a divisor of \(hiddenSize), but found \(headCount)")
    }
    headSize = try keys.size("attention.key_length", in: 1...4096, default: hiddenSize / headCount)
    contextLength = try keys.size("context_length", in: 1...1 << 30)
    normEpsilon = Float(try keys.number("attention.layer_norm_rms_epsilon"))
    ropeBase = Float(try keys.number("rope.freq_base", default: 10_000))
    vocabularySize = try Self.vocabularySize(file)
    ropeFactors = try Self.linearFactors(keys, count: headSize / 2)
    biasedLayers = LinearLayer.allCases.filter { GGUFPlace.exists(.bias($0, block: 0), in: file) }
    try checkHeads(keys)
    try Self.refuseOtherComputations(keys)
    try readWindows(keys)
    if architecture == .gemma3 { readGemma() }
  }

  private static func vocabularySize(_ file: GGUFFile) throws(GGUFError) -> Int {
    let name = TensorRole.tokenEmbedding.ggufName
    guard let embedding = file.tensor(name), embedding.shape.count == 2 else {
      throw GGUFError(path: file.path, reason: .missingTensor(name))
    }
    let rows = embedding.shape[0]
    if let tokens = file.metadata["tokenizer.ggml.tokens"]?.array, tokens.count > rows {
      let expected = "at most \(rows), the rows of \(name), but found \(tokens.count)"
      throw GGUFError(path: file.path, reason: .wrongKey("tokenizer.ggml.tokens", expected: expected))
    }
    return rows
  }

  private func checkHeads(_ keys: GGUFKeys) throws(GGUFError) {
    guard headCount % keyValueHeadCount == 0 else {
      throw keys.impossible("attention.head_count_kv", expected: "a divisor of \(headCount)")
    }
    guard headSize % 2 == 0 else { throw keys.impossible("attention.key_length", expected: "an even number") }
    for key in ["attention.value_length", "rope.dimension_count"] {
      guard try keys.size(key, in: 1...4096, default: headSize) == headSize else {
        throw keys.impossible(key, expected: "\(headSize), the head size")
      }
    }
  }

  /// What the rotation frequencies are divided by when positions are interpolated; empty when they are not.
  ///
  /// As llama.cpp reads them: a factor without a type is one of the type `linear`.
  private static func linearFactors(_ keys: GGUFKeys, count: Int) throws(GGUFError) -> [Float] {
    let type = try keys.optionalString("rope.scaling.type") ?? "linear"
    switch type {
    case "none": return []
    case "linear":
      let old = try keys.number("rope.scale_linear", default: 1)
      let factor = try keys.number("rope.scaling.factor", default: old)
      return factor == 1 ? [] : [Float](repeating: Float(factor), count: count)
    default: throw keys.impossible("rope.scaling.type", expected: "none or linear, but found '\(type)'")
    }
  }

  private static func refuseOtherComputations(_ keys: GGUFKeys) throws(GGUFError) {
    try keys.requireZero("expert_count", expected: "0: Quill runs no mixtures of experts")
    for key in ["attn_logit_softcapping", "final_logit_softcapping", "logit_scale"] {
      try keys.requireZero(key, expected: "0: Quill does not scale or cap logits")
    }
    if keys.value("attention.causal")?.bool == false {
      throw keys.impossible("attention.causal", expected: "true: Quill runs models that write text")
    }
  }

  /// Which blocks see a window only.
  ///
  /// Without a pattern, Gemma's blocks are local but for each sixth, and those of others all.
  private mutating func readWindows(_ keys: GGUFKeys) throws(GGUFError) {
    let window = try keys.size("attention.sliding_window", in: 0...1 << 30, default: 0)
    guard window > 0 else { return }
    slidingWindow = window
    let key = "attention.sliding_window_pattern"
    if let flags = keys.value(key)?.bools {
      guard flags.count == blockCount else {
        throw keys.impossible(key, expected: "one for each of \(blockCount) blocks, but found \(flags.count)")
      }
      localBlocks = flags
    } else {
      let period = try keys.size(key, in: 0...512, default: architecture == .gemma3 ? 6 : 0)
      localBlocks = (0..<blockCount).map { period == 0 || $0 % period < period - 1 }
    }
    if architecture == .gemma3 || keys.contains("rope.freq_base_swa") {
      localRopeBase = Float(try keys.number("rope.freq_base_swa", default: 10_000))
    }
  }

  /// What Gemma's files do not say: embeddings are scaled, and the largest model scales queries in its own way.
  private mutating func readGemma() {
    embeddingScale = Float(hiddenSize).squareRoot()
    let blocksOf27B = 62
    if blockCount == blocksOf27B { queryScale = 1 / Float(hiddenSize / headCount).squareRoot() }
  }
}
