/// Reads merges as files list them and looks their tokens up in the vocabulary.
///
/// A block at a time: look-ups that do not wait for one another are several times as fast.
struct MergeReader {
  private static let blockSize = 1024

  private let vocabulary: Vocabulary
  private let keepsFirst: Bool
  private var table: MergeTable
  /// How many merges are in the table.
  private var index = 0
  private var lastMerged: Int32 = -1
  /// The two tokens of each merge of the block in turn, in the bytes that merging sees.
  private var tokens = PackedTexts()

  /// - Parameters:
  ///   - count: How many merges there will be.
  ///   - keepsFirst: Whether of a pair that stands twice in the list the first counts, or the last.
  init(vocabulary: Vocabulary, count: Int, keepsFirst: Bool) {
    self.vocabulary = vocabulary
    self.keepsFirst = keepsFirst
    table = MergeTable(capacity: count)
  }

  /// Adds a merge that is written as two byte-level tokens with one space between.
  ///
  /// - Throws: ``TokenizerError``.
  mutating func append(line: UnsafeBufferPointer<UInt8>) throws(TokenizerError) {
    // The space is the first character that is not of the alphabet.
    let space = appendDecoded(line)
    if space > 0, space + 1 < line.count, line[space] == UInt8(ascii: " ") {
      let second = UnsafeBufferPointer(rebasing: line[(space + 1)...])
      if appendDecoded(second) == second.count { return try finishBlockIfFull() }
    }
    throw malformed(Vocabulary.display(line))
  }

  /// Adds a merge of two tokens, written as the vocabulary's.
  ///
  /// - Throws: ``TokenizerError``.
  mutating func append(
    _ first: UnsafeBufferPointer<UInt8>, _ second: UnsafeBufferPointer<UInt8>
  ) throws(TokenizerError) {
    for token in [first, second] {
      if vocabulary.writing == .pieces { tokens.append(token) }
      if token.isEmpty || vocabulary.writing == .byteLevel && appendDecoded(token) < token.count {
        throw malformed(Vocabulary.display(first) + " " + Vocabulary.display(second))
      }
    }
    try finishBlockIfFull()
  }

  /// All merges.
  ///
  /// - Throws: ``TokenizerError/mergeOutsideVocabulary(index:text:missing:)``.
  mutating func finish() throws(TokenizerError) -> MergeTable {
    try finishBlock()
    return table
  }

  private mutating func appendDecoded(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    tokens.append(atMost: text.count) { ByteAlphabet.decode(text, appendingTo: &$0) }
  }

  /// The error of a merge of which one or both tokens are in the block.
  private func malformed(_ text: String) -> TokenizerError {
    .malformedMerge(index: index + (tokens.count - 1) / 2, text: text)
  }
}

// MARK: - Look-up

extension MergeReader {
  private mutating func finishBlockIfFull() throws(TokenizerError) {
    if tokens.count == 2 * Self.blockSize { try finishBlock() }
  }

  private mutating func finishBlock() throws(TokenizerError) {
    let ids = vocabulary.ids(of: tokens)
    var merged: [Int32] = []
    for first in stride(from: 0, to: ids.count, by: 2) {
      for token in first...first + 1 where ids[token] == Symbol.none {
        throw outsideVocabulary(first, missing: tokens.range(token))
      }
      lastMerged = try self.merged(first)
      merged.append(lastMerged)
    }
    table.append(ids, into: merged, keepingFirst: keepsFirst)
    index += merged.count
    tokens.removeAll()
  }

  /// The token that a merge makes.
  ///
  /// Trainers number tokens in the order of the merges that make them, and converters list the merges that make a token one
  /// after the other: so it is nearly always the next token, or the one of the merge before.
  private func merged(_ first: Int) throws(TokenizerError) -> Int32 {
    let range = tokens.range(first).lowerBound..<tokens.range(first + 1).upperBound
    let id = tokens.bytes.withUnsafeBufferPointer { bytes -> Int? in
      let text = UnsafeBufferPointer(rebasing: bytes[range])
      let (last, next) = (Int(lastMerged), Int(lastMerged) + 1)
      if last >= 0, vocabulary.holds(last, text) { return last }
      if next < vocabulary.count, vocabulary.type(of: next) == .normal, vocabulary.holds(next, text) { return next }
      return vocabulary.id(of: text)
    }
    guard let id else { throw outsideVocabulary(first, missing: range) }
    return Int32(id)
  }

  private func outsideVocabulary(_ first: Int, missing: Range<Int>) -> TokenizerError {
    let written = [first, first + 1].map { number in
      vocabulary.writing == .pieces
        ? String(decoding: tokens[number], as: UTF8.self) : ByteAlphabet.text(of: tokens[number])
    }
    let text = Array(written.joined(separator: " ").utf8).withUnsafeBufferPointer(Vocabulary.display)
    return .mergeOutsideVocabulary(
      index: index + first / 2, text: text, missing: DisplayText.of(tokens.bytes[missing].prefix(200)))
  }
}
