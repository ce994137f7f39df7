/// Tokens that attend to one another, and which of them the model is to learn.
package struct TrainingSequence: Sendable, Hashable {
  package let tokens: [Int]
  /// For each token whether its prediction counts; the first one is never predicted.
  package let isLearned: [Bool]

  /// - Parameter isLearned: As many as tokens; `nil` for all of them.
  package init(tokens: [Int], isLearned: [Bool]? = nil) {
    precondition(isLearned.map { $0.count == tokens.count } ?? true, "\(tokens.count) tokens with another mask")
    self.tokens = tokens
    self.isLearned = isLearned ?? [Bool](repeating: true, count: tokens.count)
  }

  /// Tokens whose prediction counts: what a loss is averaged over.
  package var labelCount: Int { isLearned.dropFirst().count { $0 } }
}

/// What counts as one row of a batch: one sequence, or several that are packed together.
package struct TrainingRow: Sendable, Hashable {
  package let sequences: [TrainingSequence]
  /// The rows of the data set that the sequences came from, for messages.
  package let sources: [Int]

  package init(sequences: [TrainingSequence], sources: [Int]) {
    self.sequences = sequences
    self.sources = sources
  }

  package var tokenCount: Int { sequences.reduce(0) { $0 + $1.tokens.count } }

  package var labelCount: Int { sequences.reduce(0) { $0 + $1.labelCount } }
}
