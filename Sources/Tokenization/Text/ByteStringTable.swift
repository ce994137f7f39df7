/// Byte strings numbered in the order in which they came in, found by their bytes.
///
/// All bytes stand in one buffer, so that 100,000 tokens are three allocations and a lookup makes no copy.
struct ByteStringTable: Sendable {
  private var bytes: [UInt8] = []
  /// Where the n-th string begins; one more entry than there are strings.
  private var starts: [Int] = [0]
  /// Open addressing: the number of a string, or -1.
  ///
  /// The count is a power of two, at most half full.
  private var slots: [Int32]

  init(capacity: Int) {
    var slotCount = 64
    while slotCount < 2 * capacity { slotCount *= 2 }
    slots = [Int32](repeating: -1, count: slotCount)
  }

  var count: Int { starts.count - 1 }

  /// The bytes of the string `number`.
  subscript(number: Int) -> ArraySlice<UInt8> { bytes[starts[number]..<starts[number + 1]] }

  /// The number of the string with these bytes, or `nil`.
  func number(of key: UnsafeBufferPointer<UInt8>) -> Int? {
    let slot = slots[slotIndex(of: key)]
    return slot < 0 ? nil : Int(slot)
  }

  /// Adds a string; when it is there already, returns `false` and its number.
  @discardableResult
  mutating func insert(_ key: UnsafeBufferPointer<UInt8>) -> (inserted: Bool, number: Int) {
    if 2 * (count + 1) > slots.count { grow() }
    let index = slotIndex(of: key)
    if slots[index] >= 0 { return (false, Int(slots[index])) }
    slots[index] = Int32(count)
    append(key)
    return (true, count - 1)
  }

  /// Adds a string that gets a number but is never found, such as the text of a control token.
  mutating func append(_ string: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: string)
    starts.append(bytes.count)
  }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    starts.removeLast(count)
    for index in slots.indices { slots[index] = -1 }
  }

  /// The slot that holds `key`, or the free one where it belongs.
  private func slotIndex(of key: UnsafeBufferPointer<UInt8>) -> Int {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: Self.hash(key)) & mask
    while slots[index] >= 0, !holds(Int(slots[index]), key) { index = (index + 1) & mask }
    return index
  }

  private func holds(_ number: Int, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = starts[number]
    guard starts[number + 1] - start == key.count else { return false }
    return bytes.withUnsafeBufferPointer { stored in
      for offset in key.indices where stored[start + offset] != key[offset] { return false }
      return true
    }
  }

  private mutating func grow() {
    let findable = slots.filter { $0 >= 0 }
    slots = [Int32](repeating: -1, count: 2 * slots.count)
    for number in findable {
      let index = Array(self[Int(number)]).withUnsafeBufferPointer { slotIndex(of: $0) }
      slots[index] = number
    }
  }

  /// A multiplicative hash of eight bytes at a time.
  private static func hash(_ key: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let raw = UnsafeRawBufferPointer(key)
    var hash = UInt64(key.count) &* 0x9e37_79b9_7f4a_7c15
    var offset = 0
    while offset + 8 <= raw.count {
      hash = mix(hash, raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset += 8
    }
    var rest: UInt64 = 0
    while offset < raw.count {
      rest = rest << 8 | UInt64(raw[offset])
      offset += 1
    }
    return mix(hash, rest)
  }

  private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
    return product.high ^ product.low
  }
}
