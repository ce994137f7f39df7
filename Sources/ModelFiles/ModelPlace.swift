import JSONValue

/// What a path that is to be a model leads to.
package enum ModelPlace: Sendable, Hashable {
  case gguf(String)
  /// A folder with `config.json`.
  case huggingFace(String)

  /// Looks what is there.
  ///
  /// A path that is no folder is taken for a GGUF file, whose reader says what is wrong with it.
  ///
  /// - Throws: ``HuggingFaceError`` for a folder without a model, with several, or with an adapter; ``FileError``.
  package init(_ path: String) throws {
    guard FileContents.isFolder(path) else {
      self = .gguf(path)
      return
    }
    let folder = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    if FileContents.exists(folder + "/config.json") {
      self = .huggingFace(folder)
    } else if FileContents.exists(folder + "/adapter_config.json") {
      let configuration = try? HuggingFaceKeys(path: folder + "/adapter_config.json")
      throw HuggingFaceError(
        path: folder, reason: .adapter(baseModel: configuration?["base_model_name_or_path"]?.string))
    } else {
      self = .gguf(try Self.onlyModel(in: folder))
    }
  }

  /// The one GGUF model in a folder, by its first part when it is split.
  private static func onlyModel(in folder: String) throws -> String {
    let names = try FileContents.names(in: folder)
    let models = names.filter { $0.hasSuffix(".gguf") && !isLaterPart($0) }
    switch models.count {
    case 1: return "\(folder)/\(models[0])"
    case 0:
      let weights = names.first { $0.hasSuffix(".safetensors") || $0.hasSuffix(".bin") || $0.hasSuffix(".gguf") }
      throw HuggingFaceError(path: folder, reason: .noModel(found: weights))
    default: throw HuggingFaceError(path: folder, reason: .severalModels(models))
    }
  }

  /// Whether a name ends in `-00002-of-00003.gguf` with another number than one.
  private static func isLaterPart(_ name: String) -> Bool {
    guard let part = name.wholeMatch(of: /.*-(\d{5})-of-\d{5}\.gguf/) else { return false }
    return part.1 != "00001"
  }
}
