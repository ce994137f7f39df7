/// Why no token could be drawn.
package enum SamplingError: Error, Sendable, Hashable {
  case optionOutOfRange(name: String, value: Double, range: String)
  case emptyStopString
  case noLogits
  case nonFiniteLogits(count: Int, firstToken: Int)
  case historyOutOfRange(token: Int, vocabulary: Int)
}

extension SamplingError: CustomStringConvertible {
  /// The message: what was found and what was expected, lower case, without a final period.
  package var description: String {
    switch self {
    case .optionOutOfRange(let name, let value, let range):
      "'\(name)' is \(value.formattedShortly); it \(range)"
    case .emptyStopString:
      "a stop string is empty"
    case .noLogits:
      "there are no logits to draw a token from"
    case .nonFiniteLogits(let count, let firstToken):
      "\(count) logits are infinite or not a number, the first for token \(firstToken)"
    case .historyOutOfRange(let token, let vocabulary):
      "the history has token \(token); the logits have tokens 0 to \(vocabulary - 1)"
    }
  }

  /// What to do next, or `nil` when the message says it.
  package var help: String? {
    switch self {
    case .optionOutOfRange(name: "temperature", _, _): "0 is greedy, 0.7 to 1 are usual"
    case .optionOutOfRange(name: "topP", _, _): "0.9 is usual, 1 keeps all tokens"
    case .emptyStopString: "an empty text stops before the first token; leave it out"
    case .nonFiniteLogits:
      "the weights have overflowed; if they were trained here, go back to an earlier checkpoint and a lower learning rate"
    default: nil
    }
  }
}

extension Double {
  /// Without a fraction where there is none: `2`, `0.5`.
  fileprivate var formattedShortly: String {
    Int(exactly: self).map { String($0) } ?? String(self)
  }
}
