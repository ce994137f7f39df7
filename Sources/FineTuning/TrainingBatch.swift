/// Sequences that pass through the model together, one after the other without padding.
package struct TrainingBatch: Sendable {
  /// A position without a label, as torch's cross-entropy ignores it.
  package static let ignored = -100

  /// All tokens, `[N]`.
  package let tokens: [Int]
  /// For each token the one that it is to predict, or ``ignored``, `[N]`.
  package let labels: [Int]
  /// Where each sequence lies.
  package let sequences: [Range<Int>]
  /// The rows of the data set that the sequences came from.
  package let rows: [Int]

  /// Joins the sequences of rows; each token is to predict its successor if that one is learned, the last one nothing.
  package init(_ rows: [TrainingRow]) {
    var tokens: [Int] = []
    var ranges: [Range<Int>] = []
    var labels: [Int] = []
    for sequence in rows.lazy.flatMap(\.sequences) where !sequence.tokens.isEmpty {
      ranges.append(labels.count..<labels.count + sequence.tokens.count)
      tokens += sequence.tokens
      for (token, isLearned) in zip(sequence.tokens, sequence.isLearned).dropFirst() {
        labels.append(isLearned ? token : Self.ignored)
      }
      labels.append(Self.ignored)
    }
    self.tokens = tokens
    self.labels = labels
    self.rows = rows.flatMap(\.sources)
    sequences = ranges
  }

  /// Joins sequences of which every token is learned.
  ///
  /// - Parameters:
  ///   - sequences: Token ids of each row.
  ///   - rows: The rows' numbers, for messages.
  package init(_ sequences: [[Int]], rows: [Int]) {
    self.init(zip(sequences, rows).map { TrainingRow(sequences: [TrainingSequence(tokens: $0)], sources: [$1]) })
  }

  /// Tokens that are predicted: the denominator of the loss.
  package var labelCount: Int { labels.count { $0 != Self.ignored } }
}
