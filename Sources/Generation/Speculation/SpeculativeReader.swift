import LanguageModels
import TensorCore
import Tokenization

/// Reads a text token by token, some of them ahead of time: tokens that are likely to follow are read together with the
/// last one, and when they do follow their logits are there already.
///
/// Guesses change nothing but the time. Whoever chooses the next token does so from the same logits as without them; what
/// was read in vain is forgotten. For greedy that is exact, and for drawn tokens it is the rejection sampling of
/// Leviathan et al., 2023, arXiv:2211.17192: a guess is a draft with all its probability on one token, so drawing from
/// the model and comparing accepts it with the model's own probability, and leaves the rest of the distribution otherwise.
struct SpeculativeReader {
  /// Tokens that were guessed.
  private(set) var drafted = 0
  /// Guesses that were right.
  private(set) var accepted = 0

  private let context: PrefixContext
  private var index: NGramIndex?
  private var length: DraftLength
  /// What is after the last token that was appended without being guessed.
  private var draft: [Int] = []
  /// How many of the draft were right so far.
  private var position = 0
  /// Logits after the token before the draft and after each of the draft, `[1 + draft, V]`.
  private var logits = Matrix(rows: 0, columns: 0)

  /// - Parameter draftTokens: The most tokens that are guessed at once; 0 for none.
  init(_ context: PrefixContext, draftTokens: Int) {
    self.context = context
    length = DraftLength(limit: min(draftTokens, TokenwiseBackend.limit - 1))
    index = draftTokens > 0 ? NGramIndex() : nil
  }

  /// Reads the beginning of the text; returns how many of its tokens came from the cache.
  ///
  /// - Throws: As ``PrefixContext/read(_:isCancelled:)``.
  mutating func read(_ prompt: [Int], isCancelled: () -> Bool) throws -> Int {
    let (last, reused) = try context.read(prompt, isCancelled: isCancelled)
    logits = Matrix(rows: 1, columns: last.count, values: last)
    if index != nil { index = NGramIndex(prompt) }
    return reused
  }

  /// Appends the next token.
  ///
  /// - Parameter room: How many further tokens may follow; no more are guessed.
  /// - Throws: As ``PrefixContext/append(_:isCancelled:)``.
  mutating func append(_ token: Int, room: Int, isCancelled: () -> Bool) throws {
    index?.append(token)
    length.countToken()
    if position < draft.count, draft[position] == token {
      if isCancelled() { throw CancellationError() }
      position += 1
      accepted += 1
      return
    }
    length.count(right: position, of: draft.count)
    context.dropLast(draft.count - position)
    (draft, position) = ([], 0)
    let guess = guess(atMost: room)
    logits = try context.appendAll([token] + guess, isCancelled: isCancelled)
    draft = guess
    drafted += guess.count
  }

  /// Hands over the logits of what follows the last token, `[V]`.
  func withLogits<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
    try body(UnsafeBufferPointer(logits.view[position..<position + 1].buffer))
  }

  /// Tokens that are likely to follow; none after one that ends the text.
  private func guess(atMost room: Int) -> [Int] {
    let guess = index?.draft(min(length.next, room)) ?? []
    let ends = context.model.tokenizer.endOfGenerationIDs
    return Array(guess.prefix { !ends.contains($0) })
  }
}
