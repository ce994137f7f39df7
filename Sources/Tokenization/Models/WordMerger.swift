/// Byte-pair encoding of one word: the pair with the lowest rank merges first, the leftmost of equals.
///
/// Pairs wait in a priority queue, so a word of n bytes takes O(n log n), be it a megabyte of one letter. The buffers are
/// kept from word to word.
///
/// - SeeAlso: Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units", 2016.
struct WordMerger: Sendable {
  private static let none: Int32 = -1

  /// The token that begins at each position, or `none` when it was merged into one to the left.
  private var ids: [Int32] = []
  private var next: [Int32] = []
  private var previous: [Int32] = []
  /// Pairs as `rank << 32 | position`, smallest at the front.
  ///
  /// Entries that a merge has overtaken are passed over.
  private var queue = MinimumQueue()

  /// Appends the tokens of `word` to `tokens`.
  ///
  /// Bytes for which the vocabulary has no token are left out, as Hugging Face tokenizers do.
  mutating func encode(
    _ word: UnsafeBufferPointer<UInt8>, idOfByte: [Int32], merges: MergeTable, into tokens: inout [Int32]
  ) {
    start(word, idOfByte)
    if ids.isEmpty { return }
    for position in 0..<ids.count - 1 { enqueuePair(at: Int32(position), merges) }
    while let entry = queue.popFirst() {
      mergePair(at: Int32(truncatingIfNeeded: entry), rank: UInt32(truncatingIfNeeded: entry >> 32), merges)
    }
    var position: Int32 = 0
    while position != Self.none {
      tokens.append(ids[Int(position)])
      position = next[Int(position)]
    }
  }

  private mutating func start(_ word: UnsafeBufferPointer<UInt8>, _ idOfByte: [Int32]) {
    ids.removeAll(keepingCapacity: true)
    next.removeAll(keepingCapacity: true)
    previous.removeAll(keepingCapacity: true)
    for byte in word where idOfByte[Int(byte)] != Self.none {
      let position = Int32(ids.count)
      ids.append(idOfByte[Int(byte)])
      next.append(position + 1)
      previous.append(position - 1)
    }
    if !next.isEmpty { next[next.count - 1] = Self.none }
  }

  private mutating func enqueuePair(at position: Int32, _ merges: MergeTable) {
    let right = next[Int(position)]
    guard right != Self.none, let merge = merges.merge(ids[Int(position)], ids[Int(right)]) else { return }
    queue.insert(UInt64(merge.rank) << 32 | UInt64(UInt32(bitPattern: position)))
  }

  private mutating func mergePair(at position: Int32, rank: UInt32, _ merges: MergeTable) {
    let left = Int(position)
    let right = next[left]
    guard ids[left] != Self.none, right != Self.none,
      let merge = merges.merge(ids[left], ids[Int(right)]), merge.rank == rank
    else { return }
    ids[left] = merge.id
    ids[Int(right)] = Self.none
    let following = next[Int(right)]
    next[left] = following
    if following != Self.none { previous[Int(following)] = position }
    enqueuePair(at: position, merges)
    if previous[left] != Self.none { enqueuePair(at: previous[left], merges) }
  }
}

/// A binary heap of numbers, smallest first.
private struct MinimumQueue: Sendable {
  private var heap: [UInt64] = []

  mutating func insert(_ number: UInt64) {
    var index = heap.count
    heap.append(number)
    while index > 0, heap[(index - 1) / 2] > number {
      heap[index] = heap[(index - 1) / 2]
      index = (index - 1) / 2
    }
    heap[index] = number
  }

  mutating func popFirst() -> UInt64? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if heap.isEmpty { return first }
    var index = 0
    while 2 * index + 1 < heap.count {
      var child = 2 * index + 1
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      if heap[child] >= last { break }
      heap[index] = heap[child]
      index = child
    }
    heap[index] = last
    return first
  }
}
