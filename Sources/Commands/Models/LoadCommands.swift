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
      .unlabelled(
        "model", .path, neighbours: ["HF": "pretrained_model_name_or_path", "llama.cpp": "-m, -hf"],
        "A name of the catalogue such as \"smollm2-135m\"; a .gguf file or a Hugging Face folder; or a name of the hub: "
          + "\"user/repo\", \"user/repo:Q4_K_M\"."),
      .labelled(
        "quantization", .optional(.symbol(Symbols.formats)), neighbours: ["HF": "quantization_config"],
        "The format to quantize the linear layers to at once."),
      .labelled(
        "activations", .symbol(Symbols.activations), default: .symbol(Symbol("int8")),
        "What flows into quantized layers while it runs; `.float32` is exact and half as fast."),
    ],
    returns: "Model", "Opens a model.",
    discussion: """
      Weights stay in the mapped file. A model that was opened before is there at once. What comes from the Hugging Face hub is kept in
      the cache that Python's tools use too. Of a repository with GGUF files, the one with the quantization behind the colon is taken.
      """,
    example: "load(\"smollm2-135m\")", neighbours: ["HF": "from_pretrained", "llama.cpp": "-m"], source: "GGUF"
  ) { call in
    let activations: Activations = call.symbol("activations").name == "int8" ? .int8 : .float32
    let model = try LoadedModels.shared.model(at: path(of: call.string("model"), call), activations)
    guard let format = call.optionalSymbol("quantization") else { return model.value }
    return try ModelCommands.quantize(model, to: format, call).value
  }

  /// Where the model of a name lies: in the catalogue, at that path, or on the hub, from which it is then fetched.
  private static func path(of name: String, _ call: Invocation) throws -> String {
    do {
      return try Catalogue.path(of: name)
    } catch {
      guard case .modelNotFound = error, let repository = HubRepository(parsing: name) else { throw error }
      switch try HubCommands.model(repository, call) {
      case .gguf(let paths): return paths[0]
      case .folder(let path), .adapter(let path): return path
      }
    }
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
    /// The same weights for each kind of activations that was asked for.
    var models: [Activations: ModelValue]
  }

  private let entries = Mutex<[String: Entry]>([:])

  /// The model of a file, opened anew when the file has changed.
  func model(at path: String, _ activations: Activations) throws -> ModelValue {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let size = attributes?[.size] as? Int ?? 0
    let modified = attributes?[.modificationDate] as? Date ?? .distantPast
    var entry = Entry(size: size, modified: modified, models: [:])
    if let known = entries.withLock({ $0[path] }), known.size == size, known.modified == modified { entry = known }
    if let model = entry.models[activations] { return model }
    var model = try entry.models.values.first?.model ?? LanguageModel(path: path)
    model.activations = activations
    let value = ModelValue(model)
    entry.models[activations] = value
    entries.withLock { $0[path] = entry }
    return value
  }
}
