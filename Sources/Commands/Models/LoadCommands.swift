import CommandLanguage
import Foundation
import Hub
import LanguageModels
import ModelFiles
import Synchronization

/// Models from files: `load`, `inspect`.
enum LoadCommands {
  static let all: [Command] = [load, inspect]

  private static let load = Command.function(
    "load",
    [
      .unlabelled("model", .path, "A name of the catalogue such as \"smollm2-135m\", or the path of a .gguf file."),
      .labelled(
        "quantization", .optional(.symbol(Symbols.formats)), neighbours: ["HF": "quantization_config"],
        "The format to quantize the linear layers to at once."),
    ],
    returns: "Model", "Opens a model.",
    discussion: "Weights stay in the mapped file. A model that was opened before is there at once.",
    example: "load(\"smollm2-135m\")", neighbours: ["HF": "from_pretrained", "llama.cpp": "-m"], source: "GGUF"
  ) { call in
    let path = try Catalogue.path(of: call.string("model"))
    let model = try LoadedModels.shared.model(at: path)
    guard let format = call.optionalSymbol("quantization") else { return model.value }
    return try ModelCommands.quantize(model, to: format, call).value
  }

  private static let inspect = Command.function(
    "inspect", [.unlabelled("file", .path, "The path of a .gguf file, or a name of the catalogue.")],
    returns: "Figure", "Shows what is inside a GGUF file: its header, its metadata and its tensors.",
    example: "inspect(\"smollm2-135m\")", source: "GGUF"
  ) { call in
    FigureValue(FileTables.overview(try GGUFFile(path: Catalogue.path(of: call.string("file"))))).value
  }
}

/// Models that are open, so that `load` in a cell that is run again costs nothing.
private final class LoadedModels: Sendable {
  static let shared = LoadedModels()

  private struct Entry: Sendable {
    let size: Int
    let modified: Date
    let model: ModelValue
  }

  private let entries = Mutex<[String: Entry]>([:])

  /// The model of a file, opened anew when the file has changed.
  func model(at path: String) throws -> ModelValue {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let size = attributes?[.size] as? Int ?? 0
    let modified = attributes?[.modificationDate] as? Date ?? .distantPast
    if let entry = entries.withLock({ $0[path] }), entry.size == size, entry.modified == modified {
      return entry.model
    }
    let model = ModelValue(try LanguageModel(ggufPath: path))
    entries.withLock { $0[path] = Entry(size: size, modified: modified, model: model) }
    return model
  }
}
