import CommandLanguage
import FineTuning
import LanguageModels
import ModelFiles
import Quantization

/// The leading-dot names of formats, layers and choices, with what the neighbours call them.
enum Symbols {
  /// Formats that a model can be quantized to.
  static let formats = SymbolSet(
    "Format", "How weights are stored.",
    [
      SymbolCase(
        "nf4", "4-bit NormalFloat: sixteen levels placed where normally distributed weights lie.",
        [
          .labelled(
            "blockSize", .int, default: 64, in: 32...4096, unit: "weights", neighbours: ["bitsandbytes": "blocksize"],
            "Weights that share one scale: a power of two."),
          .labelled(
            "doubleQuantized", .bool, default: true, neighbours: ["bitsandbytes": "bnb_4bit_use_double_quant"],
            "Whether the scales are quantized to 8 bits too."),
        ],
        neighbours: ["bitsandbytes": "load_in_4bit"], source: "Dettmers et al., QLoRA, 2023, arXiv:2305.14314")
    ])

  private static let f32 = SymbolCase("f32", "32-bit floats.", neighbours: ["HF": "float32", "llama.cpp": "F32"])
  private static let f16 = SymbolCase("f16", "16-bit floats.", neighbours: ["HF": "float16", "llama.cpp": "F16"])
  private static let bf16 = SymbolCase(
    "bf16", "16-bit floats with the range of 32-bit ones and fewer digits.",
    neighbours: ["HF": "bfloat16", "llama.cpp": "BF16"])

  /// Formats of GGUF files that `export` writes.
  static let exportFormats = SymbolSet(
    "ExportFormat", "How a GGUF file stores the linear layers and the embedding.",
    [
      f32, f16, bf16,
      SymbolCase(
        "q8_0", "8-bit codes, and a 16-bit scale for every 32 weights.", neighbours: ["llama.cpp": "Q8_0"]),
      SymbolCase(
        "q4_0", "4-bit codes, and a 16-bit scale for every 32 weights; the output matrix is kept finer.",
        neighbours: ["llama.cpp": "Q4_0"]),
    ])

  /// Formats in which `merged` stores the sums.
  static let mergeFormats = SymbolSet(
    "MergeFormat", "How merged weights are stored.", [bf16, f16, f32] + formats.cases)

  /// The block format of that name.
  static func blockFormat(_ symbol: Symbol) -> BlockFormat {
    guard let format = BlockFormat.allCases.first(where: { $0.name == symbol.name }) else {
      preconditionFailure("'\(symbol.name)' is no block format")
    }
    return format
  }

  /// The format of weights that a symbol stands for.
  ///
  /// - Throws: ``BlockSizeNotAPowerOfTwo``.
  static func weightFormat(_ symbol: Symbol) throws -> WeightFormat {
    guard symbol.name == "nf4" else { return .blocks(blockFormat(symbol)) }
    let blockSize = symbol.int("blockSize")
    guard CodeBookWeights.isBlockSize(blockSize) else { throw BlockSizeNotAPowerOfTwo(blockSize: blockSize) }
    return .nf4(blockSize: blockSize, doubleQuantized: symbol.bool("doubleQuantized"))
  }

  /// The linear layers of a transformer block, one by one and in groups.
  static let targets = SymbolSet(
    "Target", "Linear layers of a transformer block.",
    LinearLayer.allCases.map { layer in
      SymbolCase(
        layer.name, layer.summary,
        neighbours: [
          "PEFT": layer.moduleName, "mlx": "\(layer.moduleParent).\(layer.moduleName)", "GGUF": layer.ggufName,
        ])
    } + [
      SymbolCase("attention", "The four layers of attention: q, k, v, o."),
      SymbolCase("mlp", "The three layers of the feed-forward part: gate, up, down."),
      SymbolCase("allLinear", "All seven linear layers.", neighbours: ["PEFT": "all-linear"]),
    ])

  /// The layers that a symbol stands for.
  static func layers(of symbol: Symbol) -> [LinearLayer] {
    switch symbol.name {
    case "attention": [.q, .k, .v, .o]
    case "mlp": [.gate, .up, .down]
    case "allLinear": LinearLayer.allCases
    default: LinearLayer.allCases.filter { $0.name == symbol.name }
    }
  }

  static let scaling = SymbolSet(
    "Scaling", "What the product of an adapter's matrices is multiplied by.",
    [
      SymbolCase("standard", "alpha / rank."),
      SymbolCase("rankStabilized", "alpha / √rank.", neighbours: ["PEFT": "use_rslora"], source: "arXiv:2312.03732"),
    ])

  static let initialization = SymbolSet(
    "Initialization", "What an adapter's matrices begin with.",
    [
      SymbolCase("default", "A even in ±1/√in, B zero.", neighbours: ["PEFT": "init_lora_weights=True"]),
      SymbolCase("gaussian", "A normal with the deviation 1/rank, B zero.", neighbours: ["PEFT": "gaussian"]),
      SymbolCase(
        "pissa", "The largest singular directions of the weights, which keep the rest; needs weights in floats.",
        neighbours: ["PEFT": "pissa"], source: "Meng et al., PiSSA, 2024, arXiv:2404.02948"),
    ])

  /// The beginning that a symbol stands for.
  static func initialization(_ symbol: Symbol) -> LoRA.Initialization {
    switch symbol.name {
    case "gaussian": .gaussian
    case "pissa": .pissa
    default: .default
    }
  }

  static let splits = SymbolSet(
    "Split", "A part of a data set.",
    [
      SymbolCase("train", "The rows that are trained on."), SymbolCase("validation", "Rows to compare settings with."),
      SymbolCase("test", "Rows to judge the result with, once."),
    ])

  static let activations = SymbolSet(
    "Activations", "The numbers that flow between the layers in inference.",
    [
      SymbolCase("float32", "As they are."),
      SymbolCase(
        "int8", "Rounded to 8 bits, each 32 with a scale, beside quantized weights, as llama.cpp rounds them.",
        source: "ggml"),
    ])

  static let cacheFormats = SymbolSet(
    "CacheFormat", "How the keys and values of a text that a model has read are stored.",
    [
      SymbolCase("f32", "4 bytes a number, exact."), SymbolCase("f16", "2 bytes a number."),
      SymbolCase(
        "q8_0",
        "34 bytes for 32 numbers: half the memory of `.f16`, for long texts; heads must be a multiple of 32 wide.",
        neighbours: ["llama.cpp": "-ctk q8_0"], source: "ggml"),
    ])

  static let schedules = SymbolSet(
    "Schedule", "How the learning rate moves after the warm-up.",
    [
      SymbolCase("linear", "Falls evenly to zero.", neighbours: ["HF": "linear"]),
      SymbolCase("cosine", "Falls to zero along half a cosine.", neighbours: ["HF": "cosine"]),
      SymbolCase("constant", "Stays as it is.", neighbours: ["HF": "constant_with_warmup"]),
    ])

  static func schedule(_ symbol: Symbol) -> LearningRate.Schedule {
    guard let schedule = LearningRate.Schedule(rawValue: symbol.name) else {
      preconditionFailure("'\(symbol.name)' is no schedule")
    }
    return schedule
  }

  static let optimizers = SymbolSet(
    "Optimizer", "What moves an adapter against its gradients.",
    [
      SymbolCase(
        "adamW", "Adam with decoupled weight decay.", neighbours: ["HF": "adamw_torch"],
        source: "Loshchilov and Hutter, 2019, arXiv:1711.05101"),
      SymbolCase(
        "adamW8bit", "AdamW whose moments have 8 bits.", neighbours: ["HF": "adamw_8bit"],
        source: "Dettmers et al., 2022, arXiv:2110.02861"),
      SymbolCase("sgd", "Plain gradient descent.", neighbours: ["HF": "sgd"]),
    ])

  static func optimizer(_ symbol: Symbol) -> OptimizerKind {
    guard let kind = OptimizerKind(rawValue: symbol.name) else {
      preconditionFailure("'\(symbol.name)' is no optimizer")
    }
    return kind
  }

  static let precisions = SymbolSet(
    "Precision", "The numbers that products with frozen weights take in training; sums and adapters are float32.",
    [
      SymbolCase("bfloat16", "16-bit floats: about twice as fast.", neighbours: ["HF": "bf16"]),
      SymbolCase("float32", "Single precision, exact to the peers' seventh digit.", neighbours: ["HF": "fp32"]),
    ])

  static func precision(_ symbol: Symbol) -> Precision {
    guard let precision = Precision(rawValue: symbol.name) else {
      preconditionFailure("'\(symbol.name)' is no precision")
    }
    return precision
  }
}

extension LinearLayer {
  /// The name as a cell writes it after the dot.
  var name: String { "\(self)" }

  var summary: String {
    switch self {
    case .q: "Queries of attention."
    case .k: "Keys of attention."
    case .v: "Values of attention."
    case .o: "Output of attention."
    case .gate: "Gate of the feed-forward part."
    case .up: "Up-projection of the feed-forward part."
    case .down: "Down-projection of the feed-forward part."
    }
  }
}
