/// Which pairs of tokens merge, into what, and which pairs come first.
struct MergeTable: Sendable {
  /// A pair as `left << 32 | right`, and its merge as `rank << 32 | id`: side by side, so that a look-up is one place in memory.
  private struct Slot {
    var pair: UInt64
    var merge: UInt64
  }

  private static let free = UInt64.max
  /// Open addressing, at most two thirds full.
  private var slots: [Slot]
  private var count = 0

  init(capacity: Int) {
    slots = [Slot](repeating: Slot(pair: Self.free, merge: 0), count: max(64, (3 * capacity + 1) / 2))
  }

  /// Adds the next merges.
  ///
  /// - Parameters:
  ///   - tokens: The two tokens of each merge in turn.
  ///   - merged: The token that each merge makes.
  ///   - keepingFirst: Whether of a pair that is there already the earlier merge counts, or the later.
  mutating func append(_ tokens: [Int32], into merged: [Int32], keepingFirst: Bool) {
    let pairs = merged.indices.map { Self.pair(tokens[2 * $0], tokens[2 * $0 + 1]) }
    // All slots are looked for before the first is filled: so memory is waited for many times at once, not in turn.
    let places = pairs.map { slotIndex(of: $0, from: home(of: $0)) }
    for (number, pair) in pairs.enumerated() {
      let index = slotIndex(of: pair, from: places[number])
      if slots[index].pair != pair || !keepingFirst {
        slots[index] = Slot(pair: pair, merge: UInt64(count) << 32 | UInt64(UInt32(bitPattern: merged[number])))
      }
      count += 1
    }
  }

  /// The merge of two neighbours, or `nil` when they stay apart, as they do where one of them is ``Symbol/none``.
  @inline(__always)
  func merge(_ left: Int32, _ right: Int32) -> Merge? {
    if left < 0 { return nil }
    let pair = Self.pair(left, right)
    let slot = slots[slotIndex(of: pair, from: home(of: pair))]
    guard slot.pair == pair else { return nil }
    return Merge(rank: UInt32(slot.merge >> 32), id: Int32(truncatingIfNeeded: slot.merge))
  }

  @inline(__always)
  private static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// The slot where the search for a pair begins: a mixed pair is a fraction of the table.
  @inline(__always)
  private func home(of pair: UInt64) -> Int {
    let mixed = pair &* 0x9e37_79b9_7f4a_7c15
    return Int(truncatingIfNeeded: mixed.multipliedFullWidth(by: UInt64(slots.count)).high)
  }

  /// The slot that holds the pair, or the free one where it belongs, at `start` or behind it.
  @inline(__always)
  private func slotIndex(of pair: UInt64, from start: Int) -> Int {
    var index = start
    while slots[index].pair != pair, slots[index].pair != Self.free { index = index + 1 == slots.count ? 0 : index + 1 }
    return index
  }
}
