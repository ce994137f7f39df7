import Foundation
import JSONValue
import ModelFiles
import TestSupport
import Testing
import Tokenization

/// Equality with Hugging Face tokenizers and llama.cpp on 100,000 strings: 30 scripts, code, emoji, white space, numbers, random
/// bytes, special tokens inside text.
struct FamilyTests {
  static let names = ["qwen2", "tekken", "llama3", "smollm2", "gpt2", "llama2", "gemma"]

  @Test func theStringsAreTheFixtures() throws {
    let strings = try TokenCorpus.shared.get().strings
    #expect(try TokenDigests.ofTexts(strings.map { Array($0.utf8) }) == TokenDigests.all()["corpus"]?.strings)
  }

  @Test(arguments: names) func huggingFaceFolders(name: String) throws {
    let tokenizer = try Tokenizer(huggingFaceFolder: Fixtures.path("tokenizers/\(name)"))
    try expectEqual(tokenizer, name, "hugging_face")
  }

  @Test(arguments: names) func ggufFiles(name: String) throws {
    try expectEqual(try Tokenizer(GGUFFile(path: Fixtures.path("tokenizers/\(name).gguf"))), name, "llama_cpp")
  }

  @Test func spacesPutInByThePreTokenizer() throws {
    let folder = try TemporaryCopy(of: Fixtures.path("tokenizers/llama2"))
    try folder.changeJSON("tokenizer.json") { json in
      json["normalizer"] = .null
      json["pre_tokenizer"] = ["type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": false]
    }
    try expectEqual(Tokenizer(huggingFaceFolder: folder.path), "llama2-metaspace", "hugging_face")
  }

  /// They differ where a control character without a token stands between letters that merge.
  @Test func smolLM2AsBothHaveIt() throws {
    let file = try Tokenizer(GGUFFile(path: Fixtures.smolLM2))
    try expectEqual(file, "real-smollm2", "llama_cpp")
    let folder = try TemporaryCopy(files: file.huggingFaceFiles())
    try expectEqual(Tokenizer(huggingFaceFolder: folder.path), "real-smollm2", "hugging_face")
  }

  @Test func gemma3() throws {
    try expectEqual(Tokenizer(GGUFFile(path: Fixtures.gemma3)), "real-gemma3", "llama_cpp")
  }

  private func expectEqual(_ tokenizer: Tokenizer, _ name: String, _ peer: String) throws {
    let expected = try #require(TokenDigests.all()[name]?[peer])
    let strings = try TokenCorpus.shared.get().strings
    for (key, parsing) in [("whole", true), ("whole_plain", false)] {
      for (index, row) in try #require(expected[key]?.array).enumerated() {
        let ids = tokenizer.ids(of: strings[index], addingSpecialTokens: false, parsingSpecialTokens: parsing)
        #expect(
          try ids == #require(row.array).compactMap(\.integer), "string \(index): \(strings[index].debugDescription)")
      }
    }
    let ids = strings.map { tokenizer.ids(of: $0, addingSpecialTokens: false) }
    expectEqual(TokenDigests.ofIDs(ids), expected["special"], "ids of control tokens and text")
    let some = 1000 * (expected["plain"]?.strings.count ?? 0)
    let plain = strings.prefix(some).map {
      tokenizer.ids(of: $0, addingSpecialTokens: false, parsingSpecialTokens: false)
    }
    expectEqual(TokenDigests.ofIDs(plain), expected["plain"], "ids of plain text")
    let decoded = try ids.prefix(some).map { Array(try tokenizer.text(of: $0).utf8) }
    expectEqual(TokenDigests.ofTexts(decoded), expected["decoded"], "decoded text")
  }

  private func expectEqual(_ found: [String], _ expected: JSONValue?, _ what: String) {
    let different = zip(found, expected?.strings ?? []).enumerated().filter { $0.element.0 != $0.element.1 }.map(
      \.offset)
    #expect(
      !found.isEmpty && found.count == expected?.strings.count && different.isEmpty,
      "\(what) differ in the thousands \(different)")
  }
}

/// Digests of what tokenizers make of the strings, as `Tests/Fixtures/makers/token_digests.py` computes them.
enum TokenDigests {
  private static let fixture = Result { try Fixtures.json("tokenizers/digests.json") }

  static func all() throws -> JSONValue { try fixture.get() }

  static func ofIDs(_ rows: [[Int]]) -> [String] {
    thousands(rows) { rows in sha256(rows.flatMap { $0.map { Int32($0) } + [-1] }) }
  }

  static func ofTexts(_ texts: [[UInt8]]) -> [String] {
    thousands(texts) { texts in sha256(Array(texts.joined(separator: [0])) + [0]) }
  }

  private static func thousands<Row>(_ rows: [Row], _ digest: (ArraySlice<Row>) -> String) -> [String] {
    stride(from: 0, to: rows.count, by: 1000).map { String(digest(rows[$0..<min($0 + 1000, rows.count)]).prefix(16)) }
  }
}

extension JSONValue {
  /// The strings of an array.
  var strings: [String] { array?.compactMap(\.string) ?? [] }
}
