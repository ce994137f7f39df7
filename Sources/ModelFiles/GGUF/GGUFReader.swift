import TensorCore

/// Reads numbers and strings in turn from bytes that are not trusted: each length is checked against what is left.
struct GGUFReader {
  let path: String
  /// The file, or a copy of its beginning that holds all that is read.
  let bytes: Bytes
  /// Bytes of the whole file.
  let fileSize: Int
  private(set) var offset = 0

  init(path: String, bytes: Bytes, fileSize: Int) {
    self.path = path
    self.bytes = bytes
    self.fileSize = fileSize
  }

  var remaining: Int { bytes.count - offset }

  func failure(_ reason: GGUFError.Reason) -> GGUFError { GGUFError(path: path, reason: reason) }

  /// The next number, little-endian as the machine.
  mutating func read<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type, _ what: String)
    throws(GGUFError) -> Number
  {
    let size = MemoryLayout<Number>.size
    try require(UInt64(size), what)
    defer { offset += size }
    return Number(littleEndian: bytes.pointer.loadUnaligned(fromByteOffset: offset, as: type))
  }

  /// A string: a 64-bit length and UTF-8.
  mutating func string(_ what: String, atMost limit: UInt64 = .max) throws(GGUFError) -> String {
    let length = try read(UInt64.self, what)
    guard length <= limit else { throw failure(.absurd(what: "the length of \(what)", value: length, limit: limit)) }
    try require(length, what)
    defer { offset += Int(length) }
    let text = bytes[offset..<offset + Int(length)]
    guard let string = text.withUnsafeBytes({ String(validating: $0, as: UTF8.self) }) else {
      throw failure(.notUTF8(what: what))
    }
    return string
  }

  /// Steps over a string that is not decoded yet.
  mutating func skipString(_ what: String) throws(GGUFError) {
    let length = try read(UInt64.self, what)
    try require(length, what)
    offset += Int(length)
  }

  /// A count of things that take at least `size` bytes each.
  mutating func count(_ what: String, of size: Int) throws(GGUFError) -> Int {
    let value = try read(UInt64.self, what)
    let limit = UInt64(remaining / max(1, size))
    guard value <= limit else { throw failure(.absurd(what: what, value: value, limit: limit)) }
    return Int(value)
  }

  private func require(_ size: UInt64, _ what: String) throws(GGUFError) {
    guard size <= UInt64(remaining) else {
      throw failure(.truncated(what: what, needed: size, left: UInt64(remaining)))
    }
  }
}

// MARK: - Metadata values

extension GGUFReader {
  /// A value with its type before it.
  mutating func value(of key: String) throws(GGUFError) -> GGUFValue {
    let type = try valueType(of: key)
    guard type == .array else { return try scalar(type, key) }
    let elementType = try valueType(of: key)
    guard elementType != .array else { throw failure(.nestedArray(key: key)) }
    let count = try count("the length of '\(key)'", of: elementType.minimumSize)
    return try array(of: elementType, count: count, key)
  }

  private mutating func valueType(of key: String) throws(GGUFError) -> GGUFValueType {
    let id = try read(UInt32.self, "the type of '\(key)'")
    guard let type = GGUFValueType(rawValue: id) else { throw failure(.valueType(id, key: key)) }
    return type
  }

  private mutating func scalar(_ type: GGUFValueType, _ key: String) throws(GGUFError) -> GGUFValue {
    let what = "the value of '\(key)'"
    return switch type {
    case .uint8: .unsigned(UInt64(try read(UInt8.self, what)))
    case .uint16: .unsigned(UInt64(try read(UInt16.self, what)))
    case .uint32: .unsigned(UInt64(try read(UInt32.self, what)))
    case .uint64: .unsigned(try read(UInt64.self, what))
    case .int8: .signed(Int64(try read(Int8.self, what)))
    case .int16: .signed(Int64(try read(Int16.self, what)))
    case .int32: .signed(Int64(try read(Int32.self, what)))
    case .int64: .signed(try read(Int64.self, what))
    case .float32: .number(Double(Float(bitPattern: try read(UInt32.self, what))))
    case .float64: .number(Double(bitPattern: try read(UInt64.self, what)))
    case .bool: .bool(try read(UInt8.self, what) != 0)
    case .string: .string(try string(what))
    case .array: throw failure(.nestedArray(key: key))
    }
  }

  /// An array, checked and not decoded.
  private mutating func array(of type: GGUFValueType, count: Int, _ key: String) throws(GGUFError) -> GGUFValue {
    let what = "an element of '\(key)'"
    let start = offset
    switch type {
    case .string:
      for _ in 0..<count { try skipString(what) }
    case .uint64:
      for _ in 0..<count where try read(UInt64.self, what) > UInt64(Int.max) {
        throw failure(.absurd(what: what, value: .max, limit: UInt64(Int.max)))
      }
    default:
      // The count was checked against the bytes that are left.
      offset += count * type.minimumSize
    }
    let elements = GGUFArray(of: type, count: count, bytes: bytes[start..<offset])
    return switch type {
    case .string: .strings(elements)
    case .float32, .float64: .numbers(elements)
    case .bool: .bools(elements)
    default: .integers(elements)
    }
  }
}
