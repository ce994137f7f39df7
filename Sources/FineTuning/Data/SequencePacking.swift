/// Puts sequences together into rows of a given length: best fit, the longest first.
///
/// Each sequence goes into the row that it fills best; of rows with the same room, into the one that has had it longest.
///
/// - SeeAlso: Ding et al., "Fewer Truncations Improve Language Modeling", 2024, arXiv:2404.10830. The same rows as `bfd` of TRL.
struct SequencePacking {
  private let capacity: Int
  /// The rows with each amount of room, in the order in which they came to have it.
  private var rows: [[Int]]
  private var firstUnused: [Int]
  /// For each amount of room whether a row has it: a tree in which a node says the most of its leaves.
  private var mostRoom: [Int]
  private let leaves: Int

  /// Packs sequences of these lengths, of which none exceeds `capacity`.
  ///
  /// - Returns: For each row the numbers of its sequences, in the order in which they were put there.
  /// - Complexity: O(n log n + n log `capacity`).
  static func pack(_ lengths: [Int], capacity: Int) -> [[Int]] {
    var packing = SequencePacking(capacity: capacity)
    var packed: [[Int]] = []
    let order = lengths.indices.sorted { (lengths[$1], $0) < (lengths[$0], $1) }
    for sequence in order {
      precondition(lengths[sequence] <= capacity, "\(lengths[sequence]) tokens in \(capacity)")
      let place = packing.takeRow(for: lengths[sequence])
      let row = place?.row ?? packed.count
      if place == nil { packed.append([]) }
      packed[row].append(sequence)
      packing.add(row, room: (place?.room ?? capacity) - lengths[sequence])
    }
    return packed
  }

  private init(capacity: Int) {
    self.capacity = capacity
    rows = Array(repeating: [], count: capacity + 1)
    firstUnused = Array(repeating: 0, count: capacity + 1)
    var leaves = 1
    while leaves <= capacity { leaves *= 2 }
    self.leaves = leaves
    mostRoom = Array(repeating: 0, count: 2 * leaves)
  }

  /// Takes out the row with the least room that is enough, or `nil` when there is none.
  private mutating func takeRow(for length: Int) -> (row: Int, room: Int)? {
    guard length > 0, mostRoom[1] >= length else { return nil }
    var node = 1
    while node < leaves { node = mostRoom[2 * node] >= length ? 2 * node : 2 * node + 1 }
    let room = mostRoom[node]
    let row = rows[room][firstUnused[room]]
    firstUnused[room] += 1
    if firstUnused[room] == rows[room].count { set(room, isThere: false) }
    return (row, room)
  }

  private mutating func add(_ row: Int, room: Int) {
    guard room > 0 else { return }
    rows[room].append(row)
    set(room, isThere: true)
  }

  private mutating func set(_ room: Int, isThere: Bool) {
    var node = leaves + room
    mostRoom[node] = isThere ? room : 0
    while node > 1 {
      node /= 2
      mostRoom[node] = max(mostRoom[2 * node], mostRoom[2 * node + 1])
    }
  }
}
