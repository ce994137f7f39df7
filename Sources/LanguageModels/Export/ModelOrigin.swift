import Foundation
import JSONValue
import ModelFiles
import TensorCore

/// The files that a model came from, for what they say beyond its weights: licence, sampling, templates.
enum ModelOrigin {
  case gguf(GGUFFile)
  /// A folder as transformers writes it.
  case folder(String)
  /// Made in memory, or the files are gone.
  case none
}

extension LanguageModel {
  /// Where the weights came from, opened anew.
  var origin: ModelOrigin {
    get throws {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return .none }
      return isFolder.boolValue ? .folder(path) : .gguf(try GGUFFile(path: path))
    }
  }
}

/// A small JSON file of a model's folder, or `nil` when it is not there or no JSON.
func json(_ name: String, in folder: String) -> JSONValue? {
  let limit = 1 << 20
  guard let bytes = try? MappedFile(path: "\(folder)/\(name)").bytes, bytes.count <= limit else { return nil }
  return try? JSONValue(parsing: Data(bytes.buffer))
}
