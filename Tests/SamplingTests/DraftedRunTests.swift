import Generation
import LanguageModels
import TestSupport
import Testing

/// What ends a generation ends it in the middle of a run of right guesses too.
struct DraftedRunTests {
  /// A model that soon says one token again and again.
  private let model: LanguageModel
  private let prompt = [35, 297, 84, 79, 323, 341, 306, 333]

  init() throws { model = try LanguageModel(path: Fixtures.path("tiny-llama.gguf")) }

  private func generate(
    _ maxTokens: Int, stop: [String] = [], draftTokens: Int, isCancelled: () -> Bool = { false },
    onText: @escaping (String) -> Void = { _ in }
  ) throws -> Generation {
    try TextGenerator(model).generate(
      after: prompt, prompt: "", GenerationOptions(maxTokens: maxTokens, stop: stop, draftTokens: draftTokens),
      isCancelled: isCancelled, onText: onText)
  }

  @Test func limitsAreExact() throws {
    for limit in 1...40 {
      let (plain, drafted) = try (generate(limit, draftTokens: 0), generate(limit, draftTokens: 15))
      #expect(drafted.steps == plain.steps && drafted.steps.count == limit && drafted.stopReason == .maxTokens)
    }
    #expect(try generate(40, draftTokens: 15).acceptedTokens > 10)
  }

  @Test func theContextIsALimit() throws {
    let limit = model.configuration.contextLength
    let (plain, drafted) = try (generate(2 * limit, draftTokens: 0), generate(2 * limit, draftTokens: 15))
    #expect(drafted.steps == plain.steps && drafted.stopReason == plain.stopReason)
    #expect(plain.stopReason == .endOfText || prompt.count + drafted.steps.count == limit)
  }

  @Test func stopTextsEndARun() throws {
    let plain = try generate(40, draftTokens: 0)
    for count in 2...4 {
      let stop = String(plain.text.suffix(count))
      let (expected, found) = try (
        generate(60, stop: [stop], draftTokens: 0), generate(60, stop: [stop], draftTokens: 15)
      )
      #expect(expected.stopReason == .stopText && found.stopReason == .stopText)
      #expect(found.text == expected.text && found.steps == expected.steps)
    }
  }

  /// An interrupt after any piece of text: what was written is the beginning of the whole.
  @Test(arguments: [1, 5, 14, 15, 20]) func interruptsEndARun(pieces: Int) throws {
    let plain = try generate(40, draftTokens: 0)
    let written = Pieces()
    #expect(throws: CancellationError.self) {
      try generate(
        40, draftTokens: 15, isCancelled: { written.count >= pieces }, onText: { written.append($0) })
    }
    #expect(written.count == pieces && plain.text.hasPrefix(written.text) && written.text != plain.text)
  }

  private final class Pieces {
    private(set) var text = ""
    private(set) var count = 0

    func append(_ piece: String) {
      text += piece
      count += 1
    }
  }
}
