/// Reads Thrift's compact protocol, in which Parquet's footer and page headers are written, from bytes that are not trusted.
///
/// Nothing is allocated that the bytes which are left could not fill.
///
/// - SeeAlso: Apache Thrift, "Thrift Compact protocol encoding".
struct ThriftReader {
  /// What went wrong; the caller knows the place in the file.
  enum Failure: Error {
    case endOfBytes
    case numberTooLong
    case unexpectedType(found: UInt8)
    case nestedTooDeep
    case tooManyElements(Int)
    case notUTF8
    case missingField(Int)
  }

  /// The type of a field or element as the compact protocol numbers it; both truth values are types of fields.
  enum Kind {
    static let isTrue: UInt8 = 1
    static let isFalse: UInt8 = 2
    static let byte: UInt8 = 3
    static let double: UInt8 = 7
    static let binary: UInt8 = 8
    static let list: UInt8 = 9
    static let set: UInt8 = 10
    static let map: UInt8 = 11
    static let structure: UInt8 = 12
  }

  private static let deepest = 32

  private let bytes: UnsafeRawBufferPointer
  private(set) var position: Int
  private var depth = 0

  init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  /// Reads a structure field by field.
  ///
  /// - Parameter field: Receives the number and the type of each field and must read or ``skip(_:)`` it.
  mutating func structure(_ field: (inout ThriftReader, _ number: Int, _ kind: UInt8) throws -> Void) throws {
    try enter()
    var last = 0
    while true {
      let header = try byte()
      if header == 0 { break }
      let step = Int(header >> 4)
      last = step == 0 ? Int(try integer()) : last + step
      guard Int(Int16.min)...Int(Int16.max) ~= last else { throw Failure.numberTooLong }
      try field(&self, last, header & 0x0f)
    }
    depth -= 1
  }

  /// Reads a list of structures, numbers or texts.
  mutating func list<Element>(_ kind: UInt8, _ element: (inout ThriftReader) throws -> Element) throws -> [Element] {
    guard kind == Kind.list else { throw Failure.unexpectedType(found: kind) }
    try enter()
    let count = try listHeader().count
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for _ in 0..<count { elements.append(try element(&self)) }
    depth -= 1
    return elements
  }

  mutating func integer(_ kind: UInt8) throws -> Int {
    guard 4...6 ~= kind else { throw Failure.unexpectedType(found: kind) }
    return Int(try integer())
  }

  mutating func bool(_ kind: UInt8) throws -> Bool {
    guard kind == Kind.isTrue || kind == Kind.isFalse else { throw Failure.unexpectedType(found: kind) }
    return kind == Kind.isTrue
  }

  mutating func string(_ kind: UInt8) throws -> String {
    guard kind == Kind.binary else { throw Failure.unexpectedType(found: kind) }
    return try string()
  }

  mutating func string() throws -> String {
    let count = try length()
    guard let text = String(validating: bytes[position..<position + count], as: UTF8.self) else {
      throw Failure.notUTF8
    }
    position += count
    return text
  }

  /// A number of 16, 32 or 64 bits, zigzag.
  mutating func integer() throws -> Int64 {
    let bits = try unsigned()
    return Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1)
  }

  /// Passes over a field or element of any type.
  mutating func skip(_ kind: UInt8) throws {
    switch kind {
    case Kind.isTrue, Kind.isFalse: break
    case Kind.byte: _ = try byte()
    case 4...6: _ = try unsigned()
    case Kind.double: try advance(8)
    case Kind.binary: try advance(try length())
    case Kind.list, Kind.set:
      try enter()
      let (count, element) = try listHeader()
      for _ in 0..<count { try skipElement(element) }
      depth -= 1
    case Kind.map:
      try enter()
      let count = Int(exactly: try unsigned()) ?? .max
      if count > 0 {
        let kinds = try byte()
        try check(count)
        for _ in 0..<count {
          try skipElement(kinds >> 4)
          try skipElement(kinds & 0x0f)
        }
      }
      depth -= 1
    case Kind.structure: try structure { reader, _, kind in try reader.skip(kind) }
    default: throw Failure.unexpectedType(found: kind)
    }
  }

  /// In lists a truth value has a byte of its own.
  private mutating func skipElement(_ kind: UInt8) throws {
    if kind == Kind.isTrue || kind == Kind.isFalse { try advance(1) } else { try skip(kind) }
  }

  private mutating func listHeader() throws -> (count: Int, element: UInt8) {
    let header = try byte()
    let count = header >> 4 == 15 ? Int(exactly: try unsigned()) ?? .max : Int(header >> 4)
    try check(count)
    return (count, header & 0x0f)
  }

  /// Every element takes at least a byte.
  private func check(_ count: Int) throws {
    guard count <= bytes.count - position else { throw Failure.tooManyElements(count) }
  }

  private mutating func length() throws -> Int {
    guard let count = Int(exactly: try unsigned()), count <= bytes.count - position else { throw Failure.endOfBytes }
    return count
  }

  private mutating func unsigned() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let next = try byte()
      value |= UInt64(next & 0x7f) << shift
      if next < 0x80 { return value }
    }
    throw Failure.numberTooLong
  }

  private mutating func byte() throws -> UInt8 {
    guard position < bytes.count else { throw Failure.endOfBytes }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func advance(_ count: Int) throws {
    guard count <= bytes.count - position else { throw Failure.endOfBytes }
    position += count
  }

  private mutating func enter() throws {
    depth += 1
    if depth > Self.deepest { throw Failure.nestedTooDeep }
  }
}
