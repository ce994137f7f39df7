import Foundation
import JSONValue

/// PEFT's `adapter_config.json` for LoRA: the fields that change a computation, and the others as PEFT writes them.
package struct AdapterConfiguration: Sendable, Hashable {
  package var rank: Int
  package var alpha: Double
  package var dropout: Double
  package var usesRankStabilizedScaling: Bool
  /// The modules that have a pair, by their full names or by what comes behind a dot of them.
  package var targets: [String]
  package var baseModel: String?
  /// `target_modules` where it is one text instead of names: a regular expression, or `all-linear`.
  package var targetPattern: String?
  /// Ranks of modules that differ from ``rank``, by regular expressions: PEFT's `rank_pattern`.
  package var rankPattern: [ModulePattern: Int] = [:]
  /// Alphas of modules that differ from ``alpha``, by regular expressions: PEFT's `alpha_pattern`.
  package var alphaPattern: [ModulePattern: Double] = [:]

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

  /// What the product of B and A is multiplied by, but where a pattern says otherwise: alpha / r, or alpha / √r when
  /// rank-stabilised.
  package var scale: Double { scale(alpha: alpha, rank: rank) }

  private func scale(alpha: Double, rank: Int) -> Double {
    alpha / (usesRankStabilizedScaling ? Double(rank).squareRoot() : Double(rank))
  }

  private static func object<Value>(_ patterns: [ModulePattern: Value], _ value: (Value) -> JSONValue) -> JSONValue {
    .object(Dictionary(uniqueKeysWithValues: patterns.map { ($0.key.text, value($0.value)) }))
  }

  /// As Python writes it: without a fraction where there is none.
  private static func number(_ value: Double) -> JSONValue {
    Int(exactly: value).map(JSONValue.integer) ?? .number(value)
  }

  /// The text of the file: every field of PEFT 0.21, keys sorted.
  package var data: Data {
    let fields: [String: JSONValue] = [
      "alora_invocation_tokens": nil, "alpha_pattern": Self.object(alphaPattern, Self.number), "arrow_config": nil,
      "auto_mapping": nil,
      "base_model_name_or_path": baseModel.map(JSONValue.string) ?? nil, "bias": "none", "corda_config": nil,
      "ensure_weight_tying": false, "eva_config": nil, "exclude_modules": nil, "fan_in_fan_out": false,
      "inference_mode": true, "init_lora_weights": true, "layer_replication": nil, "layers_pattern": nil,
      "layers_to_transform": nil, "loftq_config": [:], "lora_alpha": Self.number(alpha), "lora_bias": false,
      "lora_dropout": .number(dropout), "megatron_config": nil, "megatron_core": "megatron.core",
      "modules_to_save": nil, "peft_type": "LORA", "qalora_group_size": 16, "r": .integer(rank),
      "rank_pattern": Self.object(rankPattern, JSONValue.integer),
      "revision": nil,
      "target_modules": targetPattern.map(JSONValue.string) ?? .array(targets.sorted().map(JSONValue.string)),
      "target_parameters": nil,
      "task_type": "CAUSAL_LM", "trainable_token_indices": nil, "use_dora": false, "use_qalora": false,
      "use_rslora": .bool(usesRankStabilizedScaling),
    ]
    return JSONValue.object(fields).serialized(pretty: true) + Data("\n".utf8)
  }
}

// MARK: - Modules

extension AdapterConfiguration {
  /// The rank of a module, by its full name: `model.layers.0.self_attn.q_proj`.
  package func rank(ofModule module: String) -> Int { Self.value(in: rankPattern, of: module).first ?? rank }

  /// The alpha of a module, by its full name.
  package func alpha(ofModule module: String) -> Double { Self.value(in: alphaPattern, of: module).first ?? alpha }

  /// What the product of a module's B and A is multiplied by.
  package func scale(ofModule module: String) -> Double {
    scale(alpha: alpha(ofModule: module), rank: rank(ofModule: module))
  }

  /// Whether the settings ask for a pair beside a module.
  package func isTargeted(_ module: String) -> Bool {
    guard let targetPattern else { return targets.contains { module == $0 || module.hasSuffix("." + $0) } }
    if targetPattern.lowercased() == "all-linear" { return true }
    // A pattern in a syntax that is not known here: PEFT itself chose the modules by it.
    return ModulePattern(targetPattern)?.matchesWhole(module) ?? true
  }

  /// Makes sure that no two patterns give a module different numbers: PEFT would take the first in the file.
  func checkPatterns(of module: String, path: String) throws(AdapterError) {
    func check<Value: Hashable>(_ field: String, _ pattern: [ModulePattern: Value]) throws(AdapterError) {
      guard Set(Self.value(in: pattern, of: module)).count > 1 else { return }
      throw AdapterError(path: path, reason: .field(field, expected: "one pattern for '\(module)', but several match"))
    }
    try check("rank_pattern", rankPattern)
    try check("alpha_pattern", alphaPattern)
  }

  /// The numbers of the patterns that match the module's name or its end behind a dot.
  private static func value<Value>(in patterns: [ModulePattern: Value], of module: String) -> [Value] {
    patterns.filter { $0.key.matchesEnd(of: module) }.map(\.value)
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
    self.init(
      rank: rank, alpha: alpha, dropout: dropout,
      usesRankStabilizedScaling: try fields.value("use_rslora", \.bool, expected: "true or false") ?? false,
      targets: json["target_modules"]?.array?.compactMap(\.string) ?? [],
      baseModel: json["base_model_name_or_path"]?.string)
    targetPattern = json["target_modules"]?.string
    rankPattern = try fields.patterns("rank_pattern", expected: "ranks of 1 to 65,536 by patterns of module names") {
      $0.integer.flatMap { 1...most ~= $0 ? $0 : nil }
    }
    alphaPattern = try fields.patterns("alpha_pattern", expected: "numbers by patterns of module names") {
      $0.number.flatMap { Float($0).isFinite ? $0 : nil }
    }
  }

  /// The fields of a file, with errors that name the file and the field.
  private struct Fields {
    let json: JSONValue
    let path: String

    /// Fields that are false, empty or missing in an adapter that is nothing but B A x.
    private static let variants = [
      "use_dora", "lora_bias", "fan_in_fan_out", "use_qalora", "use_bdlora", "layer_replication",
      "alora_invocation_tokens", "arrow_config", "kasa_config", "monteclora_config", "modules_to_save",
    ]
    /// Initializations that leave the weights of the base model as they are.
    private static let initializations = ["gaussian", "orthogonal", "eva"]

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

    /// Makes sure that the file asks for nothing but LoRA as it was published.
    func checkComputation() throws(AdapterError) {
      guard json["peft_type"]?.string == "LORA" else {
        throw unsupported("peft_type", json["peft_type"] ?? "missing")
      }
      for field in Self.variants {
        if let value = json[field], !Self.isOff(value) { throw unsupported(field, value) }
      }
      if let bias = json["bias"], !bias.isNull, bias != "none" { throw unsupported("bias", bias) }
      if let start = json["init_lora_weights"], let name = start.string, !Self.initializations.contains(name) {
        throw unsupported("init_lora_weights", start)
      }
    }

    private func unsupported(_ field: String, _ value: JSONValue) -> AdapterError {
      AdapterError(path: path, reason: .unsupported(field, value: value.string ?? value.description))
    }

    private static func isOff(_ value: JSONValue) -> Bool {
      value.isNull || value == false || value.array?.isEmpty == true || value.object?.isEmpty == true
    }
  }
}
