import CommandLanguage
import Figures
import Foundation
import LanguageModels
import ModelFiles
import Quantization

/// Models and adapters as files that other tools read.
enum ExportCommands {
  static let all: [Command] = [merged, export, exportAdapter, save]

  private static let merged = Command.method(
    "merged", of: ModelValue.self,
    [
      .labelled(
        "into", .optional(.symbol(Symbols.mergeFormats)),
        "What the linear layers are stored in: 16 bits unless you say otherwise. `.nf4` says how much it lost.")
    ],
    returns: "Model", "Makes a model with its adapter added into the weights: W + scale · B A.",
    discussion: """
      Sums seldom fall on the levels of four bits, so all linear layers become 16-bit numbers unless you ask for another format.
      The old model stays as it was.
      """,
    neighbours: ["PEFT": "merge_and_unload", "mlx": "fuse"], source: "Hu et al., LoRA, 2021, arXiv:2106.09685"
  ) { value, call in
    guard value.model.adapter != nil else { throw NoAdapter() }
    let symbol = call.optionalSymbol("into")
    let format = try symbol.map(Symbols.weightFormat)
    let merged = try interruptible { try value.model.merged(into: format, isCancelled: call.isCancelled) }
    if let symbol { call.output.write(text(of: merged.loss, symbol.name), to: .standardOutput) }
    return ModelValue(merged.model).value
  }

  private static func text(of loss: MergeLoss, _ format: String) -> String {
    func number(_ value: Double) -> String { NumberText.significant(value, digits: 2) }
    return "Rounding to \(format) moved a weight of the adapted layers by \(number(loss.mean)) in the mean, by "
      + "\(number(Double(loss.largest))) at most; the adapter had moved it by \(number(loss.meanChange)).\n"
  }

  private static let export = Command.method(
    "export", of: ModelValue.self,
    [
      .labelled("to", .path, "The .gguf file to write."),
      .labelled(
        "as", .symbol(Symbols.exportFormats), default: .symbol(Symbol("f16")), neighbours: ["llama.cpp": "--outtype"],
        "The format of the linear layers and the embedding."),
    ],
    "Writes the model as a GGUF file, which llama.cpp and its relatives run.",
    discussion: """
      The file has the tokenizer, the chat template and the metadata too. Norms stay in 32 bits. With an adapter attached, say
      `.merged()` first, or write the adapter alone with `exportAdapter`. The file appears whole or not at all.
      """,
    neighbours: ["llama.cpp": "convert_hf_to_gguf.py, llama-quantize", "mlx": "fuse --export-gguf"], source: "GGUF"
  ) { value, call in
    let path = call.string("to")
    let format = Symbols.blockFormat(call.symbol("as"))
    let display = TransferDisplay(fileName(path), call.output)
    try interruptible {
      try value.model.exportGGUF(to: path, as: format, isCancelled: call.isCancelled) { display.show($0, of: $1) }
    }
    let size = byteCount(of: path)
    display.show(size, of: size, state: .finished)
    return .void
  }

  private static let exportAdapter = Command.method(
    "exportAdapter", of: ModelValue.self, [.labelled("to", .path, "The .gguf file to write.")],
    "Writes the adapter alone as a GGUF file, which llama.cpp loads beside the base: --lora.",
    discussion:
      "Rank-stabilized scales and scales by layer, which llama.cpp does not know, are folded into the numbers.",
    neighbours: ["llama.cpp": "convert_lora_to_gguf.py"], source: "GGUF"
  ) { value, call in
    guard let adapter = value.model.adapter else { throw NoAdapter() }
    let path = call.string("to")
    try interruptible { try value.model.exportAdapter(to: path, isCancelled: call.isCancelled) }
    call.output.write(
      "\(NumberText.count(adapter.parameterCount)) parameters in \(path), \(NumberText.bytes(byteCount(of: path)))\n",
      to: .standardOutput)
    return .void
  }

  private static let save = Command.method(
    "save", of: ModelValue.self, [.labelled("to", .path, "The folder, made when it is not there.")],
    "Saves the model as a Hugging Face folder, which transformers loads.",
    discussion: """
      Linear layers in nf4, fp4 or int8 are written as bitsandbytes writes them, other quantized ones in bf16, and a quantized
      embedding or head in f32; floats stay as they are. The folder has the configuration and the tokenizer too.
      """,
    neighbours: ["HF": "save_pretrained"], source: "safetensors"
  ) { value, call in
    let folder = call.string("to")
    let display = TransferDisplay(fileName(folder), call.output)
    var written = 0
    try interruptible {
      try value.model.save(to: folder, isCancelled: call.isCancelled) {
        written = $1
        display.show($0, of: $1)
      }
    }
    display.show(written, of: written, state: .finished)
    return .void
  }

  private static func fileName(_ path: String) -> String { (path as NSString).lastPathComponent }

  private static func byteCount(of path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.size] as? Int ?? 0
  }
}
