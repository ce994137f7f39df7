/// Texts one after the other in one buffer, numbered in the order in which they came in.
///
/// A hundred thousand of them are two allocations.
struct PackedTexts: Sendable {
  /// The UTF-8 or other bytes of all texts.
  private(set) var bytes: [UInt8] = []
  /// Where the n-th text begins; one more entry than there are texts.
  private var bounds = [0]

  /// Makes room for `count` texts of `bytes` bytes together.
  mutating func reserveCapacity(_ count: Int, bytes byteCount: Int) {
    bytes.reserveCapacity(byteCount)
    bounds.reserveCapacity(count + 1)
  }

  var count: Int { bounds.count - 1 }

  /// Where a text stands in ``bytes``.
  func range(_ number: Int) -> Range<Int> { bounds[number]..<bounds[number + 1] }

  subscript(number: Int) -> ArraySlice<UInt8> { bytes[range(number)] }

  /// Takes all texts away and keeps the room.
  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    bounds.removeSubrange(1...)
  }

  /// Adds a text.
  mutating func append(_ text: some Collection<UInt8>) {
    bytes.append(contentsOf: text)
    bounds.append(bytes.count)
  }

  /// Adds a text of at most `count` bytes, which `write` appends.
  mutating func append<Result>(atMost count: Int, _ write: (inout OutputSpan<UInt8>) -> Result) -> Result {
    var result: Result?
    bytes.append(addingCapacity: count) { result = write(&$0) }
    bounds.append(bytes.count)
    return result!
  }
}
