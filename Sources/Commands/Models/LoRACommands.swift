import CommandLanguage
import LanguageModels
import ModelFiles

/// How adapters are described: `LoRA(…)` and `DoRA(…)`.
enum LoRACommands {
  static let all: [Command] = [lora, dora]

  private static let lora = Command.function(
    "LoRA", parameters, returns: "LoRA",
    "Describes low-rank adapters: two thin matrices beside a frozen layer, y += scale · B A x.",
    example: "LoRA(rank: 8, alpha: 16, targets: [.q, .v])", neighbours: ["PEFT": "LoraConfig"],
    source: "Hu et al., LoRA, 2021, arXiv:2106.09685"
  ) { try LoRAValue(options: options($0, isWeightDecomposed: false)).value }

  private static let dora = Command.function(
    "DoRA", parameters, returns: "LoRA",
    "Describes low-rank adapters that turn the rows of a layer, with a trained magnitude for each row.",
    discussion: """
      y = m / ‖W + scale · B A‖ · (W + scale · B A) x. On all layers a step takes about a third longer than with LoRA, on q and
      v hardly longer. GGUF has no place for such an adapter: merge it to export it.
      """,
    example: "DoRA(rank: 8, alpha: 16, targets: .attention)", neighbours: ["PEFT": "use_dora", "mlx": "dora"],
    source: "Liu et al., DoRA, 2024, arXiv:2402.09353"
  ) { try LoRAValue(options: options($0, isWeightDecomposed: true)).value }

  private static let names: ParameterType = .oneOf([
    .symbol(Symbols.targets), .array(of: .symbol(Symbols.targets)), .string,
  ])

  private static let parameters: [Parameter] = [
    .labelled("rank", .int, default: 8, in: 1...4096, neighbours: ["PEFT": "r"], "Columns of B, rows of A."),
    .labelled(
      "alpha", .double, default: 16, in: NumberRange.above(0), neighbours: ["PEFT": "lora_alpha"],
      "The product of B and A is multiplied by alpha / rank."),
    .labelled(
      "dropout", .double, default: 0, in: 0.0..<1.0, neighbours: ["PEFT": "lora_dropout"],
      "The share of A's inputs that is set to zero in training."),
    .labelled(
      "targets", names, default: [.symbol(Symbol("q")), .symbol(Symbol("v"))],
      neighbours: ["PEFT": "target_modules", "mlx": "keys"],
      "The linear layers that get a pair of matrices; a text is a regular expression for whole names such as model.layers.0.self_attn.q_proj."
    ),
    .labelled(
      "excluding", .optional(names), default: .null, neighbours: ["PEFT": "exclude_modules"],
      "Layers among the targets that get none."),
    .labelled(
      "layers", .optional(.array(of: .int)), default: .null, neighbours: ["PEFT": "layers_to_transform"],
      "The transformer blocks that get pairs, counted from 0, as 16..<30; all when left out."),
    .labelled(
      "rankPattern", .dictionary, default: .dictionary(ValueDictionary()), neighbours: ["PEFT": "rank_pattern"],
      "Other ranks for some layers: [.down: 16], or by regular expressions for the end of a name."),
    .labelled(
      "alphaPattern", .dictionary, default: .dictionary(ValueDictionary()), neighbours: ["PEFT": "alpha_pattern"],
      "Other alphas for some layers, as rankPattern."),
    .labelled(
      "scaling", .symbol(Symbols.scaling), default: .symbol(Symbol("standard")), "alpha / rank or alpha / √rank."),
    .labelled(
      "initialization", .symbol(Symbols.initialization), default: .symbol(Symbol("default")),
      neighbours: ["PEFT": "init_lora_weights"], "What A and B begin with."),
  ]

  private static func options(_ call: Invocation, isWeightDecomposed: Bool) throws -> LoRA {
    guard let targets = moduleNames("targets", call) else { throw NoTargets() }
    var lora = LoRA(
      rank: call.int("rank"), alpha: call.double("alpha"), dropout: call.double("dropout"), targets: targets,
      isRankStabilized: call.symbol("scaling").name == "rankStabilized", isWeightDecomposed: isWeightDecomposed,
      initialization: Symbols.initialization(call.symbol("initialization")))
    lora.excluded = moduleNames("excluding", call)
    lora.blocks = call.optionalArray("layers").map { Set($0.compactMap(\.int)) }
    lora.rankPattern = try patterns("rankPattern", call, expected: "a rank of 1 to 4,096") { value in
      value.int.flatMap { 1...4096 ~= $0 ? $0 : nil }
    }
    lora.alphaPattern = try patterns("alphaPattern", call, expected: "a number above 0") { value in
      value.number.flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    }
    return lora
  }

  /// Layers by symbols or by a regular expression; `nil` when there are none.
  private static func moduleNames(_ parameter: String, _ call: Invocation) -> ModuleNames? {
    if let text = call.optionalString(parameter) { return .pattern(text) }
    let symbols = call.optionalSymbol(parameter).map { [$0] } ?? call.optionalArray(parameter)?.compactMap(\.symbol)
    let layers = Set((symbols ?? []).flatMap(Symbols.layers))
    return layers.isEmpty ? nil : ModuleNames(layers)
  }

  /// Numbers by layers or by regular expressions.
  private static func patterns<Number>(
    _ parameter: String, _ call: Invocation, expected: String, _ number: (Value) -> Number?
  ) throws -> [ModulePattern: Number] {
    var patterns: [ModulePattern: Number] = [:]
    for (key, value) in call.dictionary(parameter).entries {
      guard let number = number(value) else {
        throw PatternFailure(parameter, "'\(key)' has \(expected), not \(value)")
      }
      let names: [String]
      switch key {
      case .string(let text): names = [text]
      case .symbol(let symbol): names = Symbols.layers(of: symbol).map(\.moduleName)
      default: names = []
      }
      guard !names.isEmpty else { throw PatternFailure(parameter, "'\(key)' is no layer") }
      for name in names {
        guard let pattern = ModulePattern(name) else {
          throw PatternFailure(parameter, "'\(name)' is no regular expression that Quill reads")
        }
        patterns[pattern] = number
      }
    }
    return patterns
  }
}

/// A LoRA without a layer.
struct NoTargets: CommandFailure {
  var message: String { "a LoRA needs at least one target" }
  var help: String? { "QLoRA takes .allLinear, the usual tutorial [.q, .v]" }
  var argument: String? { "targets" }
}

/// A dictionary of ranks or alphas that cannot be read.
private struct PatternFailure: CommandFailure {
  let argument: String?
  let message: String

  init(_ argument: String, _ message: String) {
    self.argument = argument
    self.message = message
  }

  var help: String? { "write layers or the ends of their names: [.down: 16, \"layers.0.self_attn.q_proj\": 4]" }
}
