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
      .labelled(
        "cache", .optional(.symbol(Symbols.cacheFormats)),
        neighbours: ["llama.cpp": "--cache-type-k, -ctk", "HF": "cache_config"],
        "How keys and values of the text are stored; without it `.f16`, or `.f32` beside `.float32` activations."),
    ],
    returns: "Model", "Opens a model.",
    discussion: """
      Weights stay in the mapped file. A model that was opened before is there at once. What comes from the Hugging Face hub is kept in
      the cache that Python's tools use too. Of a repository with GGUF files, the one with the quantization behind the colon is taken.
      """,
    example: "load(\"smollm2-135m\")", neighbours: ["HF": "from_pretrained", "llama.cpp": "-m"], source: "GGUF"
  ) { call in
    let way = LoadedModels.Way(
      activations: call.symbol("activations").name == "int8" ? .int8 : .float32,
      cache: call.optionalSymbol("cache").flatMap { KVFormat(rawValue: $0.name) })
    let model = try LoadedModels.shared.model(at: path(of: call.string("model"), call), way)
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

  /// How a model runs.
  struct Way: Sendable, Hashable {
    let activations: Activations
    let cache: KVFormat?
  }

  private struct Entry: Sendable {
    let size: Int
    let modified: Date
    /// The same weights for each way to run them that was asked for.
    var models: [Way: ModelValue]
  }

  private let entries = Mutex<[String: Entry]>([:])

  /// The model of a file, opened anew when the file has changed.
  ///
  /// - Throws: As `LanguageModel.init(path:)`; `KVFormatError` when the cache does not fit the model's heads.
  func model(at path: String, _ way: Way) throws -> ModelValue {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let size = attributes?[.size] as? Int ?? 0
    let modified = attributes?[.modificationDate] as? Date ?? .distantPast
    var entry = Entry(size: size, modified: modified, models: [:])
    if let known = entries.withLock({ $0[path] }), known.size == size, known.modified == modified { entry = known }
    if let model = entry.models[way] { return model }
    // Cached models differ in nothing but the way, so that any of them has the weights.
    var model = try entry.models.values.first?.model ?? LanguageModel(path: path)
    model.activations = way.activations
    model = try model.caching(in: way.cache)
    let value = ModelValue(model)
    entry.models[way] = value
    entries.withLock { $0[path] = entry }
    return value
  }
}
