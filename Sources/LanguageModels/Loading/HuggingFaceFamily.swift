import Foundation
import JSONValue
import ModelFiles

/// The `config.json` of a model of text, read as its class in transformers reads it: what a file leaves out has the
/// class's own default.
struct HuggingFaceFamily {
  /// `model_type` as transformers names the families that Quill runs.
  enum ModelType: String, CaseIterable {
    case llama
    case mistral
    case qwen2
    case qwen3
    case gemma3 = "gemma3_text"
    /// Gemma 3 with images, whose part for text is one of ``gemma3``.
    case gemma3WithImages = "gemma3"

    var architecture: Architecture {
      switch self {
      case .llama, .mistral: .llama
      case .qwen2: .qwen2
      case .qwen3: .qwen3
      case .gemma3, .gemma3WithImages: .gemma3
      }
    }

    /// What files may leave out.
    ///
    /// The published files of Gemma do; those of the others say all sizes.
    var defaults: [String: Int] {
      switch self {
      case .llama: ["max_position_embeddings": 2048]
      case .mistral: ["max_position_embeddings": 131_072]
      case .qwen2, .qwen3: ["max_position_embeddings": 32_768]
      case .gemma3, .gemma3WithImages:
        [
          "vocab_size": 262_208, "hidden_size": 2304, "intermediate_size": 9216, "num_hidden_layers": 26,
          "num_attention_heads": 8, "max_position_embeddings": 131_072,
        ]
      }
    }
  }

  let type: ModelType
  /// The part of the file that describes the model of text.
  let keys: HuggingFaceKeys
  /// Whether the model is a part of one for text and images, and its tensors stand below `language_model`.
  var isWrapped: Bool { type == .gemma3WithImages }
  var architecture: Architecture { type.architecture }

  init(_ configuration: HuggingFaceKeys) throws(HuggingFaceError) {
    let name = try configuration.required("model_type", configuration.string("model_type"))
    guard let type = ModelType(rawValue: name) else {
      let known = ModelType.allCases.map(\.rawValue)
      throw HuggingFaceError(path: configuration.path, reason: .modelType(name, known: known))
    }
    self.type = type
    keys =
      type == .gemma3WithImages
      ? try configuration.required("text_config", configuration.object("text_config")) : configuration
  }

  /// A name for a model in a folder: that of the repository when it lies in the hub's cache.
  static func name(of path: String) -> String {
    let parts = path.split(separator: "/").map(String.init)
    if parts.count >= 3, parts[parts.count - 2] == "snapshots" {
      let names = parts[parts.count - 3].components(separatedBy: "--")
      if names.count >= 2, names[0] == "models" { return names.dropFirst().joined(separator: "/") }
    }
    return parts.last ?? path
  }

  func size(_ key: String, in range: ClosedRange<Int>) throws(HuggingFaceError) -> Int {
    try keys.required(key, keys.integer(key, in: range) ?? type.defaults[key])
  }
}

// MARK: - Parts

extension HuggingFaceFamily {
  func keyValueHeads(of heads: Int) throws(HuggingFaceError) -> Int {
    let key = "num_key_value_heads"
    let fallback =
      switch type {
      case .gemma3, .gemma3WithImages: 4
      case .mistral: keys.members[key] == nil ? 8 : heads
      case .llama, .qwen2, .qwen3: heads
      }
    let count = try keys.integer(key, in: 1...4096) ?? fallback
    guard heads % count == 0 else { throw keys.impossible(key, expected: "a divisor of \(heads)") }
    return count
  }

  func headSize(hidden: Int, heads: Int) throws(HuggingFaceError) -> Int {
    let fixed: Int? =
      switch type {
      case .llama, .mistral, .qwen2: nil
      case .qwen3: 128
      case .gemma3, .gemma3WithImages: 256
      }
    let size = try keys.integer("head_dim", in: 1...4096) ?? fixed ?? hidden / heads
    if keys["head_dim"] == nil, fixed == nil, hidden % heads != 0 {
      throw keys.impossible("num_attention_heads", expected: "a divisor of \(hidden)")
    }
    guard size > 0, size % 2 == 0 else { throw keys.impossible("head_dim", expected: "an even number") }
    return size
  }

  /// The layers that have biases by their class or by the file's own word.
  func biasedLayers() throws(HuggingFaceError) -> [LinearLayer] {
    if type == .qwen2 { return [.q, .k, .v] }
    let attention = try keys.bool("attention_bias") ?? false
    let feedForward = try keys.bool("mlp_bias") ?? false
    return (attention ? [.q, .k, .v, .o] : []) + (feedForward && type == .llama ? [.gate, .up, .down] : [])
  }

  /// Whether embedding and head are one matrix.
  func isTied(_ whole: HuggingFaceKeys) throws(HuggingFaceError) -> Bool {
    let key = "tie_word_embeddings"
    let (own, outer) = try (keys.bool(key), whole.bool(key))
    return own ?? outer ?? (architecture == .gemma3)
  }

  func refuseOtherComputations() throws(HuggingFaceError) {
    if architecture == .gemma3 {
      try keys.refuse("hidden_activation", unless: "gelu_pytorch_tanh")
      for key in ["attn_logit_softcapping", "final_logit_softcapping"] { try keys.refuse(key, unless: nil) }
      try keys.refuse("use_bidirectional_attention", unless: false)
    } else if keys["hidden_act"] != "swish" {
      try keys.refuse("hidden_act", unless: "silu")
    }
  }
}

// MARK: - Windows

extension HuggingFaceFamily {
  /// How many tokens a local block sees; `nil` when there are no windows.
  func window() throws(HuggingFaceError) -> Int? {
    let key = "sliding_window"
    let range = 1...1 << 30
    switch type {
    case .llama: return nil
    case .mistral, .gemma3, .gemma3WithImages:
      return keys.members[key] == nil ? 4096 : try keys.integer(key, in: range)
    case .qwen2, .qwen3:
      guard try keys.bool("use_sliding_window") ?? false else { return nil }
      return keys.members[key] == nil ? 4096 : try keys.integer(key, in: range)
    }
  }

  /// Whether each block is local.
  func layerTypes(blocks: Int) throws(HuggingFaceError) -> [Bool] {
    let window = try window()
    switch type {
    case .llama: return [Bool](repeating: false, count: blocks)
    case .mistral: return [Bool](repeating: window != nil, count: blocks)
    case .qwen2, .qwen3:
      if let types = try namedTypes(blocks: blocks) { return types }
      let first = try keys.integer("max_window_layers", in: 0...1 << 20) ?? 28
      return (0..<blocks).map { window != nil && $0 >= first }
    case .gemma3, .gemma3WithImages:
      if let types = try namedTypes(blocks: blocks) { return types }
      let period = try keys.integer("sliding_window_pattern", in: 1...512) ?? 6
      return (0..<blocks).map { ($0 + 1) % period != 0 }
    }
  }

  private func namedTypes(blocks: Int) throws(HuggingFaceError) -> [Bool]? {
    let key = "layer_types"
    guard let names = try keys.strings(key) else { return nil }
    guard names.count == blocks, names.allSatisfy({ ["full_attention", "sliding_attention"].contains($0) }) else {
      throw keys.impossible(key, expected: "full_attention or sliding_attention for each of \(blocks) blocks")
    }
    return names.map { $0 == "sliding_attention" }
  }
}
