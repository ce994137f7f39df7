import Foundation
import JSONValue

/// The files of a Hugging Face folder that describe its tokenizer, as they are.
struct HuggingFaceSource: Sendable {
  /// The files that make a tokenizer, by name; only `tokenizer.json` must be there.
  static let names = [
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja",
    "chat_template.json", "generation_config.json", "tokenizer.model", "vocab.json", "merges.txt",
    "config.json",
  ]
  /// Those of them that are the model's and not the tokenizer's.
  static let namesOfModelFiles = ["generation_config.json", "config.json"]

  let folder: String
  /// The bytes of the files that are there, mapped.
  let files: [String: Data]

  /// - Throws: ``TokenizerError/noTokenizerFile(folder:)``.
  init(folder: String) throws {
    self.folder = folder
    var files: [String: Data] = [:]
    for name in Self.names {
      let path = folder + "/" + name
      if FileManager.default.fileExists(atPath: path) {
        files[name] = try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)
      }
    }
    if files["tokenizer.json"] == nil { throw TokenizerError.noTokenizerFile(folder: folder) }
    self.files = files
  }

  /// A JSON file's object, or an empty one when there is no such file.
  func json(_ name: String) throws -> JSONValue {
    guard let data = files[name] else { return .object([:]) }
    do {
      return try JSONValue(parsing: data)
    } catch {
      throw TokenizerError.syntax(file: name, offset: error.offset)
    }
  }

  /// The chat template: its own file, or the one in the configuration, of several the one named `default`.
  func chatTemplate(_ configuration: JSONValue) throws -> String? {
    if let data = files["chat_template.jinja"] { return String(decoding: data, as: UTF8.self) }
    let found = try json("chat_template.json")["chat_template"] ?? configuration["chat_template"]
    if let template = found?.string { return template }
    let named = found?.array ?? []
    return (named.first { $0["name"]?.string == "default" } ?? named.first)?["template"]?.string
  }
}
