import JSONValue
import TestSupport
import Testing
import Tokenization

/// Equality with Hugging Face tokenizers on strings of 23 scripts, emoji, code, white space, numbers and broken bytes.
///
/// The tokenizers are described as GGUF does, and llama.cpp does not take `'ſ` for a contraction.
struct HuggingFaceTests {
  @Test(arguments: TokenizerFixture.names) func idsAreEqual(name: String) throws {
    let fixture = try TokenizerFixture(name)
    let cases = try fixture.cases("cases")
    #expect(cases.count == 1000)
    let wrong = cases.filter { fixture.tokenizer.ids(of: $0.text) != $0.ids && !$0.text.contains("'ſ") }
    #expect(wrong.isEmpty, "\(wrong.count) differ: \(wrong.prefix(5))")
  }

  @Test(arguments: TokenizerFixture.names) func idsAreEqualWithoutControlTokens(name: String) throws {
    let fixture = try TokenizerFixture(name)
    let cases = try fixture.cases("plain")
    #expect(cases.count > 100)
    let wrong = cases.filter { fixture.tokenizer.ids(of: $0.text, parsingSpecialTokens: false) != $0.ids }
    #expect(wrong.isEmpty, "\(wrong.count) differ: \(wrong.prefix(5))")
  }

  @Test(arguments: TokenizerFixture.names) func textsAreEqual(name: String) throws {
    let fixture = try TokenizerFixture(name)
    for (text, ids) in try fixture.cases("decoded") {
      #expect(try utf8(fixture.tokenizer.text(of: ids)) == Array(text.utf8), "\(ids)")
    }
    for (text, ids) in try fixture.cases("decoded_without_special") {
      #expect(try utf8(fixture.tokenizer.text(of: ids, skippingSpecialTokens: true)) == Array(text.utf8), "\(ids)")
    }
  }

  @Test(arguments: TokenizerFixture.names) func textsComeBack(name: String) throws {
    let fixture = try TokenizerFixture(name)
    let wrong = try fixture.cases("cases").filter { text, ids in
      try utf8(fixture.tokenizer.text(of: ids)) != Array(text.utf8)
    }
    #expect(wrong.isEmpty, "\(wrong.count) differ: \(wrong.prefix(5))")
  }

  @Test func classesAreTheRegexEngines() throws {
    let json = try Fixtures.json("tokenizers/classes.json")
    for (name, wanted) in [
      ("letter", CharacterClass.letter), ("number", CharacterClass.number), ("whitespace", .whitespace),
    ] {
      var expected = Set<UInt32>()
      for range in try #require(json[name]?.array) {
        let bounds = try #require(range.array).compactMap(\.integer)
        expected.formUnion(UInt32(bounds[0])...UInt32(bounds[1]))
      }
      let different = (0...0x10ffff as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init).filter { scalar in
        !CharacterClass(scalar).isDisjoint(with: wanted) != expected.contains(scalar.value)
      }
      // The regex engine behind the fixture knows Unicode 16; newer characters may differ.
      #expect(different.allSatisfy { ($0.properties.age?.major ?? 17) >= 17 }, "\(name): \(different.prefix(9))")
    }
  }

  /// `String` compares by canonical equivalence, which would hide a wrong byte.
  private func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }
}
