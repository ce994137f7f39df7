import Foundation
import JSONValue

/// PEFT's `adapter_config.json` for LoRA: the fields that change a computation, and the others as PEFT writes them.
package struct AdapterConfiguration: Sendable, Hashable {
  package var lora: LoRA
  package var baseModel: String?

  package init(_ lora: LoRA, baseModel: String?) {
    self.lora = lora
    self.baseModel = baseModel
  }

  /// The text of the file: every field of PEFT 0.21, keys sorted.
  package var data: Data {
    let fields: [String: JSONValue] = [
      "alora_invocation_tokens": nil, "alpha_pattern": Self.object(lora.alphaPattern, Self.number), "arrow_config": nil,
      "auto_mapping": nil,
      "base_model_name_or_path": baseModel.map(JSONValue.string) ?? nil, "bias": "none", "corda_config": nil,
      "ensure_weight_tying": false, "eva_config": nil, "exclude_modules": lora.excluded.map(Self.names) ?? nil,
      "fan_in_fan_out": false,
      "inference_mode": true, "init_lora_weights": Self.start(lora.initialization), "layer_replication": nil,
      "layers_pattern": nil,
      "layers_to_transform": lora.blocks.map { .array($0.sorted().map(JSONValue.integer)) } ?? nil, "loftq_config": [:],
      "lora_alpha": Self.number(lora.alpha), "lora_bias": false,
      "lora_dropout": .number(lora.dropout), "megatron_config": nil, "megatron_core": "megatron.core",
      "modules_to_save": nil, "peft_type": "LORA", "qalora_group_size": 16, "r": .integer(lora.rank),
      "rank_pattern": Self.object(lora.rankPattern, JSONValue.integer),
      "revision": nil,
      "target_modules": Self.names(lora.targets),
      "target_parameters": nil,
      "task_type": "CAUSAL_LM", "trainable_token_indices": nil, "use_dora": .bool(lora.isWeightDecomposed),
      "use_qalora": false, "use_rslora": .bool(lora.isRankStabilized),
    ]
    return JSONValue.object(fields).serialized(pretty: true) + Data("\n".utf8)
  }

  private static func object<Value>(_ patterns: [ModulePattern: Value], _ value: (Value) -> JSONValue) -> JSONValue {
    .object(Dictionary(uniqueKeysWithValues: patterns.map { ($0.key.text, value($0.value)) }))
  }

  /// As Python writes it: without a fraction where there is none.
  private static func number(_ value: Double) -> JSONValue {
    Int(exactly: value).map(JSONValue.integer) ?? .number(value)
  }

  private static func names(_ names: ModuleNames) -> JSONValue {
    switch names {
    case .endings(let names): .array(names.sorted().map(JSONValue.string))
    case .pattern(let text): .string(text)
    }
  }

  private static func start(_ initialization: LoRA.Initialization) -> JSONValue {
    switch initialization {
    case .default: true
    case .gaussian: "gaussian"
    case .pissa: "pissa"
    }
  }
}

// MARK: - Reading

extension AdapterConfiguration {
  /// Reads the text of the file.
  ///
  /// Unknown fields are accepted, but not those that ask for a computation that Quill does not have.
  /// - Throws: ``AdapterError``.
  package init(parsing data: Data, path: String) throws(AdapterError) {
    guard let json = try? JSONValue(parsing: data), case .object = json else {
      throw AdapterError(path: path, reason: .configurationNotJSON)
    }
    let fields = Fields(json: json, path: path)
    try fields.checkComputation()
    let most = 65_536
    guard let rank = json["r"]?.integer, 1...most ~= rank else { throw fields.failure("r", expected: "1 to 65,536") }
    guard let alpha = json["lora_alpha"]?.number, Float(alpha).isFinite else {
      throw fields.failure("lora_alpha", expected: "a number")
    }
    let dropout = try fields.value("lora_dropout", \.number, expected: "a number from 0 to below 1") ?? 0
    guard 0..<1 ~= dropout else { throw fields.failure("lora_dropout", expected: "a number from 0 to below 1") }
    var lora = LoRA(
      rank: rank, alpha: alpha, dropout: dropout, targets: try fields.names("target_modules") ?? .endings([]),
      isRankStabilized: try fields.flag("use_rslora"), isWeightDecomposed: try fields.flag("use_dora"))
    lora.excluded = try fields.names("exclude_modules")
    lora.blocks = try fields.blocks()
    lora.initialization = try fields.initialization()
    lora.rankPattern = try fields.patterns("rank_pattern", expected: "ranks of 1 to 65,536 by patterns of module names")
    {
      $0.integer.flatMap { 1...most ~= $0 ? $0 : nil }
    }
    lora.alphaPattern = try fields.patterns("alpha_pattern", expected: "numbers by patterns of module names") {
      $0.number.flatMap { Float($0).isFinite ? $0 : nil }
    }
    self.init(lora, baseModel: json["base_model_name_or_path"]?.string)
  }

  /// The fields of a file, with errors that name the file and the field.
  private struct Fields {
    let json: JSONValue
    let path: String

    /// Fields that are false, empty or missing in an adapter that is nothing but LoRA or DoRA.
    private static let variants = [
      "lora_bias", "fan_in_fan_out", "use_qalora", "use_bdlora", "layer_replication",
      "alora_invocation_tokens", "arrow_config", "kasa_config", "monteclora_config", "modules_to_save",
    ]
    /// Initializations that leave the weights of the base model as they are.
    private static let otherInitializations = ["orthogonal", "eva"]

    func failure(_ field: String, expected: String) -> AdapterError {
      AdapterError(path: path, reason: .field(field, expected: expected))
    }

    /// A field's value, or `nil` when it is missing or null.
    func value<Value>(_ field: String, _ value: (JSONValue) -> Value?, expected: String) throws(AdapterError) -> Value?
    {
      guard let found = json[field], !found.isNull else { return nil }
      guard let value = value(found) else { throw failure(field, expected: expected) }
      return value
    }

    /// Numbers by regular expressions.
    func patterns<Value>(
      _ field: String, expected: String, _ value: (JSONValue) -> Value?
    ) throws(AdapterError) -> [ModulePattern: Value] {
      let members = try self.value(field, \.object, expected: expected) ?? [:]
      var values: [ModulePattern: Value] = [:]
      for (text, member) in members.sorted(by: { $0.key < $1.key }) {
        guard let pattern = ModulePattern(text) else {
          throw failure(field, expected: "regular expressions that Quill reads, not '\(text)'")
        }
        guard let number = value(member) else { throw failure(field, expected: expected) }
        values[pattern] = number
      }
      return values
    }

    func flag(_ field: String) throws(AdapterError) -> Bool {
      try value(field, \.bool, expected: "true or false") ?? false
    }

    /// A list of names, or one text that is a regular expression.
    func names(_ field: String) throws(AdapterError) -> ModuleNames? {
      try value(field, Self.names, expected: "names of modules or a regular expression")
    }

    /// `layers_to_transform`: one number or several.
    func blocks() throws(AdapterError) -> Set<Int>? {
      let blocks = try value("layers_to_transform", Self.numbers, expected: "numbers of layers")
      // None at all means all, as in PEFT.
      guard let blocks, !blocks.isEmpty else { return nil }
      let pattern = json["layers_pattern"] ?? .null
      guard Self.isOff(pattern) || pattern == "layers" || pattern == ["layers"] else {
        throw unsupported("layers_pattern", pattern)
      }
      return blocks
    }

    /// How A and B began.
    ///
    /// Names that are not ours but leave the base model as it is say nothing about a saved adapter.
    func initialization() throws(AdapterError) -> LoRA.Initialization {
      guard let start = json["init_lora_weights"], let name = start.string else { return .default }
      switch name {
      case "gaussian": return .gaussian
      case "pissa": return .pissa
      default:
        guard Self.otherInitializations.contains(name) else { throw unsupported("init_lora_weights", start) }
        return .default
      }
    }

    /// Makes sure that the file asks for nothing but LoRA and DoRA as they were published.
    func checkComputation() throws(AdapterError) {
      guard json["peft_type"]?.string == "LORA" else {
        throw unsupported("peft_type", json["peft_type"] ?? "missing")
      }
      for field in Self.variants {
        if let value = json[field], !Self.isOff(value) { throw unsupported(field, value) }
      }
      if let bias = json["bias"], !bias.isNull, bias != "none" { throw unsupported("bias", bias) }
    }

    private func unsupported(_ field: String, _ value: JSONValue) -> AdapterError {
      AdapterError(path: path, reason: .unsupported(field, value: value.string ?? value.description))
    }

    private static func names(_ json: JSONValue) -> ModuleNames? {
      if let text = json.string { return .pattern(text) }
      guard let members = json.array else { return nil }
      let names = members.compactMap(\.string)
      return names.count == members.count ? .endings(names.sorted()) : nil
    }

    private static func numbers(_ json: JSONValue) -> Set<Int>? {
      if let number = json.integer { return [number] }
      guard let members = json.array else { return nil }
      let numbers = members.compactMap(\.integer)
      return numbers.count == members.count ? Set(numbers) : nil
    }

    private static func isOff(_ value: JSONValue) -> Bool {
      value.isNull || value == false || value.array?.isEmpty == true || value.object?.isEmpty == true
    }
  }
}
