import ModelFiles

/// The sizes and constants of a llama-type transformer.
package struct ModelConfiguration: Sendable, Hashable {
  /// The family, as GGUF's `general.architecture` names it.
  package var architecture: String
  /// The model's own name, for messages and for an adapter's `base_model_name_or_path`.
  package var name: String
  package var blockCount: Int
  /// `D`.
  package var hiddenSize: Int
  /// `F`.
  package var feedForwardSize: Int
  /// `H`.
  package var headCount: Int
  /// `K`; a divisor of `H`: that many query heads share one key and value head.
  package var keyValueHeadCount: Int
  /// `d`.
  package var headSize: Int
  /// `V`.
  package var vocabularySize: Int
  /// The most tokens that the model was trained to see.
  package var contextLength: Int
  package var normEpsilon: Float
  package var ropeBase: Float
  /// What each of the `d` / 2 rotation frequencies is divided by; empty when nothing is scaled.
  package var ropeFactors: [Float] = []

  /// The architectures that Quill runs.
  package static let knownArchitectures = ["llama"]

  /// Shape `[out, in]` of a linear layer.
  package func shape(of layer: LinearLayer) -> (rows: Int, columns: Int) {
    switch layer {
    case .q: (headCount * headSize, hiddenSize)
    case .k, .v: (keyValueHeadCount * headSize, hiddenSize)
    case .o: (hiddenSize, headCount * headSize)
    case .gate, .up: (feedForwardSize, hiddenSize)
    case .down: (hiddenSize, feedForwardSize)
    }
  }
}

// MARK: - From GGUF

extension ModelConfiguration {
  /// Reads the sizes from a file's metadata and checks that they fit together.
  ///
  /// - Throws: ``GGUFError`` for a missing or impossible key, ``ModelError/unknownArchitecture(_:known:)``.
  package init(_ file: GGUFFile) throws {
    let keys = GGUFKeys(file)
    let architecture = try keys.string("general.architecture")
    guard Self.knownArchitectures.contains(architecture) else {
      throw ModelError.unknownArchitecture(architecture, known: Self.knownArchitectures)
    }
    func key(_ name: String) -> String { "\(architecture).\(name)" }
    self.architecture = architecture
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
    if let tokens = file.metadata["tokenizer.ggml.tokens"]?.strings, tokens.count > vocabularySize {
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

/// Typed access to metadata with errors that name the file and the key.
struct GGUFKeys {
  let file: GGUFFile

  init(_ file: GGUFFile) { self.file = file }

  func string(_ key: String) throws(GGUFError) -> String {
    guard let value = file.metadata[key] else { throw missing(key) }
    guard let string = value.string else { throw impossible(key, expected: "a string") }
    return string
  }

  func number(_ key: String, default fallback: Double? = nil) throws(GGUFError) -> Double {
    guard let value = file.metadata[key] else {
      if let fallback { return fallback }
      throw missing(key)
    }
    guard let number = value.number, Float(number).isFinite, Float(number) > 0 else {
      throw impossible(key, expected: "a positive number")
    }
    return number
  }

  /// A size; files may give one for each of `blocks` blocks, which must then all be the same.
  func size(
    _ key: String, in range: ClosedRange<Int>, default fallback: Int? = nil, blocks: Int = 1
  ) throws(GGUFError) -> Int {
    guard let value = file.metadata[key] else {
      if let fallback { return fallback }
      throw missing(key)
    }
    if let count = value.integers?.count, count != blocks {
      throw impossible(key, expected: "one number or one for each of \(blocks) blocks, but found \(count)")
    }
    let sizes = value.integers ?? value.integer.map { [$0] } ?? []
    guard let first = sizes.first, sizes.allSatisfy({ $0 == first }), range.contains(first) else {
      throw impossible(key, expected: "an integer in \(range.lowerBound) ... \(range.upperBound)")
    }
    return first
  }

  func impossible(_ key: String, expected: String) -> GGUFError {
    GGUFError(path: file.path, reason: .wrongKey(key, expected: expected))
  }

  private func missing(_ key: String) -> GGUFError { GGUFError(path: file.path, reason: .missingKey(key)) }
}
