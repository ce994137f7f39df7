/// Which pairs of tokens merge, into what, and which pairs come first.
struct MergeTable: Sendable {
  /// A pair as `left << 32 | right`, and its merge as `rank << 32 | id`: side by side, so that a look-up is one place in memory.
  private struct Slot {
    var pair: UInt64
    var merge: UInt64
  }

  private static let free = UInt64.max
  /// Open addressing; the count is a power of two, at most two thirds full.
  private var slots: [Slot]
  private var count = 0

  init(capacity: Int) {
    var slotCount = 64
    while 2 * slotCount < 3 * capacity { slotCount *= 2 }
    slots = [Slot](repeating: Slot(pair: Self.free, merge: 0), count: slotCount)
  }

  /// Adds the next merge; when the pair is there already, the earlier or the later one counts.
  mutating func append(_ left: Int, _ right: Int, into merged: Int, keepingFirst: Bool) {
    let pair = UInt64(left) << 32 | UInt64(right)
    let index = slotIndex(of: pair)
    if slots[index].pair != pair || !keepingFirst {
      slots[index] = Slot(pair: pair, merge: UInt64(count) << 32 | UInt64(merged))
    }
    count += 1
  }

  /// The merge of two neighbouring tokens, or `nil` when they stay apart.
  @inline(__always)
  func merge(_ left: Int32, _ right: Int32) -> Merge? {
    let pair = UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    let slot = slots[slotIndex(of: pair)]
    guard slot.pair == pair else { return nil }
    return Merge(rank: UInt32(slot.merge >> 32), id: Int32(truncatingIfNeeded: slot.merge))
  }

  @inline(__always)
  private func slotIndex(of pair: UInt64) -> Int {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: (pair &* 0x9e37_79b9_7f4a_7c15) >> 32) & mask
    while slots[index].pair != pair, slots[index].pair != Self.free { index = (index + 1) & mask }
    return index
  }
}

/// Reads merges as files write them and looks their tokens up.
struct MergeReader {
  private let vocabulary: Vocabulary
  private let keepsFirst: Bool
  private(set) var table: MergeTable
  private var index = 0
  private var lastMerged = -1
  private var joined: [UInt8] = []

  init(vocabulary: Vocabulary, capacity: Int, keepsFirst: Bool) {
    self.vocabulary = vocabulary
    self.keepsFirst = keepsFirst
    table = MergeTable(capacity: capacity)
  }

  /// Adds a merge that is written as two tokens with one space between.
  mutating func append(line: UnsafeBufferPointer<UInt8>) throws(TokenizerError) {
    guard let space = line.firstIndex(of: UInt8(ascii: " ")), space > 0, space + 1 < line.count,
      !line[(space + 1)...].contains(UInt8(ascii: " "))
    else { throw .malformedMerge(index: index, text: Vocabulary.display(line)) }
    try append(
      UnsafeBufferPointer(rebasing: line[..<space]), UnsafeBufferPointer(rebasing: line[(space + 1)...]), line)
  }

  /// Adds a merge of two tokens; `line` is how it stands in the file.
  mutating func append(
    _ first: UnsafeBufferPointer<UInt8>, _ second: UnsafeBufferPointer<UInt8>, _ line: UnsafeBufferPointer<UInt8>
  ) throws(TokenizerError) {
    joined.removeAll(keepingCapacity: true)
    guard !first.isEmpty, !second.isEmpty, decode(first) else {
      throw .malformedMerge(index: index, text: Vocabulary.display(line))
    }
    let cut = joined.count
    guard decode(second) else { throw .malformedMerge(index: index, text: Vocabulary.display(line)) }
    let left = try id(0..<cut, line)
    let right = try id(cut..<joined.count, line)
    // Trainers number tokens in the order of the merges that make them, so the next one often needs no search.
    let next = lastMerged + 1
    let isNext =
      next < vocabulary.count && vocabulary.type(of: next) == .normal && vocabulary.key(of: next).elementsEqual(joined)
    lastMerged = isNext ? next : try id(0..<joined.count, line)
    table.append(left, right, into: lastMerged, keepingFirst: keepsFirst)
    index += 1
  }

  /// Appends what a token of the file is in the text that merging sees.
  private mutating func decode(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    if vocabulary.writing == .byteLevel { return ByteAlphabet.decode(text, appendingTo: &joined) }
    joined.append(contentsOf: text)
    return true
  }

  private func id(_ range: Range<Int>, _ line: UnsafeBufferPointer<UInt8>) throws(TokenizerError) -> Int {
    if vocabulary.writing == .byteLevel, range.count == 1 {
      let id = vocabulary.idOfByte[Int(joined[range.lowerBound])]
      if id != Symbol.none { return Int(id) }
    }
    let found = joined.withUnsafeBufferPointer { vocabulary.id(of: UnsafeBufferPointer(rebasing: $0[range])) }
    if let found { return found }
    throw .mergeOutsideVocabulary(
      index: index, text: Vocabulary.display(line), missing: DisplayText.of(joined[range].prefix(200)))
  }
}
