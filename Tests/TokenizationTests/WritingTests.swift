import Foundation
import JSONValue
import ModelFiles
import TestSupport
import Testing
import Tokenization

/// A tokenizer that is written back is the same tokenizer.
struct WritingTests {
  /// Folders that llama.cpp's converter made GGUF files of.
  @Test(arguments: ["llama", "mistral", "qwen2", "qwen3", "gemma3"]) func ggufKeysAreTheConverters(name: String) throws
  {
    let tokenizer = try Tokenizer(huggingFaceFolder: Fixtures.path("architectures/\(name)"))
    let path = Fixtures.path("architectures/" + (name == "qwen2" ? "qwen2-fused.gguf" : "\(name).gguf"))
    let expected = try GGUFFile(path: path).entries.filter { $0.key.hasPrefix("tokenizer.") }
    let found = Dictionary(try tokenizer.ggufMetadata(), uniquingKeysWith: { first, _ in first })
    for entry in expected {
      #expect(found[entry.key] == GGUFEncodedValue(entry), "\(entry.key)")
    }
    let extra = Set(found.keys).subtracting(expected.map(\.key))
    #expect(extra.isEmpty, "\(extra)")
  }

  @Test func tokensAreAddedUpToTheModelsRows() throws {
    let tokenizer = try Tokenizer(huggingFaceFolder: Fixtures.path("tokenizers/gemma"))
    let count = tokenizer.vocabularySize
    let keys = Dictionary(
      try tokenizer.ggufMetadata(vocabularySize: count + 2), uniquingKeysWith: { first, _ in first })
    let plain = Dictionary(try tokenizer.ggufMetadata(), uniquingKeysWith: { first, _ in first })
    let tokens = try #require(plain["tokenizer.ggml.tokens"])
    #expect(keys["tokenizer.ggml.tokens"] != tokens)
    #expect(keys["tokenizer.ggml.add_space_prefix"] == .bool(false))
  }

  @Test(arguments: FamilyTests.names) func foldersOfGGUFFilesHaveTheSameIDs(name: String) throws {
    let file = try Tokenizer(GGUFFile(path: Fixtures.path("tokenizers/\(name).gguf")))
    let copy = try TemporaryCopy(files: file.huggingFaceFiles())
    let folder = try Tokenizer(huggingFaceFolder: copy.path)
    // What llama.cpp simplifies has its original form in the folder; `default` and Gemma's runs of spaces are llama.cpp's own.
    let isOwn = name == "gpt2" || name == "gemma"
    let original = isOwn ? file : try Tokenizer(huggingFaceFolder: Fixtures.path("tokenizers/\(name)"))
    let strings = try TokenCorpus.shared.get().strings.prefix(5000)
    let wrong = strings.filter { folder.ids(of: $0) != original.ids(of: $0) }
    #expect(wrong.isEmpty, "\(wrong.count) differ: \(wrong.prefix(5))")
    #expect(
      try strings.allSatisfy { try folder.text(of: folder.ids(of: $0)) == original.text(of: original.ids(of: $0)) })
    #expect(folder.specialTokens == file.specialTokens)
    #expect(folder.endOfGenerationIDs == file.endOfGenerationIDs)
    #expect(folder.chatTemplate == file.chatTemplate)
  }

  @Test(arguments: FamilyTests.names) func folderToGGUFKeepsIDs(name: String) throws {
    let folder = try Tokenizer(huggingFaceFolder: Fixtures.path("tokenizers/\(name)"))
    let file = try Tokenizer(GGUFFile(path: Fixtures.path("tokenizers/\(name).gguf")))
    let keys = Dictionary(try folder.ggufMetadata(), uniquingKeysWith: { first, _ in first })
    for entry in try GGUFFile(path: Fixtures.path("tokenizers/\(name).gguf")).entries {
      guard ["tokens", "token_type", "merges"].contains(where: { entry.key == "tokenizer.ggml.\($0)" }) else {
        continue
      }
      #expect(keys[entry.key] == GGUFEncodedValue(entry), "\(entry.key)")
    }
    #expect(folder.vocabularySize == file.vocabularySize)
  }

  @Test func filesOfAFolderAreCopied() throws {
    let path = Fixtures.path("tokenizers/llama3")
    let files = try Tokenizer(huggingFaceFolder: path).huggingFaceFiles()
    #expect(files.keys.sorted() == ["tokenizer.json", "tokenizer_config.json"])
    for (name, data) in files { #expect(try data == Data(contentsOf: URL(filePath: "\(path)/\(name)"))) }
  }
}
