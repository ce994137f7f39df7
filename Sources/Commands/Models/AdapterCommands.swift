import CommandLanguage
import Figures
import Foundation
import Hub
import LanguageModels
import ModelFiles

/// Low-rank adapters: made, attached, saved and read.
enum AdapterCommands {
  static let all: [Command] = [lora, attaching, detached, saveAdapter, loadingAdapter]

  private static let lora = Command.function(
    "LoRA",
    [
      .labelled("rank", .int, default: 8, in: 1...4096, neighbours: ["PEFT": "r"], "Columns of B, rows of A."),
      .labelled(
        "alpha", .double, default: 16, in: NumberRange.above(0), neighbours: ["PEFT": "lora_alpha"],
        "The product of B and A is multiplied by alpha / rank."),
      .labelled(
        "dropout", .double, default: 0, in: 0.0..<1.0, neighbours: ["PEFT": "lora_dropout"],
        "The share of A's inputs that is set to zero in training."),
      .labelled(
        "targets", .oneOf([.symbol(Symbols.targets), .array(of: .symbol(Symbols.targets))]),
        default: [.symbol(Symbol("q")), .symbol(Symbol("v"))], neighbours: ["PEFT": "target_modules", "mlx": "keys"],
        "The linear layers that get a pair of matrices."),
      .labelled(
        "scaling", .symbol(Symbols.scaling), default: .symbol(Symbol("standard")), "alpha / rank or alpha / √rank."),
    ],
    returns: "LoRA", "Describes low-rank adapters: two thin matrices beside a frozen layer, y += scale · B A x.",
    example: "LoRA(rank: 8, alpha: 16, targets: [.q, .v])", neighbours: ["PEFT": "LoraConfig"],
    source: "Hu et al., LoRA, 2021, arXiv:2106.09685"
  ) { call in
    let symbols = call.value("targets").symbol.map { [$0] } ?? call.symbols("targets")
    let targets = Set(symbols.flatMap(Symbols.layers))
    guard !targets.isEmpty else { throw NoTargets() }
    return LoRAValue(
      options: LoRA(
        rank: call.int("rank"), alpha: call.double("alpha"), dropout: call.double("dropout"), targets: targets,
        isRankStabilized: call.symbol("scaling").name == "rankStabilized")
    ).value
  }

  private static let attaching = Command.method(
    "attaching", of: ModelValue.self,
    [
      .unlabelled("adapter", .object("LoRA"), "What to attach."),
      .labelled("seed", .int, default: 42, in: 0..., "The seed of A; the same seed gives PEFT's numbers."),
    ],
    returns: "Model", "Makes the same model with untrained adapters, which change nothing yet: B is zero.",
    example: "load(\"smollm2-135m\").attaching(LoRA(rank: 8))", neighbours: ["PEFT": "get_peft_model"],
    source: "Hu et al., LoRA, 2021, arXiv:2106.09685"
  ) { value, call in
    let options = call.object("adapter", as: LoRAValue.self).options
    let model = value.model.attaching(options, seed: UInt64(call.int("seed")))
    call.output.write(attachedText(model, seed: call.int("seed")), to: .standardOutput)
    return ModelValue(model).value
  }

  private static func attachedText(_ model: LanguageModel, seed: Int) -> String {
    guard let adapter = model.adapter else { return "" }
    let layers = LinearLayer.allCases.compactMap { layer in
      let count = adapter.pairs.count { $0[layer] != nil }
      return count > 0 ? "\(count) \(layer.moduleName)" : nil
    }
    let share = Double(adapter.parameterCount) / Double(model.parameterCount + adapter.parameterCount)
    return "LoRA on \(layers.joined(separator: ", ")): "
      + "\(NumberText.count(adapter.parameterCount)) trainable parameters, \(NumberText.percent(share, decimals: 2)) of all. Seed \(seed).\n"
  }

  private static let detached = Command.method(
    "detached", of: ModelValue.self, [], returns: "Model", "Makes the same model without its adapter.",
    neighbours: ["PEFT": "unload"]
  ) { value, _ in
    var model = value.model
    model.adapter = nil
    return ModelValue(model).value
  }

  private static let saveAdapter = Command.method(
    "saveAdapter", of: ModelValue.self, [.labelled("to", .path, "The folder, made when it is not there.")],
    "Saves the adapter as PEFT does: adapter_config.json and adapter_model.safetensors.",
    neighbours: ["PEFT": "save_pretrained"]
  ) { value, call in
    guard let adapter = value.model.adapter else { throw NoAdapter() }
    let folder = call.string("to")
    try adapter.folder(baseModel: value.model.configuration.name).write(to: folder)
    call.output.write(
      "\(NumberText.count(adapter.parameterCount)) parameters in \(folder): adapter_model.safetensors, "
        + "adapter_config.json\n", to: .standardOutput)
    return .void
  }

  private static let loadingAdapter = Command.method(
    "loadingAdapter", of: ModelValue.self,
    [.labelled("from", .path, "The folder that PEFT or `saveAdapter` wrote, or a name of the hub: \"user/repo\".")],
    returns: "Model", "Makes the same model with a saved adapter; it can be trained on.",
    discussion: "Every matrix in the folder must fit a layer of the model.",
    neighbours: ["PEFT": "PeftModel.from_pretrained"]
  ) { value, call in
    let folder = try folder(of: call.string("from"), call)
    var model = value.model
    model.adapter = try Adapter(
      AdapterFolder(readingFrom: folder), path: folder + "/adapter_model.safetensors",
      configuration: model.configuration)
    return ModelValue(model).value
  }

  /// The folder at that path, or else the hub's adapter of that name.
  private static func folder(of name: String, _ call: Invocation) throws -> String {
    let path = (name as NSString).expandingTildeInPath
    guard !FileContents.isFolder(path), let repository = HubRepository(parsing: name) else { return path }
    return try HubCommands.adapter(repository, call)
  }
}

/// A LoRA without a layer.
struct NoTargets: CommandFailure {
  var message: String { "a LoRA needs at least one target" }
  var help: String? { "QLoRA takes .allLinear, the usual tutorial [.q, .v]" }
  var argument: String? { "targets" }
}

/// A model was asked for an adapter that it does not have.
struct NoAdapter: CommandFailure {
  var message: String { "the model has no adapter" }
  var help: String? {
    "attach one: model.attaching(LoRA(rank: 8)), or read one: model.loadingAdapter(from: \"qlora-out\")"
  }
}
