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

  init(_ model: LanguageModel, from origin: ModelOrigin, as type: BlockFormat?) throws {
    let built = HuggingFaceConfiguration(model: model)
    var fields: [String: JSONValue]
    if case .folder(let folder) = origin, let saved = json("config.json", in: folder)?.object {
      // Of a model that sees and reads only the part that reads is here.
      fields = saved["text_config"] == nil ? saved : try built.fields
      try carry(from: folder)
    } else {
      fields = try built.fields
      contents["generation_config.json"] = Self.text(built.generation)
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
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      guard Self.carried.contains(name) || Self.licences.contains(where: name.hasPrefix) else { continue }
      guard let bytes = try? MappedFile(path: "\(folder)/\(name)").bytes, bytes.count <= Self.limit else { continue }
      contents[name] = Data(bytes.buffer)
    }
  }

  private static func text(_ json: JSONValue) -> Data { json.serialized(pretty: true) + Data("\n".utf8) }
}
