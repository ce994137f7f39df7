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
  /// Where the first token stands in the batch that this is a part of; 0 for a whole batch.
  let firstToken: Int

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
    firstToken = 0
  }

  /// Some consecutive sequences of a batch.
  private init(_ numbers: Range<Int>, of batch: TrainingBatch) {
    let sequences = batch.sequences[numbers]
    let first = sequences.first?.lowerBound ?? 0
    let tokens = first..<(sequences.last?.upperBound ?? first)
    self.tokens = Array(batch.tokens[tokens])
    labels = Array(batch.labels[tokens])
    rows = batch.rows
    self.sequences = sequences.map { $0.lowerBound - first..<$0.upperBound - first }
    firstToken = batch.firstToken + first
  }

  /// Tokens of the largest part of a batch of so many sequences of one length.
  static func partSize(sequences: Int, length: Int, limit: Int) -> Int {
    max(1, min(sequences, limit / max(1, length))) * length
  }

  /// Consecutive parts of whole sequences with at most so many tokens each, or with one longer sequence alone.
  func parts(ofAtMost limit: Int) -> [TrainingBatch] {
    if tokens.count <= limit { return [self] }
    var parts: [TrainingBatch] = []
    var first = 0
    for next in 1...sequences.count {
      let start = sequences[first].lowerBound
      if next < sequences.count, sequences[next].upperBound - start <= limit { continue }
      parts.append(TrainingBatch(first..<next, of: self))
      first = next
    }
    return parts
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
