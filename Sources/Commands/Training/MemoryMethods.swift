import CommandLanguage

/// What `memory` can be asked about.
enum MemoryMethods {
  static let set = SymbolSet(
    "MemoryMethod", "What is done with a model whose memory is asked for.",
    [
      SymbolCase("qlora", "An adapter is trained beside weights of 4 bits.", source: "arXiv:2305.14314"),
      SymbolCase("lora", "An adapter is trained beside the weights as they are.", source: "arXiv:2106.09685"),
      SymbolCase("inference", "Texts are read and continued.", neighbours: ["HF": "generate"]),
    ])

  static let formats = SymbolSet(
    "MemoryFormat", "How the linear layers are stored whose memory is asked for.",
    Symbols.formats.cases + Symbols.exportFormats.cases)

  static func title(_ method: String) -> String {
    switch method {
    case "qlora": "QLoRA"
    case "lora": "LoRA"
    default: "inference"
    }
  }
}
