import CommandLanguage
import JSONValue

/// Commands as the engine declares them, on toys instead of models.
enum Toy {
  struct Model: CommandObject {
    static let typeName = "Model"
    var format = "f32"
    var description: String { "Model(\(format))" }

    func display() -> [String: JSONValue] {
      ["text/plain": .string(description), "text/html": .string("<b>\(description)</b>")]
    }

    func isEqual(to other: any CommandObject) -> Bool { (other as? Model)?.format == format }
  }

  struct Generation: CommandObject {
    static let typeName = "Generation"
    let text: String
    var description: String { text }
  }

  struct Row: CommandObject {
    static let typeName = "Row"
    let text: String
    var description: String { "Row(\(text))" }
  }

  struct Rows: CommandSequence {
    static let typeName = "Dataset"
    static let elementType: TypeName = "Row"
    var texts = ["good", "bad", "fine"]
    var description: String { "Dataset of \(count) rows" }
    var count: Int { texts.count }
    func element(at index: Int) throws -> Value { Row(text: texts[index]).value }
  }

  struct Failure: CommandFailure {
    let message: String
    var help: String?
    var argument: String?
  }

  static let formats = SymbolSet(
    "Format", "How weights are stored.",
    [
      SymbolCase("f32", "32-bit floats."),
      SymbolCase(
        "nf4", "4-bit NormalFloat.",
        [
          .labelled("blockSize", .int, default: 64, in: 16...4096, unit: "weights", "Weights that share a scale."),
          .labelled("doubleQuantized", .bool, default: true, "Whether the scales are quantized too."),
        ], neighbours: ["bitsandbytes": "nf4"], source: "QLoRA, arXiv:2305.14314"),
      SymbolCase(
        "int", "Rounding to whole numbers, for teaching.", [.labelled("bits", .int, in: 2...8, unit: "bits", "Width.")]),
      SymbolCase("q4_K_M", "llama.cpp's mix of 4-bit blocks."),
    ])

  static let commands: [Command] = [
    .function(
      "load",
      [
        .unlabelled("name", .path, "A model's name or file."),
        .labelled("quantization", .optional(.symbol(formats)), "The format to bring it into."),
      ], returns: "Model", "Loads a model.", example: "load(\"toy\")", neighbours: ["HF": "from_pretrained"]
    ) { call in
      guard call.string("name") != "missing" else {
        throw Failure(message: "no model is called 'missing'", help: "load(\"toy\") is there", argument: "name")
      }
      return Model(format: call.optionalSymbol("quantization")?.name ?? "f32").value
    },
    .method(
      "generate", of: Model.self,
      [
        .unlabelled("prompt", .string, "The text to continue."),
        .labelled(
          "maxTokens", .int, default: 64, in: 1...4096, unit: "tokens",
          neighbours: ["HF": "max_new_tokens", "llama.cpp": "n-predict"], "The most tokens to make."),
        .labelled("temperature", .double, default: 0.8, in: 0.0...2.0, "How freely tokens are drawn; 0 is greedy."),
        .labelled("topP", .double, default: 0.9, in: 0.0...1.0, neighbours: ["HF": "top_p"], "Nucleus sampling."),
        .labelled("stop", .array(of: .string), default: [], "Texts that end it."),
      ], returns: "Generation", "Continues a text, token by token.",
      example: "load(\"toy\").generate(\"Once\", maxTokens: 3)", neighbours: ["HF": "generate"]
    ) { _, call in
      Generation(text: "\(call.string("prompt"))|\(call.int("maxTokens"))|\(call.double("temperature"))").value
    },
    .method(
      "quantized", of: Model.self, [.labelled("to", .symbol(formats), "The format.")], returns: "Model",
      "The model in another format.", example: "load(\"toy\").quantized(to: .nf4(blockSize: 32))"
    ) { _, call in
      let format = call.symbol("to")
      let size = format.name == "nf4" ? "/\(format.int("blockSize"))/\(format.bool("doubleQuantized"))" : ""
      return Model(format: format.name + size).value
    },
    .method(
      "merged", of: Model.self, [], returns: "Model", "The model with its adapter merged in.",
      example: "load(\"toy\").merged()", neighbours: ["mlx": "fuse", "PEFT": "merge_and_unload"]
    ) { model, _ in
      model.value
    },
    .method(
      "train", of: Model.self,
      [
        .labelled("on", .object("Dataset"), "The rows."),
        .labelled(
          "epochs", .double, default: 1, in: NumberRange.above(0), neighbours: ["HF": "num_train_epochs"], "Passes."),
        .labelled(
          "learningRate", .double, default: 2e-4, neighbours: ["HF": "learning_rate", "torch": "lr"], "Step size."),
        .labelled("rank", .int, default: 8, in: 1..., neighbours: ["PEFT": "r"], "Of the adapter."),
      ], "Trains.", example: "load(\"toy\").train(on: rows())"
    ) { _, call in
      try call.checkCancellation()
      return .void
    },
    .method(
      "export", of: Model.self, [.labelled("to", .path, "The file.")], "Writes a file.",
      example: ""
    ) { _, _ in
      throw Failure(message: "cannot store 'blk.0' as q4_K", help: ".q4_K_M falls back to q5_0")
    },
    .property("text", of: Generation.self, returns: .string, "The text.") { $0.text.value },
    .property("text", of: Row.self, returns: .string, "The text.") { $0.text.value },
    .function("rows", [], returns: "Dataset", "Three rows.", example: "rows()") { _ in Rows().value },
    .subscript(of: Model.self, [.unlabelled("name", .string, "A weight's name.")], returns: .string, "A weight.") {
      _, call in .string("weight \(call.string("name"))")
    },
    .function(
      "interact", [.labelled("body", .closure, "Called with the values.")],
      freeLabels: .labelled("value", .oneOf([.range, .array(of: .any)]), "What a slider goes through."),
      "Calls a function with values from sliders.", example: "interact(t: 0.0...2.0, bits: [2, 3]) { t, bits in t }"
    ) { call in
      let names = call.freeArguments.map(\.label).joined(separator: ",")
      let closure = call.closure("body")
      let values = call.freeArguments.map { argument -> Value in
        if case .range(let range) = argument.value {
          range.lower ?? .null
        } else {
          argument.value.array?.first ?? .null
        }
      }
      return .string("\(names) -> \(try closure.call(with: values)) of \(closure.parameterNames)")
    },
  ]

  static let registry: CommandRegistry = {
    var registry = CommandRegistry.language
    registry.register(commands)
    registry.registerSequence(Rows.self)
    return registry
  }()

  static func session() -> Session { Session(registry: registry) }
}
