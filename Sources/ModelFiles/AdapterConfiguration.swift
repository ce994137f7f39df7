import Foundation
import JSONValue

/// PEFT's `adapter_config.json` for LoRA: the fields that change a computation, and the others as PEFT writes them.
package struct AdapterConfiguration: Sendable, Hashable {
  package var rank: Int
  package var alpha: Double
  package var dropout: Double
  package var usesRankStabilizedScaling: Bool
  package var targets: [String]
  package var baseModel: String?

  package init(
    rank: Int, alpha: Double, dropout: Double, usesRankStabilizedScaling: Bool = false, targets: [String],
    baseModel: String?
  ) {
    self.rank = rank
    self.alpha = alpha
    self.dropout = dropout
    self.usesRankStabilizedScaling = usesRankStabilizedScaling
    self.targets = targets
    self.baseModel = baseModel
  }

  /// What the product of B and A is multiplied by: alpha / r, or alpha / √r when rank-stabilised.
  package var scale: Double { alpha / (usesRankStabilizedScaling ? Double(rank).squareRoot() : Double(rank)) }

  /// Reads the text of the file.
  ///
  /// Unknown fields are accepted, but not those that ask for a computation that Quill does not have.
  /// - Throws: ``AdapterError``.
  package init(parsing data: Data, path: String) throws(AdapterError) {
    func failure(_ reason: AdapterError.Reason) -> AdapterError { AdapterError(path: path, reason: reason) }
    guard let json = try? JSONValue(parsing: data), case .object = json else { throw failure(.configurationNotJSON) }
    let type = json["peft_type"]?.string ?? "missing"
    guard type == "LORA" else { throw failure(.unsupported("peft_type", value: type)) }
    for field in ["use_dora", "lora_bias", "fan_in_fan_out", "use_qalora", "use_bdlora"] where json[field]?.bool == true {
      throw failure(.unsupported(field, value: "true"))
    }
    if let bias = json["bias"]?.string, bias != "none" { throw failure(.unsupported("bias", value: bias)) }
    for field in ["rank_pattern", "alpha_pattern"] where json[field]?.object?.isEmpty == false {
      throw failure(.unsupported(field, value: "\(json[field] ?? nil)"))
    }
    if let modules = json["modules_to_save"]?.array, !modules.isEmpty {
      throw failure(.unsupported("modules_to_save", value: "\(modules.map { $0.description }.joined(separator: ", "))"))
    }
    guard let rank = json["r"]?.integer, rank > 0, rank <= 65_536 else { throw failure(.field("r", expected: "1 or more")) }
    guard let alpha = json["lora_alpha"]?.number, alpha.isFinite else {
      throw failure(.field("lora_alpha", expected: "a number"))
    }
    self.rank = rank
    self.alpha = alpha
    dropout = json["lora_dropout"]?.number ?? 0
    usesRankStabilizedScaling = json["use_rslora"]?.bool ?? false
    targets = json["target_modules"]?.array?.compactMap(\.string) ?? json["target_modules"]?.string.map { [$0] } ?? []
    baseModel = json["base_model_name_or_path"]?.string
  }

  /// The text of the file: every field of PEFT 0.21, keys sorted.
  package var data: Data {
    let alphaValue: JSONValue = Int(exactly: alpha).map(JSONValue.integer) ?? .number(alpha)
    let fields: [String: JSONValue] = [
      "alora_invocation_tokens": nil, "alpha_pattern": [:], "arrow_config": nil, "auto_mapping": nil,
      "base_model_name_or_path": baseModel.map(JSONValue.string) ?? nil, "bias": "none", "corda_config": nil,
      "ensure_weight_tying": false, "eva_config": nil, "exclude_modules": nil, "fan_in_fan_out": false,
      "inference_mode": true, "init_lora_weights": true, "layer_replication": nil, "layers_pattern": nil,
      "layers_to_transform": nil, "loftq_config": [:], "lora_alpha": alphaValue, "lora_bias": false,
      "lora_dropout": .number(dropout), "megatron_config": nil, "megatron_core": "megatron.core",
      "modules_to_save": nil, "peft_type": "LORA", "qalora_group_size": 16, "r": .integer(rank), "rank_pattern": [:],
      "revision": nil, "target_modules": .array(targets.sorted().map(JSONValue.string)), "target_parameters": nil,
      "task_type": "CAUSAL_LM", "trainable_token_indices": nil, "use_dora": false, "use_qalora": false,
      "use_rslora": .bool(usesRankStabilizedScaling),
    ]
    return JSONValue.object(fields).serialized(pretty: true) + Data("\n".utf8)
  }
}
