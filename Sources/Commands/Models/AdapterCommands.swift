import CommandLanguage
import Figures
import Foundation
import Hub
import LanguageModels
import ModelFiles

/// Low-rank adapters: attached, saved and read.
enum AdapterCommands {
  static let all: [Command] = LoRACommands.all + [attaching, detached, saveAdapter, loadingAdapter]

  private static let attaching = Command.method(
    "attaching", of: ModelValue.self,
    [
      .unlabelled("adapter", .object("LoRA"), "What to attach."),
      .labelled("seed", .int, default: 42, in: 0..., "The seed of A; the same seed gives PEFT's numbers."),
    ],
    returns: "Model", "Makes the same model with untrained adapters, which change nothing yet: B is zero.",
    discussion: """
      Models share their weights, so several adapters on one base cost their own matrices only. With PiSSA B is not zero: the
      adapter holds the largest part of the weights, which keep the rest, and quantizing comes after attaching.
      """,
    example: "load(\"smollm2-135m\").attaching(LoRA(rank: 8))", neighbours: ["PEFT": "get_peft_model"],
    source: "Hu et al., LoRA, 2021, arXiv:2106.09685"
  ) { value, call in
    let options = call.object("adapter", as: LoRAValue.self).options
    let model = try interruptible {
      try value.model.attaching(options, seed: UInt64(call.int("seed")), isCancelled: call.isCancelled)
    }
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
    return "\(adapter.isWeightDecomposed ? "DoRA" : "LoRA") on \(layers.joined(separator: ", ")): "
      + "\(NumberText.count(adapter.parameterCount)) trainable parameters, \(NumberText.percent(share, decimals: 2)) of all. Seed \(seed).\n"
  }

  private static let detached = Command.method(
    "detached", of: ModelValue.self, [], returns: "Model", "Makes the same model without its adapter.",
    neighbours: ["PEFT": "unload"]
  ) { value, _ in
    ModelValue(try value.model.detached()).value
  }

  private static let name = Parameter.labelled(
    "name", .optional(.string), default: .null, neighbours: ["PEFT": "adapter_name"],
    "The adapter's name, which is a sub-folder.")

  private static let saveAdapter = Command.method(
    "saveAdapter", of: ModelValue.self,
    [
      .labelled("to", .path, "The folder, made when it is not there."), name,
      .labelled(
        "asPlainLoRA", .bool, default: false, neighbours: ["PEFT": "path_initial_model_for_weight_conversion"],
        "Whether a PiSSA adapter is written as a LoRA of twice the rank, which fits the weights as they were."),
    ],
    "Saves the adapter as PEFT does: adapter_config.json and adapter_model.safetensors.",
    discussion:
      "A PiSSA adapter says so in its settings: Quill and PEFT then take its part off the weights when they read it.",
    neighbours: ["PEFT": "save_pretrained"]
  ) { value, call in
    guard let attached = value.model.adapter else { throw NoAdapter() }
    let adapter = call.bool("asPlainLoRA") ? try attached.besideWholeWeights() : attached
    let folder = try subfolder(call.optionalString("name"), of: call.string("to"))
    try adapter.folder(baseModel: value.model.configuration.name).write(to: folder)
    call.output.write(
      "\(NumberText.count(adapter.parameterCount)) parameters in \(folder): adapter_model.safetensors, "
        + "adapter_config.json\n", to: .standardOutput)
    return .void
  }

  private static let loadingAdapter = Command.method(
    "loadingAdapter", of: ModelValue.self,
    [
      .labelled("from", .path, "The folder that PEFT or `saveAdapter` wrote, or a name of the hub: \"user/repo\"."),
      name,
    ],
    returns: "Model", "Makes the same model with a saved adapter; it can be trained on.",
    discussion: "Every matrix in the folder must fit a layer of the model.",
    neighbours: ["PEFT": "PeftModel.from_pretrained"]
  ) { value, call in
    let folder = try subfolder(call.optionalString("name"), of: folder(of: call.string("from"), call))
    let model = try interruptible {
      try value.model.loadingAdapter(
        AdapterFolder(readingFrom: folder), path: folder + "/adapter_model.safetensors", isCancelled: call.isCancelled)
    }
    return ModelValue(model).value
  }

  /// Where an adapter with a name lies; PEFT's `default` is the folder itself.
  private static func subfolder(_ name: String?, of folder: String) throws -> String {
    guard let name, name != "default" else { return folder }
    guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else { throw NoAdapterName(name: name) }
    return "\(folder)/\(name)"
  }

  /// The folder at that path, or else the hub's adapter of that name.
  private static func folder(of name: String, _ call: Invocation) throws -> String {
    let path = (name as NSString).expandingTildeInPath
    guard !FileContents.isFolder(path), let repository = HubRepository(parsing: name) else { return path }
    return try HubCommands.adapter(repository, call)
  }
}

/// A model was asked for an adapter that it does not have.
struct NoAdapter: CommandFailure {
  var message: String { "the model has no adapter" }
  var help: String? {
    "attach one: model.attaching(LoRA(rank: 8)), or read one: model.loadingAdapter(from: \"qlora-out\")"
  }
}

/// A name that is no folder's.
private struct NoAdapterName: CommandFailure {
  let name: String
  var message: String { "'\(name)' cannot be an adapter's name, which is that of a folder" }
  var help: String? { "take letters and digits, as in name: \"poet\"" }
  var argument: String? { "name" }
}
