import CommandLanguage
import Figures
import LanguageModels
import ModelFiles
import Quantization

/// Looking at a model and changing its format.
enum ModelCommands {
  static let all: [Command] = [summary, name, parameterCount, byteCount, quantized, subscriptByName]

  private static let summary = Command.method(
    "summary", of: ModelValue.self, [], returns: "Figure",
    "Shows what the model consists of: layers, shapes, formats, bits per weight, sizes.",
    example: "load(\"smollm2-135m\").summary()"
  ) { value, _ in FigureValue(ModelTables.summary(of: value.model)).value }

  private static let name = Command.property(
    "name", of: ModelValue.self, returns: .string, "The model's own name."
  ) { $0.model.configuration.name.value }

  private static let parameterCount = Command.property(
    "parameterCount", of: ModelValue.self, returns: .int, "How many weights there are, adapters not counted.",
    example: "load(\"smollm2-135m\").parameterCount", neighbours: ["HF": "num_parameters"]
  ) { $0.model.parameterCount.value }

  private static let byteCount = Command.property(
    "byteCount", of: ModelValue.self, returns: .int, "Bytes of all weights as they are stored."
  ) { $0.model.byteCount.value }

  private static let quantized = Command.method(
    "quantized", of: ModelValue.self, [.labelled("to", .symbol(Symbols.formats), "The format.")], returns: "Model",
    "Makes the same model with its linear layers in another format; embeddings, norms and head are kept.",
    discussion: "The old model stays as it was. A result that was made before is there at once.",
    example: "load(\"smollm2-135m\").quantized(to: .nf4)", neighbours: ["bitsandbytes": "BitsAndBytesConfig"],
    source: "Dettmers et al., QLoRA, 2023, arXiv:2305.14314"
  ) { value, call in try quantize(value, to: call.symbol("to"), call).value }

  /// Quantizes and tells what was changed and what was kept.
  static func quantize(_ value: ModelValue, to symbol: Symbol, _ call: Invocation) throws -> ModelValue {
    let format = try Symbols.weightFormat(symbol)
    guard case .nf4(let blockSize, let doubleQuantized) = format else {
      preconditionFailure("'\(symbol.name)' is no format of 'quantized'")
    }
    let made = try interruptible {
      try value.quantized(format) {
        try value.model.quantized(
          toNF4BlockSize: blockSize, doubleQuantized: doubleQuantized, isCancelled: call.isCancelled)
      }
    }
    let weights = made.value.model.blocks.flatMap { block in LinearLayer.allCases.map { block[$0] } }
    let bits = Double(weights.reduce(0) { $0 + $1.byteCount } * 8) / Double(weights.reduce(0) { $0 + $1.count })
    call.output.write(
      "\(weights.count) linear layers in \(weights.first?.formatName ?? ""): "
        + "\(NumberText.fixed(bits, decimals: 3)) bits per weight. Kept: embedding, head and "
        + "\(value.model.normCount) norms.\n", to: .standardOutput)
    return made.value
  }

  private static let subscriptByName = Command.subscript(
    of: ModelValue.self, [.unlabelled("name", .string, "As GGUF or transformers call it: \"blk.0.attn_q\".")],
    returns: "Weight", "One weight matrix of the model.", example: "load(\"smollm2-135m\")[\"blk.0.attn_q\"]"
  ) { value, call in
    let name = call.string("name")
    let known = WeightNames(value.model)
    guard let weight = known[name] else {
      throw UnknownWeight(name: name, nearest: known.nearest(to: name))
    }
    return WeightValue(name: name, weight: weight).value
  }
}

/// The block size of a format is no power of two.
struct BlockSizeNotAPowerOfTwo: CommandFailure {
  let blockSize: Int
  var message: String { "blocks of \(blockSize) weights do not exist" }
  var help: String? { "take a power of two from 32 to 4096; QLoRA takes 64" }
  var argument: String? { "to" }
}

/// A model has no weight of that name.
struct UnknownWeight: CommandFailure {
  let name: String
  let nearest: String?
  var message: String { "the model has no weight called '\(name)'" }
  var help: String? { nearest.map { "did you mean '\($0)'?" } }
  var argument: String? { "name" }
}
