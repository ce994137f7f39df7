import JSONValue
import TestSupport
import Testing
import Tokenization

/// A small tokenizer of Hugging Face tokenizers and what it makes of strings.
struct TokenizerFixture {
  static let names = ["smollm", "llama-bpe"]

  let model: TokenizerModel
  let tokenizer: Tokenizer
  private let json: JSONValue

  /// Reading a fixture takes a second, so all tests share it.
  private static let smollm = Result { try TokenizerFixture(reading: "smollm") }
  private static let llamaBPE = Result { try TokenizerFixture(reading: "llama-bpe") }

  init(_ name: String) throws { self = try name == "smollm" ? Self.smollm.get() : Self.llamaBPE.get() }

  private init(reading name: String) throws {
    json = try Fixtures.json("tokenizers/\(name).json")
    model = TokenizerModel(
      tokens: TextList(try #require(json["tokens"]?.array).compactMap(\.string)),
      types: try #require(json["types"]?.array).compactMap { $0.integer.map(Int32.init) },
      merges: TextList(try #require(json["merges"]?.array).compactMap(\.string)), preTokenizer: name,
      addsBeginningOfSequence: false)
    tokenizer = try Tokenizer(model)
  }

  /// Pairs of a text and its ids, in either order in the file.
  func cases(_ key: String) throws -> [(text: String, ids: [Int])] {
    try #require(json[key]?.array).map { pair in
      let parts = try #require(pair.array)
      let text = try #require(parts.compactMap(\.string).first)
      return (text, try #require(parts.compactMap(\.array).first).compactMap(\.integer))
    }
  }

  func id(_ text: String) throws -> Int { try #require(model.tokens.strings.firstIndex(of: text)) }
}
