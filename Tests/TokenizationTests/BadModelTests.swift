import Testing
import Tokenization

/// Every way in which a file can describe a tokenizer wrongly is an error that says what is wrong.
struct BadModelTests {
  private let good = TokenizerModel(
    tokens: ["a", "b", "ab", "Ġ", "<|end|>"], types: [1, 1, 1, 1, 3], merges: ["a b"], preTokenizer: "smollm")

  private func expectError(_ expected: TokenizerError, _ text: String, _ change: (inout TokenizerModel) -> Void) {
    var model = good
    change(&model)
    #expect(throws: expected) { try Tokenizer(model) }
    #expect(expected.description == text)
    #expect(expected.help != nil)
  }

  @Test func goodModelIsAccepted() throws {
    #expect(try Tokenizer(good).ids(of: "ab a<|end|>") == [2, 3, 0, 4])
  }

  @Test func counts() {
    expectError(.noTokens, "the vocabulary is empty") { $0.tokens = [] }
    expectError(.typeCount(types: 2, tokens: 5), "the vocabulary has 5 tokens but 2 token types") { $0.types = [1, 1] }
    expectError(.unknownType(id: 3, type: 9), "token 3 has the type 9; types are 1 to 6") { $0.types[3] = 9 }
    expectError(.duplicateToken(text: "a", first: 0, second: 1), "tokens 0 and 1 of the vocabulary are both 'a'") {
      $0.tokens = ["a", "a", "ab", "Ġ", "<|end|>"]
    }
  }

  @Test(arguments: ["ab", "a  b", " b", "a ", "a b b", "", "a 你"]) func malformedMerges(text: String) {
    expectError(
      .malformedMerge(index: 1, text: text), "merge 1 is '\(text)'; it should be two tokens with one space between"
    ) { $0.merges = TextList(["a b", text]) }
  }

  @Test func mergesOutsideTheVocabulary() {
    expectError(
      .mergeOutsideVocabulary(index: 0, text: "a c", missing: "c"),
      "merge 0, 'a c', needs the token 'c', which the vocabulary does not have"
    ) { $0.merges = ["a c"] }
    expectError(
      .mergeOutsideVocabulary(index: 1, text: "b a", missing: "ba"),
      "merge 1, 'b a', needs the token 'ba', which the vocabulary does not have"
    ) { $0.merges = ["a b", "b a"] }
  }

  @Test func specialIDs() {
    expectError(
      .specialTokenOutOfRange(role: "end-of-sequence", id: 5, tokens: 5),
      "the end-of-sequence token has the id 5; the vocabulary has ids 0 to 4"
    ) { $0.specialTokens.endOfSequence = 5 }
    expectError(
      .specialTokenOutOfRange(role: "padding", id: -1, tokens: 5),
      "the padding token has the id -1; the vocabulary has ids 0 to 4"
    ) { $0.specialTokens.padding = -1 }
    expectError(
      .missingBeginningOfSequence,
      "the tokenizer begins every text with a beginning-of-sequence token but does not say which"
    ) { $0.addsBeginningOfSequence = true }
  }

  @Test func unknownPreTokenizerNamesTheKnown() {
    expectError(
      .unknownPreTokenizer(name: "bloom", known: TokenizerModel.knownPreTokenizers),
      "unknown pre-tokenizer 'bloom'; known are default, gpt-2, llama-bpe, qwen2, smollm, starcoder, refact, command-r, tekken"
    ) { $0.preTokenizer = "bloom" }
  }

  @Test func pieces() throws {
    let pieces = TokenizerModel(
      kind: .pieces, tokens: ["<unk>", "<s>", "<0x41>", "▁", "a"], types: [2, 3, 6, 1, 1], scores: [0, 0, 0, -1, -2],
      addsBeginningOfSequence: false)
    #expect(try Tokenizer(pieces).ids(of: "aA") == [3, 4, 2])
    func expectError(_ expected: TokenizerError, _ text: String, _ change: (inout TokenizerModel) -> Void) {
      var model = pieces
      change(&model)
      #expect(throws: expected) { try Tokenizer(model) }
      #expect(expected.description == text)
    }
    expectError(.scoreCount(scores: 2, tokens: 5), "the vocabulary has 5 tokens but 2 scores") { $0.scores = [0, 1] }
    expectError(.scoreNotANumber(id: 3), "the score of token 3 is not a number") { $0.scores[3] = .nan }
    for text in ["<0x-1>", "<0x4>", "<0xGG>", "0x41", "<0x041>", ""] {
      expectError(
        .malformedByteToken(id: 2, text: text),
        "token 2 is '\(text)'; a byte token is '<0x', two hexadecimal digits and '>'"
      ) { $0.tokens = ["<unk>", "<s>", text, "▁", "a"].asTexts }
    }
    expectError(.missingBeginningOfSequence, TokenizerError.missingBeginningOfSequence.description) {
      $0.addsBeginningOfSequence = nil
    }
  }

  @Test func aTokenOfAMegabyte() {
    expectError(
      .tokenTooLong(id: 1, bytes: 1 << 20, limit: 65_536),
      "token 1 has 1048576 bytes, more than the 65536 that are possible"
    ) { $0.tokens = ["a", String(repeating: "b", count: 1 << 20), "ab", "Ġ", "<|end|>"].asTexts }
  }

  @Test func idsOutOfRange() throws {
    let tokenizer = try Tokenizer(good)
    for id in [-1, 5, .max, .min] {
      #expect(throws: TokenizerError.tokenOutOfRange(id: id, tokens: 5)) { try tokenizer.text(of: [0, id]) }
      #expect(throws: TokenizerError.tokenOutOfRange(id: id, tokens: 5)) { try tokenizer.token(id) }
      var stream = StreamDecoder(tokenizer)
      #expect(throws: TokenizerError.tokenOutOfRange(id: id, tokens: 5)) { try stream.append(id) }
    }
  }
}

extension [String] {
  fileprivate var asTexts: TextList { TextList(self) }
}
