import JSONValue
import ModelFiles
import Tokenization

/// transformers' `config.json` and `generation_config.json`, built from a model that did not bring its own.
///
/// Keys are those of the hub (`rope_theta`, `rope_scaling`, `torch_dtype`), which transformers of all ages read.
struct HuggingFaceFields {
  let model: LanguageModel

  /// `config.json` without the keys that tell types.
  var fields: [String: JSONValue] {
    get throws(ExportError) {
      let sizes = model.configuration
      var fields: [String: JSONValue] = [
        "architectures": [.string(className)], "model_type": .string(modelType),
        "hidden_size": .integer(sizes.hiddenSize), "intermediate_size": .integer(sizes.feedForwardSize),
        "num_hidden_layers": .integer(sizes.blockCount), "num_attention_heads": .integer(sizes.headCount),
        "num_key_value_heads": .integer(sizes.keyValueHeadCount), "head_dim": .integer(sizes.headSize),
        "vocab_size": .integer(sizes.vocabularySize), "max_position_embeddings": .integer(sizes.contextLength),
        "rms_norm_eps": .decimal(sizes.normEpsilon), "rope_theta": .decimal(sizes.ropeBase),
        "rope_scaling": try sizes.ropeScaling.json, "tie_word_embeddings": .bool(model.isTied),
        "attention_dropout": .number(0), "initializer_range": .number(0.02), "use_cache": true,
      ]
      fields.merge(tokenIDs) { $1 }
      fields.merge(try ownFields) { $1 }
      return fields
    }
  }

  /// `generation_config.json`.
  var generation: JSONValue {
    var fields = tokenIDs
    fields["_from_model_config"] = true
    return .object(fields)
  }

  private var tokenIDs: [String: JSONValue] {
    let tokenizer = model.tokenizer
    let first = tokenizer.endOfSequenceID
    let others = tokenizer.endOfGenerationIDs.subtracting(first.map { [$0] } ?? []).sorted()
    let ends = ((first.map { [$0] } ?? []) + others).map(JSONValue.integer)
    return [
      "bos_token_id": tokenizer.beginningOfSequenceID.map(JSONValue.integer) ?? .null,
      "eos_token_id": ends.count > 1 ? .array(ends) : ends.first ?? .null,
      "pad_token_id": tokenizer.paddingID.map(JSONValue.integer) ?? .null,
    ]
  }

  private var className: String {
    switch model.configuration.architecture {
    case .llama: "LlamaForCausalLM"
    case .qwen2: "Qwen2ForCausalLM"
    case .qwen3: "Qwen3ForCausalLM"
    case .gemma3: "Gemma3ForCausalLM"
    }
  }

  private var modelType: String {
    switch model.configuration.architecture {
    case .llama: "llama"
    case .qwen2: "qwen2"
    case .qwen3: "qwen3"
    case .gemma3: "gemma3_text"
    }
  }
}

// MARK: - What only one family has

extension HuggingFaceFields {
  private var ownFields: [String: JSONValue] {
    get throws(ExportError) {
      switch model.configuration.architecture {
      case .llama:
        return [
          "hidden_act": "silu", "pretraining_tp": 1,
          "attention_bias": .bool(try hasBiases(on: [.q, .k, .v, .o])),
          "mlp_bias": .bool(try hasBiases(on: [.gate, .up, .down])),
        ]
      case .qwen2: return windowless
      case .qwen3: return windowless.merging(["attention_bias": .bool(try hasBiases(on: [.q, .k, .v, .o]))]) { $1 }
      case .gemma3: return gemma
      }
    }
  }

  private var windowless: [String: JSONValue] {
    [
      "hidden_act": "silu", "use_sliding_window": false, "sliding_window": nil,
      "max_window_layers": .integer(model.configuration.blockCount),
    ]
  }

  private var gemma: [String: JSONValue] {
    let sizes = model.configuration
    let scalar = 1 / (sizes.attentionScale * sizes.attentionScale)
    let rounded = scalar.rounded()
    let isLocal = (0..<sizes.blockCount).map(sizes.isLocal)
    var fields: [String: JSONValue] = [
      "hidden_activation": "gelu_pytorch_tanh", "attention_bias": false, "attn_logit_softcapping": nil,
      "final_logit_softcapping": nil, "rope_local_base_freq": .decimal(sizes.localRopeBase ?? sizes.ropeBase),
      "query_pre_attn_scalar": abs(scalar - rounded) < 1e-3 ? .integer(Int(rounded)) : .decimal(scalar),
      "sliding_window": sizes.slidingWindow.map(JSONValue.integer) ?? .integer(sizes.contextLength),
      "layer_types": .array(isLocal.map { $0 ? "sliding_attention" : "full_attention" }),
    ]
    if let first = isLocal.firstIndex(of: false), isLocal == isLocal.indices.map({ ($0 + 1) % (first + 1) != 0 }) {
      fields["sliding_window_pattern"] = .integer(first + 1)
    }
    return fields
  }

  /// Whether all these layers have biases.
  ///
  /// - Throws: ``ExportError/biases(_:architecture:)`` when only some of them have.
  private func hasBiases(on layers: [LinearLayer]) throws(ExportError) -> Bool {
    let biased = model.configuration.biasedLayers.filter(layers.contains)
    guard biased.isEmpty || biased.count == layers.count else {
      throw .biases(biased, architecture: model.configuration.architecture)
    }
    return !biased.isEmpty
  }
}
