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

  /// Joins sequences; each token is to predict its successor, the last one nothing.
  ///
  /// - Parameters:
  ///   - sequences: Token ids of each row.
  ///   - rows: The rows' numbers, for messages.
  package init(_ sequences: [[Int]], rows: [Int]) {
    var ranges: [Range<Int>] = []
    var labels: [Int] = []
    for sequence in sequences where !sequence.isEmpty {
      ranges.append(labels.count..<labels.count + sequence.count)
      labels += sequence.dropFirst()
      labels.append(Self.ignored)
    }
    tokens = sequences.flatMap { $0 }
    self.labels = labels
    self.sequences = ranges
    self.rows = rows
  }

  /// Tokens that are predicted: the denominator of the loss.
  package var labelCount: Int { labels.count { $0 != Self.ignored } }
}
