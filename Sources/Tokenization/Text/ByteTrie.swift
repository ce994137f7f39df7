/// Byte strings with a number each, found by walking along a text.
struct ByteTrie: Sendable {
  private static let free = UInt64.max

  /// Open addressing of edges: `node << 8 | byte`, at most half full.
  private var edges = [UInt64](repeating: ByteTrie.free, count: 64)
  private var targets = [Int32](repeating: 0, count: 64)
  /// The number of the string that ends at each node, or -1.
  private var numbers: [Int32] = [-1]
  /// Whether a string begins with the byte.
  private var begins = [Bool](repeating: false, count: 256)

  /// Whether a string begins with `byte`.
  @inline(__always)
  func mayBegin(with byte: UInt8) -> Bool { begins[Int(byte)] }

  /// Adds a string that is not empty; returns `false` when it is there already.
  @discardableResult
  mutating func insert(_ string: some Sequence<UInt8>, number: Int) -> Bool {
    var node = 0
    for byte in string {
      if node == 0 { begins[Int(byte)] = true }
      let edge = UInt64(node) << 8 | UInt64(byte)
      let slot = self.slot(of: edge)
      if edges[slot] == edge {
        node = Int(targets[slot])
      } else {
        edges[slot] = edge
        targets[slot] = Int32(numbers.count)
        node = numbers.count
        numbers.append(-1)
        if 2 * numbers.count > edges.count { grow() }
      }
    }
    if node == 0 || numbers[node] >= 0 { return false }
    numbers[node] = Int32(number)
    return true
  }

  /// The longest string at `start`, at most `limit` bytes long: its length and number.
  func longestMatch(
    in text: UnsafeBufferPointer<UInt8>, at start: Int, limit: Int
  ) -> (length: Int, number: Int)? {
    var node = 0
    var found: (length: Int, number: Int)?
    for length in 1...max(1, limit) {
      guard length <= limit, let next = step(from: node, by: text[start + length - 1]) else { break }
      node = next
      if numbers[node] >= 0 { found = (length, Int(numbers[node])) }
    }
    return found
  }

  @inline(__always)
  private func step(from node: Int, by byte: UInt8) -> Int? {
    let edge = UInt64(node) << 8 | UInt64(byte)
    let slot = self.slot(of: edge)
    return edges[slot] == edge ? Int(targets[slot]) : nil
  }

  @inline(__always)
  private func slot(of edge: UInt64) -> Int {
    let mask = edges.count - 1
    var slot = Int(truncatingIfNeeded: (edge &* 0x9e37_79b9_7f4a_7c15) >> 32) & mask
    while edges[slot] != edge, edges[slot] != Self.free { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    let old = zip(edges, targets).filter { $0.0 != Self.free }
    edges = [UInt64](repeating: Self.free, count: 2 * edges.count)
    targets = [Int32](repeating: 0, count: edges.count)
    for (edge, target) in old {
      let slot = self.slot(of: edge)
      edges[slot] = edge
      targets[slot] = target
    }
  }
}
