import CommandLanguage
import Figures
import FineTuning
import Hub
import LanguageModels
import ModelFiles
import Quantization

/// How much memory something needs, before it is done: `memory`.
enum MemoryCommand {
  static let all: [Command] = [memory] + members

  private static let memory = Command.function(
    "memory", parameters, returns: "MemoryEstimate",
    "Foretells the most memory that training or running a model takes, part by part; without a model, what the session holds.",
    discussion: """
      A model that is loaded is counted as it is, with its own adapter, and what the session holds besides is measured and \
      added. A name of a model need not be fetched: then it is a process of its own that does nothing else, whose linear \
      layers are in NF4 for `.qlora` and in bf16 otherwise, with embedding and head in bf16. The estimate is for batches in \
      which every row is as long as it can be; `quill bench train` measures the same. Quill trains adapters only, so no \
      method stands for the training of all weights. Other words for a model of the same sizes, such as its chat version, \
      are understood.
      """,
    example: "memory(for: \"llama-3.1-8b\", method: .qlora, rank: 16, batchSize: 1, length: 512)",
    source: "Dettmers et al., QLoRA, 2023, arXiv:2305.14314"
  ) { call in
    guard let model = try model(call) else { return MemoryValue.session().value }
    let foretold = MemoryValue(title: title(model, call), estimate: try estimate(model, call))
    _ = call.output.display(foretold.chart.mimeBundle())
    return foretold.value
  }

  private static let parameters: [Parameter] = [
    .labelled(
      "for", .optional(.oneOf([.object("Model"), .path])), default: .null,
      neighbours: ["HF": "pretrained_model_name_or_path"],
      "A model, the name or path of one that `load` finds, or a published name such as \"llama-3.2-1b\"."),
    .labelled(
      "method", .symbol(MemoryMethods.set), default: .symbol(Symbol("qlora")), "What is to be done with the model."),
    .labelled(
      "rank", .optional(.int), default: .null, in: 1...4096, neighbours: ["PEFT": "r"],
      "The rank of the adapter; that of the model's own adapter, or 8."),
    .labelled(
      "targets", .optional(.oneOf([.symbol(Symbols.targets), .array(of: .symbol(Symbols.targets))])), default: .null,
      neighbours: ["PEFT": "target_modules", "mlx": "keys"],
      "The layers with a pair of matrices; those of the model's own adapter, or [.q, .v]."),
    .labelled(
      "batchSize", .int, default: 4, in: 1...4096, unit: "rows",
      neighbours: ["HF": "per_device_train_batch_size"],
      "Rows that pass through the model together; for `.inference` texts that are remembered."),
    .labelled(
      "length", .int, default: 256, in: 2...1_000_000, unit: "tokens",
      neighbours: ["HF": "max_length", "mlx": "max_seq_length", "llama.cpp": "-c"],
      "Tokens of a row; for `.inference` of a text and its continuation."),
    .labelled(
      "recompute", .bool, default: false, neighbours: ["HF": "gradient_checkpointing"],
      "Whether layers are computed again in the backward pass."),
    .labelled(
      "precision", .symbol(Symbols.precisions), default: .symbol(Symbol("bfloat16")), neighbours: ["HF": "bf16"],
      "The numbers that products with the model's weights take."),
    .labelled(
      "optimizer", .symbol(Symbols.optimizers), default: .symbol(Symbol("adamW")), neighbours: ["HF": "optim"],
      "What moves the adapter."),
    .labelled(
      "format", .optional(.symbol(MemoryMethods.formats)), default: .null,
      neighbours: ["HF": "quantization_config"], "The format of the linear layers."),
  ]

  private static let members: [Command] = [
    .property("total", of: MemoryValue.self, returns: .int, "Bytes of all parts.") { $0.total.value },
    .property("parts", of: MemoryValue.self, returns: .dictionary, "Bytes by the name of the part.") { value in
      .dictionary(ValueDictionary(value.parts.map { ($0.name, $0.bytes.value) }))
    },
  ]
}

// MARK: - From a call to an estimate

extension MemoryCommand {
  /// A model whose memory is asked for.
  private struct Subject {
    let name: String
    let shape: ModelShape
    /// The one that is loaded, if one is.
    let loaded: LanguageModel?
  }

  /// The model that is meant; `nil` when none is.
  private static func model(_ call: Invocation) throws -> Subject? {
    if let value = call.value("for").object(as: ModelValue.self) {
      return Subject(
        name: value.model.configuration.name, shape: try shape(of: value.model, call), loaded: value.model)
    }
    guard let name = call.optionalString("for") else { return nil }
    do {
      let model = try LanguageModel(path: Catalogue.path(of: name))
      return Subject(name: name, shape: try shape(of: model, call), loaded: nil)
    } catch let error as CatalogueError {
      guard let known = KnownModel.named(name) else { throw unknown(name, error) }
      return Subject(name: known.name, shape: known.shape(try format(call) ?? standardFormat(call)), loaded: nil)
    }
  }

  private static func unknown(_ name: String, _ error: CatalogueError) -> any Error {
    guard case .modelNotFound(_, let catalogue, _) = error else { return error }
    return UnknownModelSize(name: name, known: catalogue + KnownModel.all.map(\.name))
  }

  /// A model's sizes; in QLoRA one of floats counts as if it were quantized.
  private static func shape(of model: LanguageModel, _ call: Invocation) throws -> ModelShape {
    let shape = ModelShape(model)
    if let format = try format(call) { return shape.quantized(to: format) }
    let linear = model.blocks.flatMap { block in LinearLayer.allCases.map { block[$0] } }
    let isOfFloats = linear.contains { $0.bitsPerWeight >= 16 }
    return isOfFloats && method(call) == "qlora" ? shape.quantized(to: .nf4) : shape
  }

  private static func format(_ call: Invocation) throws -> WeightFormat? {
    try call.optionalSymbol("format").map(Symbols.weightFormat)
  }

  private static func standardFormat(_ call: Invocation) -> WeightFormat { method(call) == "qlora" ? .nf4 : .bf16 }

  private static func method(_ call: Invocation) -> String { call.symbol("method").name }

  private static func estimate(_ subject: Subject, _ call: Invocation) throws -> MemoryEstimate {
    let estimate: MemoryEstimate
    if method(call) == "inference" {
      estimate = try MemoryEstimate.inference(
        subject.shape, texts: call.int("batchSize"), length: call.int("length"))
    } else {
      var options = TrainingOptions(
        batchSize: call.int("batchSize"), optimizer: Symbols.optimizer(call.symbol("optimizer")),
        maxLength: call.int("length"), precision: Symbols.precision(call.symbol("precision")))
      options.recompute = call.bool("recompute")
      estimate = MemoryEstimate.training(subject.shape, try adapter(subject, call), options)
    }
    guard subject.loaded != nil, let resident = ProcessMemory.now?.resident else { return estimate }
    return estimate.adding(session: resident)
  }

  /// The model's own adapter, unless another rank or other layers are asked for.
  private static func adapter(_ subject: Subject, _ call: Invocation) throws -> AdapterShape {
    let (own, configuration) = (subject.loaded?.adapter, subject.shape.configuration)
    let symbols = call.optionalSymbol("targets").map { [$0] } ?? call.optionalArray("targets")?.compactMap(\.symbol)
    if let own, symbols == nil, call.optionalInt("rank") == nil { return AdapterShape(own, configuration) }
    var lora = own?.options ?? LoRA(targets: [.q, .v])
    if let rank = call.optionalInt("rank") { lora.rank = rank }
    if let symbols {
      guard !symbols.isEmpty else { throw NoTargets() }
      lora.targets = ModuleNames(Set(symbols.flatMap(Symbols.layers)))
    }
    return AdapterShape(lora, configuration)
  }

  private static func title(_ subject: Subject, _ call: Invocation) -> String {
    let name = "\(subject.name): \(MemoryMethods.title(method(call)))"
    return "\(name), \(call.int("batchSize")) × \(NumberText.count(call.int("length"))) tokens"
  }
}

/// No model of that name can be loaded, and its sizes are not known either.
struct UnknownModelSize: CommandFailure {
  let name: String
  let known: [String]
  var message: String { "there is no model '\(name)' here, and its sizes are not known" }
  var help: String? {
    Suggestion(for: name, among: known)?.text ?? "known by name: \(Set(known).sorted().joined(separator: ", "))"
  }
  var argument: String? { "for" }
}
