import Foundation

/// Byte strings numbered in the order in which they came in, found by their bytes.
struct ByteStringTable: Sendable {
  /// A string that can be found.
  private struct Slot {
    static let free = Slot(key: .max, number: -1)

    // In halves, a slot is aligned to four bytes, and there is no gap between two of them.
    private let low: UInt32
    private let high: UInt32
    let number: Int32

    init(key: UInt64, number: Int32) {
      low = UInt32(truncatingIfNeeded: key)
      high = UInt32(truncatingIfNeeded: key >> 32)
      self.number = number
    }

    var key: UInt64 { UInt64(high) << 32 | UInt64(low) }
  }

  private var texts = PackedTexts()
  /// Open addressing, at most two thirds full.
  private var slots: [Slot]
  private var findableCount = 0

  /// - Parameters:
  ///   - capacity: How many strings there is room for before the table grows.
  ///   - bytes: And for how many bytes of them.
  init(capacity: Int, bytes: Int) {
    slots = [Slot](repeating: .free, count: max(64, (3 * capacity + 1) / 2))
    texts.reserveCapacity(capacity, bytes: bytes)
  }

  var count: Int { texts.count }

  /// The bytes of the string `number`.
  subscript(number: Int) -> ArraySlice<UInt8> { texts[number] }

  /// Calls `body` with each string in turn.
  func forEach(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    texts.bytes.withUnsafeBufferPointer { bytes in
      for number in 0..<count { body(UnsafeBufferPointer(rebasing: bytes[texts.range(number)])) }
    }
  }

  /// Whether the string `number` has these bytes.
  func holds(_ number: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let range = texts.range(number)
    guard range.count == bytes.count, let pointer = bytes.baseAddress else { return range.count == bytes.count }
    return texts.bytes.withUnsafeBufferPointer { memcmp($0.baseAddress! + range.lowerBound, pointer, range.count) == 0 }
  }

  // MARK: - Adding

  /// Adds a string that is not found, such as the text of a control token, unless ``indexLast()`` follows.
  mutating func append(_ string: UnsafeBufferPointer<UInt8>) { texts.append(string) }

  /// Adds a string of at most `count` bytes, which `write` appends; like ``append(_:)`` otherwise.
  mutating func append<Result>(atMost count: Int, _ write: (inout OutputSpan<UInt8>) -> Result) -> Result {
    texts.append(atMost: count, write)
  }

  /// Lets the last string be found, unless there is the same already.
  ///
  /// - Returns: The number of the string that is found by these bytes.
  @discardableResult
  mutating func indexLast() -> Int {
    if 3 * (findableCount + 1) > 2 * slots.count { grow() }
    let number = count - 1
    let (key, index) = texts.bytes.withUnsafeBufferPointer { bytes in
      let string = UnsafeBufferPointer(rebasing: bytes[texts.range(number)])
      let key = Self.key(of: string)
      return (key, slotIndex(of: string, key: key))
    }
    if slots[index].number >= 0 { return Int(slots[index].number) }
    slots[index] = Slot(key: key, number: Int32(number))
    findableCount += 1
    return number
  }

  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: .free, count: 2 * old.count)
    for slot in old where slot.number >= 0 {
      var index = home(of: slot.key)
      while slots[index].number >= 0 { index = next(index) }
      slots[index] = slot
    }
  }

  // MARK: - Finding

  /// The number of the string with these bytes, or `nil`.
  @inline(__always)
  func number(of string: UnsafeBufferPointer<UInt8>) -> Int? {
    let number = slots[slotIndex(of: string, key: Self.key(of: string))].number
    return number < 0 ? nil : Int(number)
  }

  /// The numbers of all `strings`, -1 for each that is not here.
  func numbers(of strings: PackedTexts) -> [Int32] {
    strings.bytes.withUnsafeBufferPointer { bytes in
      (0..<strings.count).map { index in
        let string = UnsafeBufferPointer(rebasing: bytes[strings.range(index)])
        return slots[slotIndex(of: string, key: Self.key(of: string))].number
      }
    }
  }

  /// The slot that holds the string, or the free one where it belongs.
  @inline(__always)
  private func slotIndex(of string: UnsafeBufferPointer<UInt8>, key: UInt64) -> Int {
    var index = home(of: key)
    while slots[index].number >= 0 {
      if slots[index].key == key, !Self.isHash(key) || holds(Int(slots[index].number), string) { break }
      index = next(index)
    }
    return index
  }

  /// The slot where the search for a key begins: a mixed key is a fraction of the table.
  @inline(__always)
  private func home(of key: UInt64) -> Int {
    Int(truncatingIfNeeded: Self.mix(0, key).multipliedFullWidth(by: UInt64(slots.count)).high)
  }

  @inline(__always)
  private func next(_ index: Int) -> Int { index + 1 == slots.count ? 0 : index + 1 }

  // MARK: - Keys

  /// What stands for a string in a slot: up to seven bytes are the bytes themselves below their count, so that most look-ups
  /// are one place in memory; more are a hash.
  @inline(__always)
  private static func key(of string: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let count = string.count
    if count > 7 { return hash(UnsafeRawBufferPointer(string)) >> 8 | 1 << 63 }
    var bytes: UInt64 = 0
    if count >= 4 {
      // The two halves overlap where there are fewer than eight bytes.
      let raw = UnsafeRawBufferPointer(string)
      let first = UInt32(littleEndian: raw.loadUnaligned(as: UInt32.self))
      let last = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
      bytes = UInt64(first) | UInt64(last) << (8 * (count - 4))
    } else if count > 0 {
      let middle = count / 2
      bytes =
        UInt64(string[0]) | UInt64(string[middle]) << (8 * middle) | UInt64(string[count - 1]) << (8 * (count - 1))
    }
    return bytes | UInt64(count) << 56
  }

  @inline(__always)
  private static func isHash(_ key: UInt64) -> Bool { key >> 63 == 1 }

  /// A multiplicative hash of eight bytes at a time, the last eight overlapping those before.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = UInt64(bytes.count) &* 0x9e37_79b9_7f4a_7c15
    for offset in stride(from: 0, to: bytes.count - 8, by: 8) {
      hash = mix(hash, bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    return mix(hash, bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self))
  }

  @inline(__always)
  private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
    return product.high ^ product.low
  }
}
