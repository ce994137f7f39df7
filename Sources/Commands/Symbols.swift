import CommandLanguage
import ModelFiles

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

  /// The linear layers of a transformer block, one by one and in groups.
  static let targets = SymbolSet(
    "Target", "Linear layers of a transformer block.",
    LinearLayer.allCases.map { layer in
      SymbolCase(
        layer.name, layer.summary, neighbours: ["PEFT": layer.moduleName, "GGUF": layer.ggufName])
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

  static let splits = SymbolSet(
    "Split", "A part of a data set.", [SymbolCase("train", "The rows that are trained on.")])

  static let schedules = SymbolSet(
    "Schedule", "How the learning rate moves after the warm-up.",
    [
      SymbolCase("linear", "Falls evenly to zero.", neighbours: ["HF": "linear"]),
      SymbolCase("constant", "Stays as it is.", neighbours: ["HF": "constant_with_warmup"]),
    ])

  static let precisions = SymbolSet(
    "Precision", "The numbers that training computes with.",
    [SymbolCase("float32", "Single precision, exact to the peers' seventh digit.", neighbours: ["HF": "fp32"])])
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
