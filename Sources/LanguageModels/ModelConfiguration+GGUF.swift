import ModelFiles

extension ModelConfiguration {
  /// Reads the sizes from a file's metadata and checks that they fit together.
  ///
  /// - Throws: ``GGUFError`` for a missing or impossible key, ``ModelError/unknownArchitecture(_:known:)``.
  package init(_ file: GGUFFile) throws {
    let keys = GGUFKeys(file)
    let architecture = try keys.string("general.architecture")
    guard let known = Architecture(rawValue: architecture), known == .llama else {
      throw ModelError.unknownArchitecture(architecture, known: Self.knownArchitectures)
    }
    func key(_ name: String) -> String { "\(architecture).\(name)" }
    self.architecture = known
    name = file.metadata["general.name"]?.string ?? architecture
    blockCount = try keys.size(key("block_count"), in: 1...512)
    hiddenSize = try keys.size(key("embedding_length"), in: 1...1 << 20)
    feedForwardSize = try keys.size(key("feed_forward_length"), in: 1...1 << 22, blocks: blockCount)
    headCount = try keys.size(key("attention.head_count"), in: 1...4096, blocks: blockCount)
    keyValueHeadCount = try keys.size(
      key("attention.head_count_kv"), in: 1...headCount, default: headCount, blocks: blockCount)
    if file.metadata[key("attention.key_length")] == nil, hiddenSize % headCount != 0 {
      throw keys.impossible(key("attention.head_count"), expected: "a divisor of \(hiddenSize), but found \(headCount)")
    }
    headSize = try keys.size(key("attention.key_length"), in: 1...4096, default: hiddenSize / headCount)
    contextLength = try keys.size(key("context_length"), in: 1...1 << 30)
    normEpsilon = Float(try keys.number(key("attention.layer_norm_rms_epsilon")))
    ropeBase = Float(try keys.number(key("rope.freq_base"), default: 10_000))
    guard let embedding = file.tensor("token_embd.weight"), embedding.shape.count == 2 else {
      throw GGUFError(path: file.path, reason: .missingTensor("token_embd.weight"))
    }
    vocabularySize = embedding.shape[0]
    if let tokens = file.metadata["tokenizer.ggml.tokens"]?.array, tokens.count > vocabularySize {
      throw keys.impossible(
        "tokenizer.ggml.tokens",
        expected: "at most \(vocabularySize), the rows of token_embd.weight, but found \(tokens.count)")
    }
    guard headCount % keyValueHeadCount == 0 else {
      throw keys.impossible(key("attention.head_count_kv"), expected: "a divisor of \(headCount)")
    }
    guard headSize % 2 == 0 else { throw keys.impossible(key("attention.key_length"), expected: "an even number") }
    let rotated = try keys.size(key("rope.dimension_count"), in: 1...4096, default: headSize)
    guard rotated == headSize else {
      throw keys.impossible(key("rope.dimension_count"), expected: "\(headSize), the head size")
    }
    if let scaling = file.metadata[key("rope.scaling.type")]?.string, scaling != "none" {
      throw keys.impossible(key("rope.scaling.type"), expected: "none, but found '\(scaling)'")
    }
    if let experts = file.metadata[key("expert_count")], experts.integer != 0 {
      throw keys.impossible(key("expert_count"), expected: "0: Quill runs no mixtures of experts")
    }
    if let bias = file.tensors.first(where: { $0.name.hasSuffix(".bias") }) {
      throw GGUFError(path: file.path, reason: .unknownTensor(bias.name))
    }
  }
}
