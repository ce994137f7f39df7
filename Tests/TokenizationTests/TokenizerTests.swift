import Testing
import Tokenization

struct TokenizerTests {
  @Test func beginningOfSequenceComesOnce() throws {
    var model = try TokenizerFixture("llama-bpe").model
    let begin = try #require(model.tokens.strings.firstIndex(of: "<|begin|>"))
    model.specialTokens.beginningOfSequence = begin
    model.addsBeginningOfSequence = nil  // Llama 3's habit is to add it.
    let tokenizer = try Tokenizer(model)
    #expect(tokenizer.ids(of: "the") == [begin] + tokenizer.ids(of: "the", addingSpecialTokens: false))
    #expect(tokenizer.ids(of: "<|begin|>the") == tokenizer.ids(of: "the"))
    #expect(tokenizer.ids(of: "") == [begin])
    let plain = tokenizer.ids(of: "<|begin|>", parsingSpecialTokens: false)
    #expect(plain.first == begin && plain.count > 2 && !plain.dropFirst().contains(begin))
  }

  @Test func endOfSequenceComesOnce() throws {
    var model = try TokenizerFixture("smollm").model
    let end = try #require(model.tokens.strings.firstIndex(of: "<|im_end|>"))
    model.specialTokens.endOfSequence = end
    model.addsEndOfSequence = true
    let tokenizer = try Tokenizer(model)
    #expect(tokenizer.ids(of: "the<|im_end|>").filter { $0 == end }.count == 1)
    #expect(tokenizer.ids(of: "the").last == end)
  }

  @Test func generationEndsAtTokensKnownByText() throws {
    var model = try TokenizerFixture("smollm").model
    let texts = ["<|end|>", "<|im_end|>", "<|eot_id|>"]
    let known = Set(texts.compactMap { model.tokens.strings.firstIndex(of: $0) })
    #expect(known.count == 3)
    #expect(try Tokenizer(model).endOfGenerationIDs == known)
    model.specialTokens.endOfSequence = 500
    #expect(try Tokenizer(model).endOfGenerationIDs == known.union([500]))
  }

  @Test func tokensShowTheirTexts() throws {
    let fixture = try TokenizerFixture("smollm")
    let tokens = fixture.tokenizer.tokens(of: "the \u{10FFFD}<|end|>")
    #expect(tokens.first?.text == "the")
    #expect(tokens.last?.text == "<|end|>")
    #expect(tokens.map(\.text).joined() == "the <0xF4><0x8F><0xBF><0xBD><|end|>")
    #expect(tokens.map(\.id) == fixture.tokenizer.ids(of: "the \u{10FFFD}<|end|>"))
  }

  @Test func bytesWithoutATokenAreLeftOut() throws {
    // As in SmolLM2, whose vocabulary lacks some control characters.
    let model = TokenizerModel(tokens: ["a", "b", "ab"], merges: ["a b"], preTokenizer: "smollm")
    let file = try Tokenizer(model)
    #expect(file.ids(of: "a\u{4}b") == [0, 1])
    // llama.cpp does not merge over what is left out, Hugging Face tokenizers do.
    #expect(file.ids(of: "azb") == [0, 1])
    let folder = try TemporaryCopy(files: file.huggingFaceFiles())
    #expect(try Tokenizer(huggingFaceFolder: folder.path).ids(of: "azb") == [2])
  }

  @Test func aMegabyteOfOneLetterIsNotQuadratic() throws {
    let tokenizer = try TokenizerFixture("smollm").tokenizer
    let short = String(repeating: "e", count: 1 << 17)
    let long = String(repeating: "e", count: 1 << 20)
    let clock = ContinuousClock()
    let shortTime = clock.measure { #expect(tokenizer.ids(of: short).count <= 1 << 17) }
    var ids: [Int] = []
    let longTime = clock.measure { ids = tokenizer.ids(of: long) }
    #expect(try tokenizer.text(of: ids) == long)
    #expect(longTime < shortTime * 24 + .milliseconds(50))
  }

  @Test func longRunsOfWhiteSpaceAndLineBreaksAreNotQuadratic() throws {
    for name in TokenizerFixture.names {
      let tokenizer = try TokenizerFixture(name).tokenizer
      let text = String(repeating: " ", count: 1 << 19) + String(repeating: "\n ", count: 1 << 18)
      var ids: [Int] = []
      let time = ContinuousClock().measure { ids = tokenizer.ids(of: text) }
      #expect(try tokenizer.text(of: ids) == text)
      #expect(time < .seconds(5))
    }
  }

  @Test func threadsShareATokenizer() async throws {
    let fixture = try TokenizerFixture("llama-bpe")
    let cases = try fixture.cases("cases").prefix(600).map { $0 }
    let wrong = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask { cases.filter { fixture.tokenizer.ids(of: $0.text) != $0.ids }.count }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }
}
