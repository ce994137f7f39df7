/// Merges the parts of one word: the pair with the lowest rank first, the leftmost of equals.
///
/// Pairs wait in a priority queue, so a word of n bytes takes O(n log n), be it a megabyte of one letter. The buffers are
/// kept from word to word.
///
/// - SeeAlso: Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units", 2016.
struct WordMerger: Sendable {
  private static let none: Int32 = -1

  private var symbols: [Symbol] = []
  private var next: [Int32] = []
  private var previous: [Int32] = []
  /// Entries that a merge has overtaken are passed over: they have another length than the pair that is there now.
  private var queue = PairQueue()

  /// Appends the tokens of `word` to `tokens`.
  @inline(__always)
  mutating func encode(_ word: UnsafeBufferPointer<UInt8>, by rule: some MergeRule, into tokens: inout [Int32]) {
    start(word, rule)
    if symbols.isEmpty { return }
    for position in 0..<symbols.count - 1 { enqueuePair(at: Int32(position), word, rule) }
    while let entry = queue.popFirst() { mergePair(entry, word, rule) }
    var position: Int32 = 0
    while position != Self.none {
      rule.appendTokens(of: symbols[Int(position)], in: word, to: &tokens)
      position = next[Int(position)]
    }
  }

  private mutating func start(_ word: UnsafeBufferPointer<UInt8>, _ rule: some MergeRule) {
    symbols.removeAll(keepingCapacity: true)
    next.removeAll(keepingCapacity: true)
    previous.removeAll(keepingCapacity: true)
    rule.appendSymbols(of: word, to: &symbols)
    for position in 0..<Int32(symbols.count) {
      next.append(position + 1)
      previous.append(position - 1)
    }
    if !next.isEmpty { next[next.count - 1] = Self.none }
  }

  @inline(__always)
  private mutating func enqueuePair(at position: Int32, _ word: UnsafeBufferPointer<UInt8>, _ rule: some MergeRule) {
    let right = next[Int(position)]
    guard right != Self.none else { return }
    let (first, second) = (symbols[Int(position)], symbols[Int(right)])
    guard let merge = rule.merge(first, second, in: word) else { return }
    queue.insert(
      PairQueue.Entry(rank: merge.rank, position: position, id: merge.id, length: first.length + second.length))
  }

  @inline(__always)
  private mutating func mergePair(
    _ entry: PairQueue.Entry, _ word: UnsafeBufferPointer<UInt8>, _ rule: some MergeRule
  ) {
    let left = Int(entry.position)
    let right = next[left]
    guard symbols[left].length > 0, right != Self.none,
      symbols[left].length + symbols[Int(right)].length == entry.length
    else { return }
    symbols[left].id = entry.id
    symbols[left].length = entry.length
    symbols[Int(right)].length = 0
    let following = next[Int(right)]
    next[left] = following
    if following != Self.none { previous[Int(following)] = entry.position }
    enqueuePair(at: entry.position, word, rule)
    if previous[left] != Self.none { enqueuePair(at: previous[left], word, rule) }
  }
}

/// A binary heap of pairs that can merge, the lowest rank first, the leftmost of equals.
private struct PairQueue: Sendable {
  struct Entry: Sendable {
    /// What the heap is ordered by: `rank << 32 | position`.
    let key: UInt64
    let id: Int32
    /// Bytes that the two symbols take together.
    let length: Int32

    var position: Int32 { Int32(truncatingIfNeeded: key) }

    init(rank: UInt32, position: Int32, id: Int32, length: Int32) {
      key = UInt64(rank) << 32 | UInt64(UInt32(bitPattern: position))
      self.id = id
      self.length = length
    }
  }

  private var heap: [Entry] = []

  mutating func insert(_ entry: Entry) {
    var index = heap.count
    heap.append(entry)
    while index > 0, heap[(index - 1) / 2].key > entry.key {
      heap[index] = heap[(index - 1) / 2]
      index = (index - 1) / 2
    }
    heap[index] = entry
  }

  mutating func popFirst() -> Entry? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if heap.isEmpty { return first }
    var index = 0
    while 2 * index + 1 < heap.count {
      var child = 2 * index + 1
      if child + 1 < heap.count, heap[child + 1].key < heap[child].key { child += 1 }
      if heap[child].key >= last.key { break }
      heap[index] = heap[child]
      index = child
    }
    heap[index] = last
    return first
  }
}
