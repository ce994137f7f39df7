/// Finds the tokens that are matched in a text as they stand, before it is cut into words.
///
/// The leftmost match counts, of several at one place the longest.
struct SpecialTokenMatcher: Sendable {
  private var table: ByteStringTable
  private var ids: [Int] = []
  /// The lengths of the tokens that begin with each byte, longest first.
  private var lengths = [[Int]](repeating: [], count: 256)

  init(ids candidates: [Int], vocabulary: Vocabulary) {
    table = ByteStringTable(capacity: candidates.count)
    for id in candidates {
      let bytes = Array(vocabulary.bytes(of: id))
      guard let first = bytes.first, bytes.withUnsafeBufferPointer({ table.insert($0).inserted }) else { continue }
      ids.append(id)
      if !lengths[Int(first)].contains(bytes.count) { lengths[Int(first)].append(bytes.count) }
    }
    for byte in lengths.indices { lengths[byte].sort(by: >) }
  }

  /// The first match at or after `start`, or `nil`.
  func firstMatch(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> (range: Range<Int>, id: Int)? {
    if ids.isEmpty { return nil }
    return lengths.withUnsafeBufferPointer { lengths in
      for position in start..<text.count where !lengths[Int(text[position])].isEmpty {
        for length in lengths[Int(text[position])] where position + length <= text.count {
          let range = position..<position + length
          if let number = table.number(of: UnsafeBufferPointer(rebasing: text[range])) { return (range, ids[number]) }
        }
      }
      return nil
    }
  }
}
