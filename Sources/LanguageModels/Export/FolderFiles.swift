import Foundation
import JSONValue
import ModelFiles
import Quantization
import TensorCore
import Tokenization

/// The small files of a Hugging Face folder, all but the weights.
struct FolderFiles {
  private(set) var contents: [String: Data] = [:]

  /// Files that a model takes along from the folder that it came from.
  private static let carried: Set = [
    "generation_config.json", "tokenizer.json", "tokenizer_config.json", "tokenizer.model", "special_tokens_map.json",
    "added_tokens.json", "vocab.json", "merges.txt", "chat_template.jinja", "chat_template.json",
  ]
  /// How names of such files begin that tell what one may do with a model.
  private static let licences = ["LICENSE", "LICENCE", "NOTICE", "USE_POLICY"]

  /// More bytes than any of these files has.
  private static let limit = 256 << 20

  init(_ model: LanguageModel, as type: BlockFormat?) throws {
    let built = HuggingFaceFields(model: model)
    var fields: [String: JSONValue]
    if case .huggingFace(let folder) = model.source {
      // Of a model that sees and reads only the part that reads is here.
      let saved = folder.configuration.members
      fields = saved["text_config"] == nil ? saved : try built.fields
      try carry(from: folder.path)
    } else {
      fields = try built.fields
      contents["generation_config.json"] = Self.text(built.generation)
      contents.merge(try model.tokenizer.huggingFaceFiles()) { $1 }
    }
    fields["vocab_size"] = .integer(model.configuration.vocabularySize)
    fields["tie_word_embeddings"] = .bool(model.isTied)
    // The newer and the older name.
    let typeName = JSONValue.string(model.folderType(as: type).torchName)
    fields["dtype"] = typeName
    fields["torch_dtype"] = typeName
    fields["quantization_config"] = type == nil ? try BitsAndBytes(model)?.configuration : nil
    contents["config.json"] = Self.text(.object(fields))
  }

  private mutating func carry(from folder: String) throws {
    for name in try FileContents.names(in: folder) {
      guard Self.carried.contains(name) || Self.licences.contains(where: name.hasPrefix) else { continue }
      let path = "\(folder)/\(name)"
      guard FileContents.exists(path), let bytes = try FileContents.read(path, atMost: Self.limit) else { continue }
      contents[name] = bytes.data
    }
  }

  private static func text(_ json: JSONValue) -> Data { json.serialized(pretty: true) + Data("\n".utf8) }
}

extension HuggingFaceFolder {
  /// More bytes than a file of settings has.
  private static let settingsLimit = 1 << 20

  /// A small file of the folder; `nil` when it is not there or no JSON.
  func json(_ name: String) throws(FileError) -> JSONValue? {
    let file = "\(path)/\(name)"
    guard FileContents.exists(file), let bytes = try FileContents.read(file, atMost: Self.settingsLimit) else {
      return nil
    }
    return try? JSONValue(parsing: bytes.data)
  }
}
