import CommandLanguage
import Figures
import LanguageModels
import ModelFiles
import Quantization
import TensorCore

/// A weight matrix as a cell holds it.
package struct WeightValue: CommandObject {
  package static let typeName = "Weight"
  package let name: String
  package let weight: WeightMatrix

  /// The numbers, decoded.
  var matrix: MatrixValue {
    MatrixValue(rows: weight.rows, columns: weight.columns, values: weight.decoded().values)
  }

  package var description: String {
    "\(name): \(weight.rows) × \(weight.columns), \(weight.formatName), "
      + "\(NumberText.fixed(weight.bitsPerWeight, decimals: 3)) bits per weight"
  }
}

/// Looking at a weight matrix.
enum WeightCommands {
  static let all: [Command] = [shape, format, bitsPerWeight, values, histogram]

  private static let shape = Command.property(
    "shape", of: WeightValue.self, returns: .array, "Rows and columns: outputs and inputs."
  ) { [$0.weight.rows, $0.weight.columns].value }

  private static let format = Command.property(
    "format", of: WeightValue.self, returns: .string, "How the numbers are stored."
  ) { $0.weight.formatName.value }

  private static let bitsPerWeight = Command.property(
    "bitsPerWeight", of: WeightValue.self, returns: .double, "Bits that one number takes, scales included."
  ) { $0.weight.bitsPerWeight.value }

  private static let values = Command.property(
    "values", of: WeightValue.self, returns: "Matrix", "The numbers themselves, decoded."
  ) { $0.matrix.value }

  private static let histogram = Command.method(
    "histogram", of: WeightValue.self, [], returns: "Figure", "Shows how the numbers are distributed.",
    example: "load(\"smollm2-135m\")[\"blk.0.attn_q\"].histogram()"
  ) { weight, _ in
    FigureValue(Histogram(of: weight.matrix.values, title: weight.name, xTitle: "weight")).value
  }
}

/// The weight matrices of a model by the names that GGUF and transformers give them.
struct WeightNames {
  private var weights: [String: WeightMatrix] = [:]

  init(_ model: LanguageModel) {
    weights["token_embd"] = model.tokenEmbedding
    weights["model.embed_tokens"] = model.tokenEmbedding
    weights["output"] = model.head
    weights["lm_head"] = model.head
    for (index, block) in model.blocks.enumerated() {
      for layer in LinearLayer.allCases {
        weights["blk.\(index).\(layer.ggufName)"] = block[layer]
        weights[layer.path(inBlock: index)] = block[layer]
      }
    }
  }

  /// The matrix of that name, with or without `.weight`.
  subscript(name: String) -> WeightMatrix? {
    weights[name.hasSuffix(".weight") ? String(name.dropLast(7)) : name]
  }

  /// The name with the most in common at its beginning and end.
  func nearest(to name: String) -> String? {
    func common(_ a: some Sequence<UInt8>, _ b: some Sequence<UInt8>) -> Int {
      zip(a, b).prefix { $0 == $1 }.count
    }
    return weights.keys.sorted().max { left, right in
      common(left.utf8, name.utf8) + common(left.utf8.reversed(), name.utf8.reversed())
        < common(right.utf8, name.utf8) + common(right.utf8.reversed(), name.utf8.reversed())
    }
  }
}
