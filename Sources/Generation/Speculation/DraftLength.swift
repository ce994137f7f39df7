/// Decides how many tokens are worth guessing, from how well it went.
///
/// A wrong guess costs part of a step, a right one saves most of a step. Guesses are paid from an account: a right one
/// earns what a wrong one costs, and each token of the text earns a little. So no more guesses go wrong than go
/// right, but for a few percent of the tokens: text that does not repeat is written nearly as fast as without.
package struct DraftLength: Sendable {
  /// Guesses that each token of the text pays for.
  private static let income = 0.04

  private let limit: Int
  /// Doubled when all guesses were right; after a wrong one as many as were right.
  private var length: Int
  private var account: Double

  /// - Parameter limit: The most tokens that are guessed at once.
  package init(limit: Int) {
    self.limit = limit
    length = min(2, limit)
    account = Double(min(4, limit))
  }

  /// How many tokens may be guessed now.
  package var next: Int { min(length, Int(account)) }

  /// Counts a token of the text.
  package mutating func countToken() { earn(Self.income) }

  /// Counts how a guess went.
  package mutating func count(right: Int, of guessed: Int) {
    if guessed == 0 { return }
    length = right == guessed ? min(2 * length, limit) : max(1, right)
    earn(Double(right))
    account -= Double(guessed - right)
  }

  private mutating func earn(_ guesses: Double) { account = min(account + guesses, Double(2 * limit)) }
}
