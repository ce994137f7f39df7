import Foundation

/// Byte strings numbered in the order in which they came in, found by their bytes.
///
/// All bytes stand in one buffer, so that 100,000 tokens are three allocations and a lookup makes no copy.
struct ByteStringTable: Sendable {
  private static let free = UInt64.max

  private var bytes: [UInt8] = []
  /// Where the n-th string begins; one more entry than there are strings.
  private var starts: [Int32] = [0]
  /// Open addressing: the upper half of a string's hash and its number, so that few lookups look at strings in vain.
  ///
  /// The count is a power of two, at most half full.
  private var slots: [UInt64]

  init(capacity: Int) {
    var slotCount = 64
    while slotCount < 2 * capacity { slotCount *= 2 }
    slots = [UInt64](repeating: Self.free, count: slotCount)
    starts.reserveCapacity(capacity + 1)
  }

  var count: Int { starts.count - 1 }

  /// The bytes of the string `number`.
  subscript(number: Int) -> ArraySlice<UInt8> { bytes[Int(starts[number])..<Int(starts[number + 1])] }

  /// Calls `body` with each string that can be found, in no particular order.
  func forEach(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    bytes.withUnsafeBufferPointer { bytes in
      for slot in slots where slot != Self.free {
        let number = Int(slot & 0xffff_ffff)
        body(UnsafeBufferPointer(rebasing: bytes[Int(starts[number])..<Int(starts[number + 1])]))
      }
    }
  }

  /// The number of the string with these bytes, or `nil`.
  @inline(__always)
  func number(of key: UnsafeBufferPointer<UInt8>) -> Int? {
    let slot = slots[slotIndex(of: key, hash: Self.hash(key))]
    return slot == Self.free ? nil : Int(slot & 0xffff_ffff)
  }

  /// Adds a string; when it is there already, returns `false` and its number.
  @discardableResult
  mutating func insert(_ key: UnsafeBufferPointer<UInt8>) -> (inserted: Bool, number: Int) {
    if 2 * (count + 1) > slots.count { grow() }
    let hash = Self.hash(key)
    let index = slotIndex(of: key, hash: hash)
    if slots[index] != Self.free { return (false, Int(slots[index] & 0xffff_ffff)) }
    slots[index] = Self.tag(hash) | UInt64(count)
    append(key)
    return (true, count - 1)
  }

  /// Adds a string that gets a number but is never found, such as the text of a control token.
  mutating func append(_ string: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: string)
    starts.append(Int32(bytes.count))
  }

  /// The slot that holds `key`, or the free one where it belongs.
  @inline(__always)
  private func slotIndex(of key: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int {
    let mask = slots.count - 1
    let tag = Self.tag(hash)
    var index = Int(truncatingIfNeeded: hash) & mask
    while slots[index] != Self.free {
      if slots[index] & ~0xffff_ffff == tag, holds(Int(slots[index] & 0xffff_ffff), key) { break }
      index = (index + 1) & mask
    }
    return index
  }

  private func holds(_ number: Int, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = Int(starts[number])
    guard Int(starts[number + 1]) - start == key.count, let pointer = key.baseAddress else { return key.isEmpty }
    return bytes.withUnsafeBufferPointer { stored in
      guard let base = stored.baseAddress else { return false }
      return memcmp(base + start, pointer, key.count) == 0
    }
  }

  private mutating func grow() {
    let findable = slots.filter { $0 != Self.free }.map { Int($0 & 0xffff_ffff) }
    slots = [UInt64](repeating: Self.free, count: 2 * slots.count)
    for number in findable {
      let (hash, index) = Array(self[number]).withUnsafeBufferPointer { key in
        let hash = Self.hash(key)
        return (hash, slotIndex(of: key, hash: hash))
      }
      slots[index] = Self.tag(hash) | UInt64(number)
    }
  }

  private static func tag(_ hash: UInt64) -> UInt64 { hash & ~0xffff_ffff }

  /// A multiplicative hash of eight bytes at a time, the last eight overlapping those before.
  @inline(__always)
  private static func hash(_ key: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let raw = UnsafeRawBufferPointer(key)
    var hash = UInt64(raw.count) &* 0x9e37_79b9_7f4a_7c15
    if raw.count >= 8 {
      var offset = 0
      while offset + 8 < raw.count {
        hash = mix(hash, raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        offset += 8
      }
      return mix(hash, raw.loadUnaligned(fromByteOffset: raw.count - 8, as: UInt64.self))
    }
    if raw.count >= 4 {
      let first = raw.loadUnaligned(fromByteOffset: 0, as: UInt32.self)
      let last = raw.loadUnaligned(fromByteOffset: raw.count - 4, as: UInt32.self)
      return mix(hash, UInt64(first) << 32 | UInt64(last))
    }
    var word: UInt64 = 0
    for byte in raw { word = word << 8 | UInt64(byte) }
    return mix(hash, word)
  }

  @inline(__always)
  private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
    return product.high ^ product.low
  }
}
