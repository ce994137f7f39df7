/// How a text is continued.
package struct GenerationOptions: Sendable, Hashable {
  /// The most tokens that are added.
  package var maxTokens: Int
  package var sampling: SamplingOptions
  /// Texts before which the generation ends.
  package var stop: [String]
  /// The most tokens that are guessed from what was there before and then checked together, 0 to
  /// ``draftTokensLimit``; changes nothing but the time.
  package var draftTokens: Int

  /// The most tokens that can be guessed at once.
  package static let draftTokensLimit = TokenwiseBackend.limit - 1

  package init(
    maxTokens: Int = 64, sampling: SamplingOptions = .greedy, stop: [String] = [], draftTokens: Int = 0
  ) {
    self.maxTokens = maxTokens
    self.sampling = sampling
    self.stop = stop
    self.draftTokens = draftTokens
  }
}

/// A text that a model has written.
package struct Generation: Sendable {
  /// A token with the probability that the model itself gave it.
  package struct Step: Sendable, Hashable {
    package let id: Int
    package let text: String
    package let probability: Float
  }

  /// Why a generation ended.
  package enum StopReason: String, Sendable {
    /// The model said that it is done.
    case endOfText
    case maxTokens
    case stopText
    case contextFull
  }

  package let prompt: String
  /// What was added to the prompt.
  package let text: String
  package let steps: [Step]
  package let stopReason: StopReason
  package let promptTokens: Int
  /// How many of the prompt's tokens had been read before.
  package let reusedTokens: Int
  /// How many tokens were guessed ahead of time.
  package let draftedTokens: Int
  /// How many of the guessed tokens were right.
  package let acceptedTokens: Int
  /// Seconds that reading the prompt took.
  package let promptSeconds: Double
  /// Seconds from the first token to the last.
  package let seconds: Double

  package var tokensPerSecond: Double { seconds > 0 ? Double(max(0, steps.count - 1)) / seconds : 0 }
}
