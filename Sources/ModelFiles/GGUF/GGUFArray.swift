import TensorCore

/// An array of a GGUF file's metadata: checked when the file is read, decoded when it is asked for.
///
/// A vocabulary is a quarter of a million strings, of which most readers of a file want none.
package struct GGUFArray: Sendable, Hashable {
  package let elementType: GGUFValueType
  package let count: Int
  /// The elements as they stand in the file, one after the other.
  package let bytes: Bytes

  /// Wraps elements that have been checked: strings of a length inside, integers that an `Int` holds.
  init(of elementType: GGUFValueType, count: Int, bytes: Bytes) {
    self.elementType = elementType
    self.count = count
    self.bytes = bytes
  }

  /// The same elements where they stand in a copy of the file.
  func moved(to bytes: Bytes) -> GGUFArray { GGUFArray(of: elementType, count: count, bytes: bytes) }
}

// MARK: - Elements

extension GGUFArray {
  /// Calls `body` with the bytes of each string in turn; they need not be UTF-8.
  package func forEachString(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    precondition(elementType == .string, "strings of an array of \(elementType)")
    var offset = 0
    for _ in 0..<count {
      let length = Int(UInt64(littleEndian: bytes.pointer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      try body(UnsafeRawBufferPointer(start: bytes.pointer + offset + 8, count: length))
      offset += 8 + length
    }
  }

  /// The strings; invalid UTF-8 is repaired, as it is only to name something in a message.
  var strings: [String] {
    var strings: [String] = []
    strings.reserveCapacity(count)
    forEachString { strings.append(String(decoding: $0, as: UTF8.self)) }
    return strings
  }

  var integers: [Int] {
    switch elementType {
    case .uint8: decoded(UInt8.self)
    case .int8: decoded(Int8.self)
    case .uint16: decoded(UInt16.self)
    case .int16: decoded(Int16.self)
    case .uint32: decoded(UInt32.self)
    case .int32: decoded(Int32.self)
    case .uint64: decoded(UInt64.self)
    default: decoded(Int64.self)
    }
  }

  var numbers: [Double] {
    if elementType == .float64 { return decoded(UInt64.self) { Double(bitPattern: $0) } }
    return decoded(UInt32.self) { Double(Float(bitPattern: $0)) }
  }

  var bools: [Bool] { bytes.array(of: UInt8.self).map { $0 != 0 } }

  private func decoded<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) -> [Int] {
    decoded(type) { Int($0) }
  }

  /// Kept in this file, where the compiler makes each type its own loop: a vocabulary has a quarter of a million elements.
  private func decoded<Number: FixedWidthInteger & BitwiseCopyable, Element>(
    _ type: Number.Type, _ element: (Number) -> Element
  ) -> [Element] {
    (0..<count).map { index in
      let offset = index * MemoryLayout<Number>.size
      return element(Number(littleEndian: bytes.pointer.loadUnaligned(fromByteOffset: offset, as: type)))
    }
  }
}
