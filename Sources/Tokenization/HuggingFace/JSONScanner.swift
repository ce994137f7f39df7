import Foundation
import JSONValue

/// Steps through JSON text without building values, for the megabytes of a vocabulary.
struct JSONScanner {
  private let file: String
  private let bytes: UnsafeBufferPointer<UInt8>
  private(set) var position = 0

  /// - Parameter file: The name of the file, for messages.
  init(_ bytes: UnsafeBufferPointer<UInt8>, of file: String) {
    self.bytes = bytes
    self.file = file
  }

  var failure: TokenizerError { .syntax(file: file, offset: position) }

  /// The next byte that is no space, without taking it.
  mutating func peek() throws(TokenizerError) -> UInt8 {
    while position < bytes.count, [0x20, 0x0a, 0x0d, 0x09].contains(bytes[position]) { position += 1 }
    guard position < bytes.count else { throw failure }
    return bytes[position]
  }

  /// Takes `character` if it is next.
  mutating func take(_ character: Unicode.Scalar) throws(TokenizerError) -> Bool {
    guard UInt32(try peek()) == character.value else { return false }
    position += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(TokenizerError) {
    guard try take(character) else { throw failure }
  }

  /// Reads an object, calling `body` at each value with the bytes of its name.
  mutating func forEachMember(_ body: (inout JSONScanner, [UInt8]) throws -> Void) throws {
    try expect("{")
    if try take("}") { return }
    var name: [UInt8] = []
    repeat {
      try string(into: &name)
      try expect(":")
      try body(&self, name)
    } while try take(",")
    try expect("}")
  }

  /// Reads an array, calling `body` at each value.
  mutating func forEachElement(_ body: (inout JSONScanner) throws -> Void) throws {
    try expect("[")
    if try take("]") { return }
    repeat { try body(&self) } while try take(",")
    try expect("]")
  }

  /// Reads text, as UTF-8.
  mutating func string(into text: inout [UInt8]) throws(TokenizerError) {
    try expect("\"")
    text.removeAll(keepingCapacity: true)
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      if bytes[position] == UInt8(ascii: "\\") || bytes[position] < 0x20 {
        return try escapedString(from: start, into: &text)
      }
      position += 1
    }
    guard position < bytes.count else { throw failure }
    text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<position]))
    position += 1
  }

  /// Text with a backslash somewhere is read by the one who knows all about them.
  private mutating func escapedString(from start: Int, into text: inout [UInt8]) throws(TokenizerError) {
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard position < bytes.count else { throw failure }
    position += 1
    let quoted = Data(bytes[start - 1..<position])
    guard let string = (try? JSONValue(parsing: quoted))?.string else { throw .syntax(file: file, offset: start) }
    text.append(contentsOf: string.utf8)
  }

  /// Reads an integer that is not negative.
  mutating func integer() throws(TokenizerError) -> Int {
    guard (0x30...0x39).contains(try peek()) else { throw failure }
    var value = 0
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow2) = shifted.addingReportingOverflow(Int(bytes[position] - 0x30))
      guard !overflow, !overflow2 else { throw failure }
      value = sum
      position += 1
    }
    return value
  }

  /// Reads any value.
  mutating func value() throws(TokenizerError) -> JSONValue {
    let start = try skip()
    do {
      return try JSONValue(parsing: Data(bytes[start..<position]))
    } catch {
      throw .syntax(file: file, offset: start + error.offset)
    }
  }

  /// Steps over a value and returns where it begins; what is inside need not be right.
  private mutating func skip() throws(TokenizerError) -> Int {
    _ = try peek()
    let start = position
    var depth = 0
    repeat {
      switch try peek() {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        position += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        position += 1
      case UInt8(ascii: "\""): try skipString()
      default: skipWord()
      }
    } while depth > 0
    return start
  }

  private mutating func skipString() throws(TokenizerError) {
    position += 1
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard position < bytes.count else { throw failure }
    position += 1
  }

  /// A number, a literal, or one comma or colon.
  private mutating func skipWord() {
    let first = position
    while position < bytes.count, !",:]}\"[{ \n\r\t".utf8.contains(bytes[position]) { position += 1 }
    if position == first { position += 1 }
  }
}
