/// Which pairs of tokens merge, into what, and which pairs come first.
struct MergeTable: Sendable {
  /// A merge: its place in the list (lower comes first) and the id of the merged token.
  struct Merge {
    let rank: UInt32
    let id: Int32
  }

  private static let free = UInt64.max
  /// Open addressing: a pair as `left << 32 | right`.
  ///
  /// The count is a power of two, at most half full.
  private var pairs: [UInt64]
  private var merges: [Merge]

  /// - Throws: ``TokenizerError`` when a merge is not two tokens of the vocabulary that make a third.
  init(_ lines: [String], vocabulary: Vocabulary) throws(TokenizerError) {
    var slotCount = 64
    while slotCount < 2 * lines.count { slotCount *= 2 }
    pairs = [UInt64](repeating: Self.free, count: slotCount)
    merges = [Merge](repeating: Merge(rank: 0, id: 0), count: slotCount)
    for (index, line) in lines.enumerated() {
      let parts = try Self.parts(of: line, index: index)
      let left = try Self.id(parts.left, in: vocabulary, index: index, line: line)
      let right = try Self.id(parts.right, in: vocabulary, index: index, line: line)
      let merged = try Self.id(parts.left + parts.right, in: vocabulary, index: index, line: line)
      let pair = UInt64(left) << 32 | UInt64(right)
      let slot = slotIndex(of: pair)
      pairs[slot] = pair
      merges[slot] = Merge(rank: UInt32(index), id: Int32(merged))
    }
  }

  /// The merge of two neighbouring tokens, or `nil` when they stay apart.
  @inline(__always)
  func merge(_ left: Int32, _ right: Int32) -> Merge? {
    let pair = UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    let slot = slotIndex(of: pair)
    return pairs[slot] == pair ? merges[slot] : nil
  }

  @inline(__always)
  private func slotIndex(of pair: UInt64) -> Int {
    let mask = pairs.count - 1
    var slot = Int(truncatingIfNeeded: (pair &* 0x9e37_79b9_7f4a_7c15) >> 32) & mask
    while pairs[slot] != pair, pairs[slot] != Self.free { slot = (slot + 1) & mask }
    return slot
  }

  private static func parts(of line: String, index: Int) throws(TokenizerError) -> (left: [UInt8], right: [UInt8]) {
    let parts = line.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard parts.count == 2, let left = ByteAlphabet.bytes(of: Substring(parts[0])), !left.isEmpty,
      let right = ByteAlphabet.bytes(of: Substring(parts[1])), !right.isEmpty
    else { throw .malformedMerge(index: index, text: line) }
    return (left, right)
  }

  private static func id(
    _ bytes: [UInt8], in vocabulary: Vocabulary, index: Int, line: String
  ) throws(TokenizerError) -> Int {
    if let id = bytes.withUnsafeBufferPointer({ vocabulary.id(of: $0) }) { return id }
    throw .mergeOutsideVocabulary(index: index, text: line, missing: DisplayText.of(bytes[...]))
  }
}
