import ModelFiles
import TestSupport
import Testing
import Tokenization

struct StreamDecoderTests {
  @Test(arguments: TokenizerFixture.names) func piecesJoinToTheWholeText(name: String) throws {
    let fixture = try TokenizerFixture(name)
    let wrong = try (fixture.cases("cases") + fixture.cases("decoded")).filter { _, ids in
      var stream = StreamDecoder(fixture.tokenizer, skippingSpecialTokens: false)
      var pieces = try ids.map { try stream.append($0) }
      pieces.append(stream.finish())
      return Array(pieces.joined().utf8) != Array(try fixture.tokenizer.text(of: ids).utf8)
    }
    #expect(wrong.isEmpty, "\(wrong.count) differ: \(wrong.prefix(5))")
  }

  @Test(arguments: FamilyTests.names) func piecesOfAllFamiliesJoin(name: String) throws {
    let strings = try TokenCorpus.shared.get().strings.prefix(3000)
    for tokenizer in [
      try Tokenizer(huggingFaceFolder: Fixtures.path("tokenizers/\(name)")),
      try Tokenizer(GGUFFile(path: Fixtures.path("tokenizers/\(name).gguf"))),
    ] {
      let wrong = try strings.filter { text in
        let ids = tokenizer.ids(of: text)
        var stream = StreamDecoder(tokenizer, skippingSpecialTokens: false)
        var pieces = try ids.map { try stream.append($0) }
        let isWhole = pieces.allSatisfy { !$0.unicodeScalars.contains("\u{fffd}") }
        #expect(isWhole || text.unicodeScalars.contains("\u{fffd}"))
        pieces.append(stream.finish())
        return Array(pieces.joined().utf8) != Array(try tokenizer.text(of: ids).utf8)
      }
      #expect(wrong.isEmpty, "\(wrong.count) differ: \(wrong.prefix(5))")
    }
  }

  @Test func theSpaceBeforeATextIsNoText() throws {
    for tokenizer in [
      try Tokenizer(huggingFaceFolder: Fixtures.path("tokenizers/llama2")),
      try Tokenizer(GGUFFile(path: Fixtures.path("tokenizers/llama2.gguf"))),
    ] {
      for text in ["film", " film", "  film", "日本"] {
        let ids = tokenizer.ids(of: text)
        #expect(try tokenizer.text(of: ids, skippingSpecialTokens: true) == text)
        var stream = StreamDecoder(tokenizer)
        #expect(try ids.map { try stream.append($0) }.joined() + stream.finish() == text)
      }
    }
  }

  @Test func aCharacterComesWhole() throws {
    let fixture = try TokenizerFixture("smollm")
    var stream = StreamDecoder(fixture.tokenizer)
    let ids = fixture.tokenizer.ids(of: "\u{10FFFD}!")
    #expect(ids.count == 5)
    #expect(try ids.map { try stream.append($0) } == ["", "", "", "\u{10FFFD}", "!"])
    #expect(stream.finish() == "")
  }

  @Test func whatCannotBecomeACharacterIsNotHeldBack() throws {
    let fixture = try TokenizerFixture("smollm")
    // In the byte-level alphabet: ED A0 begins a surrogate, which UTF-8 does not have; F0 9F may become an emoji.
    let ids = try ["í", "ł", "ð", "Ł"].map { try fixture.id($0) }
    #expect(try ids.map { Array(try fixture.tokenizer.bytes(of: $0)) } == [[0xed], [0xa0], [0xf0], [0x9f]])
    var stream = StreamDecoder(fixture.tokenizer)
    #expect(try ids.map { try stream.append($0) } == ["", "\u{fffd}\u{fffd}", "", ""])
    #expect(stream.finish() == "\u{fffd}")
    #expect(stream.finish() == "")
  }

  @Test func controlTokensAreNoText() throws {
    let fixture = try TokenizerFixture("smollm")
    let ids = fixture.tokenizer.ids(of: "the<|end|><tool>")
    var silent = StreamDecoder(fixture.tokenizer)
    #expect(try ids.map { try silent.append($0) }.joined() == "the<tool>")
    var whole = StreamDecoder(fixture.tokenizer, skippingSpecialTokens: false)
    #expect(try ids.map { try whole.append($0) }.joined() == "the<|end|><tool>")
  }
}
