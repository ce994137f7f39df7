import Foundation
import ModelFiles
import TensorCore
import TestSupport
import Testing
import Tokenization

/// Damaged tokenizers of both kinds of file: they cut and join text, or are refused.
struct TokenizerFuzzTests {
  @Test func tokenizerJSON() async {
    await #expect(processExitsWith: .success) { try Self.readFolders(spoiling: "tokenizer.json", stream: 30) }
  }

  @Test func tokenizerConfigurations() async {
    await #expect(processExitsWith: .success) { try Self.readFolders(spoiling: "tokenizer_config.json", stream: 31) }
  }

  @Test func vocabulariesOfGGUF() async {
    await #expect(processExitsWith: .success) { try Self.readVocabularies() }
  }

  private static let families = ["llama2", "qwen2", "gemma"]

  private static func readFolders(spoiling name: String, stream: UInt64) throws {
    let folder = try TemporaryFolder()
    let fuzzer = Fuzzer(
      samples: try families.map { try Fixtures.bytes("tokenizers/\($0)/\(name)") },
      words: [
        "\"byte_fallback\": true", "\"type\": \"Sequence\"", "\"pretokenizers\": [", "\"merges\": [[\"a\", \"b\"]]",
        "null,",
        "\"id\": 4294967296", "\"<0x-1>\": 7", "[[[[[[[[", "\\ud800", "\"Regex\": \"(((\"", "\"content\": \"\"",
      ],
      head: 3000, stream: stream, count: 600)
    try fuzzer.run(isExpected: isOwn) { bytes in
      // What else the folder holds belongs to one of the families; damaged pairs are damaged folders too.
      for other in ["tokenizer.json", "tokenizer_config.json"] where other != name {
        try folder.write(Fixtures.bytes("tokenizers/llama2/\(other)"), to: other)
      }
      try folder.write(bytes, to: name)
      try use(Tokenizer(huggingFaceFolder: folder.path))
    }
  }

  private static func readVocabularies() throws {
    let fuzzer = Fuzzer(
      samples: try families.map { try Fixtures.bytes("tokenizers/\($0).gguf") },
      words: ["tokenizer.ggml.model", "llama", "gpt2", "<0x-1>", "<0xZZ>", "tokenizer.ggml.add_bos_token"], head: 3000,
      stream: 32, count: 600)
    try fuzzer.run(isExpected: isOwn) { bytes in
      try use(Tokenizer(GGUFFile(path: "v.gguf", bytes: Bytes(bytes))))
    }
  }

  private static func isOwn(_ error: any Error) -> Bool {
    error is TokenizerError || error is GGUFError || error is HuggingFaceError || error is FileError
  }

  private static func use(_ tokenizer: Tokenizer) throws {
    let ids = tokenizer.ids(of: "A fine film — naïve 🎬\n\n  1234 <|im_end|></s><0x41>")
    var decoder = StreamDecoder(tokenizer)
    for id in ids { _ = try decoder.append(id) }
    _ = decoder.finish()
    _ = try tokenizer.text(of: ids)
  }
}
