/// Finds where the last tokens of a text stood before, to guess that what followed then follows again.
///
/// Saxena, "Prompt Lookup Decoding", 2023. A table for each length knows where a run of so many tokens ended last.
///
/// - Complexity: O(1) for a token, about 40 bytes of memory for each length.
package struct NGramIndex: Sendable {
  /// Lengths of the runs that are looked up, the longest first: it is the surest.
  package static let lengths = [4, 3, 2]

  private var tokens: [Int] = []
  /// For each length the position behind the last run with a key.
  private var ends: [[UInt64: Int]]
  /// For each length the position behind the run before that is like the text's end.
  private var matches: [Int?]

  package init(_ tokens: [Int] = []) {
    ends = Self.lengths.map { _ in [:] }
    matches = Self.lengths.map { _ in nil }
    for table in ends.indices { ends[table].reserveCapacity(tokens.count) }
    for token in tokens { append(token) }
  }

  /// Adds the text's next token.
  package mutating func append(_ token: Int) {
    tokens.append(token)
    for (table, length) in Self.lengths.enumerated() where tokens.count >= length {
      matches[table] = ends[table].updateValue(tokens.count, forKey: key(ofLast: length))
    }
  }

  /// Guesses up to `count` tokens that follow the text, by the longest run of its last tokens that was there before.
  package func draft(_ count: Int) -> [Int] {
    guard count > 0, let start = continuation else { return [] }
    // What repeats with a short period goes on in the guess itself.
    let period = tokens.count - start
    return (0..<count).map { tokens[start + $0 % period] }
  }

  /// The position behind the longest run of tokens that is like the text's end.
  private var continuation: Int? {
    for (length, match) in zip(Self.lengths, matches) {
      // Different runs may have the same key.
      if let match, tokens[match - length..<match] == tokens.suffix(length) { return match }
    }
    return nil
  }

  private func key(ofLast length: Int) -> UInt64 {
    tokens.suffix(length).reduce(0) { ($0 ^ UInt64(truncatingIfNeeded: $1)) &* 0x9e37_79b9_7f4a_7c15 }
  }
}
