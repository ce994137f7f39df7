import Foundation
import JSONValue
import ModelFiles
import TestSupport
import Testing
import Tokenization

/// What stands beside tokenizer.json, and every way in which a folder can be wrong.
struct FolderTests {
  @Test func templatesAndSpecialTokens() throws {
    func tokenizer(_ name: String) throws -> Tokenizer {
      try Tokenizer(huggingFaceFolder: Fixtures.path("tokenizers/\(name)"))
    }
    #expect(try tokenizer("qwen2").chatTemplate?.contains("qwen2: ") == true)
    #expect(try tokenizer("gemma").chatTemplate?.contains("gemma: ") == true)
    #expect(try tokenizer("llama2").chatTemplate?.contains("llama2: ") == true)
    #expect(try tokenizer("gpt2").chatTemplate == nil)
    let llama = try tokenizer("llama3")
    #expect(llama.bosToken == "<|begin_of_text|>")
    #expect(llama.eosToken == "<|eot_id|>")
    #expect(
      try llama.endOfGenerationIDs == Set(["<|eot_id|>", "<|end_of_text|>"].map { try #require(llama.id(of: $0)) }))
    #expect(try tokenizer("qwen2").bosToken == nil)
  }

  @Test(arguments: ["llama3", "tekken", "llama2", "gemma"]) func beginningOfSequenceComesOnce(name: String) throws {
    for tokenizer in [
      try Tokenizer(huggingFaceFolder: Fixtures.path("tokenizers/\(name)")),
      try Tokenizer(GGUFFile(path: Fixtures.path("tokenizers/\(name).gguf"))),
    ] {
      let begin = try #require(tokenizer.beginningOfSequenceID)
      let text = try #require(tokenizer.bosToken)
      #expect(tokenizer.ids(of: "film").filter { $0 == begin }.count == 1)
      #expect(tokenizer.ids(of: text + "film").filter { $0 == begin }.count == 1)
      #expect(tokenizer.ids(of: text + "film").first == begin)
      let plain = tokenizer.ids(of: text + "film", parsingSpecialTokens: false)
      #expect(plain.filter { $0 == begin }.count == 1 && plain.count > 3)
    }
  }

  @Test func textOfStrangersMakesNoControlToken() throws {
    for name in FamilyTests.names {
      for tokenizer in [
        try Tokenizer(huggingFaceFolder: Fixtures.path("tokenizers/\(name)")),
        try Tokenizer(GGUFFile(path: Fixtures.path("tokenizers/\(name).gguf"))),
      ] {
        for id in 0..<tokenizer.vocabularySize where try tokenizer.type(of: id) == .control {
          let text = "a" + (try tokenizer.token(id).text) + "b"
          #expect(
            !tokenizer.ids(of: text, addingSpecialTokens: false, parsingSpecialTokens: false).contains(id), "\(text)")
        }
      }
    }
  }

  private func expectError(
    _ expected: TokenizerError, _ text: String, _ change: (inout [String: JSONValue]) throws -> Void
  ) throws {
    let folder = try TemporaryCopy(of: Fixtures.path("tokenizers/llama2"))
    try folder.changeJSON("tokenizer.json", change)
    #expect(throws: expected) { try Tokenizer(huggingFaceFolder: folder.path) }
    #expect(expected.description == text)
    #expect(expected.help != nil)
  }

  @Test func unknownComponentsAreNamed() throws {
    try expectError(
      .unknownComponent(place: "normalizer.normalizers[1]", type: "Precompiled"),
      "unknown normalizer.normalizers[1] 'Precompiled' in tokenizer.json"
    ) { $0["normalizer"] = ["type": "Sequence", "normalizers": [["type": "NFC"], ["type": "Precompiled"]]] }
    try expectError(.unknownComponent(place: "model", type: "Unigram"), "unknown model 'Unigram' in tokenizer.json") {
      $0["model"] = ["type": "Unigram", "vocab": [["a", -1]], "unk_id": 0]
    }
    try expectError(
      .unknownComponent(place: "pre_tokenizer", type: "BertPreTokenizer"),
      "unknown pre_tokenizer 'BertPreTokenizer' in tokenizer.json"
    ) {
      $0["pre_tokenizer"] = ["type": "BertPreTokenizer"]
    }
    try expectError(
      .unknownComponent(place: "decoder", type: "WordPiece"), "unknown decoder 'WordPiece' in tokenizer.json"
    ) {
      $0["decoder"] = ["type": "WordPiece"]
    }
    try expectError(
      .unknownPattern(place: "pre_tokenizer", regex: "(a|b)+"),
      "unknown regular expression '(a|b)+' of pre_tokenizer in tokenizer.json"
    ) {
      $0["pre_tokenizer"] = ["type": "Split", "pattern": ["Regex": "(a|b)+"], "behavior": "Isolated", "invert": false]
    }
  }

  @Test func wrongPartsAreNamed() throws {
    try expectError(
      .component("added_tokens", expected: "an array"), "wrong added_tokens in tokenizer.json; expected an array"
    ) {
      $0["added_tokens"] = "none"
    }
    try expectError(
      .component("added_tokens[0].id", expected: "a number that is not negative"),
      "wrong added_tokens[0].id in tokenizer.json; expected a number that is not negative"
    ) { $0["added_tokens"] = [["id": -1, "content": "<x>"]] }
    try expectError(.noTokens, "the vocabulary is empty") {
      $0["added_tokens"] = []
      $0["model"] = ["type": "BPE", "vocab": [:], "merges": []]
    }
    try expectError(
      .duplicateID(id: 7, first: "a", second: "b"), "the tokens 'a' and 'b' of the vocabulary both have the id 7"
    ) {
      $0["added_tokens"] = []
      $0["model"] = ["type": "BPE", "vocab": ["a": 7, "b": 7], "merges": []]
    }
    try expectError(.idTooLarge(id: 1 << 23, tokens: 1), "a token has the id 8388608, though there are only 1 tokens") {
      $0["added_tokens"] = []
      $0["model"] = ["type": "BPE", "vocab": ["a": 8_388_608], "merges": []]
    }
    try expectError(
      .mergeOutsideVocabulary(index: 0, text: "a b", missing: "b"),
      "merge 0, 'a b', needs the token 'b', which the vocabulary does not have"
    ) {
      $0["added_tokens"] = []
      $0["model"] = ["type": "BPE", "vocab": ["a": 0, "ab": 1], "merges": [["a", "b"]]]
    }
  }

  @Test func damagedFilesAreNamed() throws {
    let folder = try TemporaryCopy(of: Fixtures.path("tokenizers/gpt2"))
    let data = try Data(contentsOf: URL(filePath: folder.path + "/tokenizer.json"))
    for count in stride(from: 0, to: data.count - 2, by: data.count / 97) {
      try folder.write(data.prefix(count), to: "tokenizer.json")
      #expect(throws: TokenizerError.self) { try Tokenizer(huggingFaceFolder: folder.path) }
    }
    let empty = try TemporaryFolder()
    #expect(throws: TokenizerError.noTokenizerFile(folder: empty.path)) { try Tokenizer(huggingFaceFolder: empty.path) }
  }
}
