import Foundation

/// Reads JSON text (RFC 8259).
///
/// Foundation's decoder takes some ten times as long for a value whose shape is not known beforehand, which a kernel
/// would feel in every message and a tokenizer in its megabytes.
struct JSONReader {
  /// How deep arrays and objects may be nested, so that no message can exhaust the stack.
  private static let largestDepth = 512

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  /// The value of UTF-8 JSON text.
  ///
  /// The last of several members with the same name counts, and an escaped half of a surrogate pair becomes U+FFFD.
  static func value(of bytes: [UInt8]) throws(JSONSyntaxError) -> JSONValue {
    var reader = JSONReader(bytes: bytes)
    return try reader.document()
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var failure: JSONSyntaxError { JSONSyntaxError(offset: position) }

  // MARK: - Values

  private mutating func document() throws(JSONSyntaxError) -> JSONValue {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw failure }
    return value
  }

  private mutating func value() throws(JSONSyntaxError) -> JSONValue {
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try nested { reader throws(JSONSyntaxError) in try reader.members() })
    case UInt8(ascii: "["): return .array(try nested { reader throws(JSONSyntaxError) in try reader.elements() })
    case UInt8(ascii: "\""): return .string(try quotedText())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func nested<Value>(
    _ body: (inout JSONReader) throws(JSONSyntaxError) -> Value
  ) throws(JSONSyntaxError) -> Value {
    guard depth < Self.largestDepth else { throw failure }
    depth += 1
    defer { depth -= 1 }
    position += 1
    return try body(&self)
  }

  private mutating func members() throws(JSONSyntaxError) -> [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    if take("}") { return members }
    repeat {
      skipSpace()
      let name = try quotedText()
      guard take(":") else { throw failure }
      members[name] = try value()
    } while take(",")
    guard take("}") else { throw failure }
    return members
  }

  private mutating func elements() throws(JSONSyntaxError) -> [JSONValue] {
    var elements: [JSONValue] = []
    if take("]") { return elements }
    repeat {
      elements.append(try value())
    } while take(",")
    guard take("]") else { throw failure }
    return elements
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count, word.withUTF8Buffer({ bytes[position..<end].elementsEqual($0) }) else {
      throw failure
    }
    position = end
    return value
  }

  // MARK: - Numbers

  private mutating func number() throws(JSONSyntaxError) -> JSONValue {
    let start = position
    _ = takeByte("-")
    let isZero = takeByte("0")
    if !isZero { try digits() }
    var isInteger = true
    if takeByte(".") {
      isInteger = false
      try digits()
    }
    if takeByte("e") || takeByte("E") {
      isInteger = false
      if !takeByte("+") { _ = takeByte("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text) else { throw failure }
    return .number(value)
  }

  private mutating func digits() throws(JSONSyntaxError) {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    guard position > start else { throw failure }
  }

  // MARK: - Text

  private mutating func quotedText() throws(JSONSyntaxError) -> String {
    guard takeByte("\"") else { throw failure }
    var text: [UInt8] = []
    var start = position
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw failure }
      if byte == UInt8(ascii: "\\") {
        text += bytes[start..<position]
        position += 1
        text += String(try escapedScalar()).utf8
        start = position
      } else {
        position += 1
      }
    }
    text += bytes[start..<position]
    guard takeByte("\""), let string = String(validating: text, as: UTF8.self) else { throw failure }
    return string
  }

  private mutating func escapedScalar() throws(JSONSyntaxError) -> Unicode.Scalar {
    guard let byte = next else { throw failure }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "u"): return try scalarOfCodeUnits()
    default: throw failure
    }
  }

  /// The scalar of one `\uXXXX`, or of two that are a surrogate pair.
  private mutating func scalarOfCodeUnits() throws(JSONSyntaxError) -> Unicode.Scalar {
    let high = try codeUnit()
    guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) ?? "\u{FFFD}" }
    let afterHigh = position
    if takeByte("\\"), takeByte("u") {
      let low = try codeUnit()
      if (0xDC00..<0xE000).contains(low) {
        return Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)) ?? "\u{FFFD}"
      }
    }
    position = afterHigh
    return "\u{FFFD}"
  }

  private mutating func codeUnit() throws(JSONSyntaxError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw failure }
    let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
    guard digits.utf8.first != UInt8(ascii: "+"), let unit = UInt32(digits, radix: 16) else { throw failure }
    position += 4
    return unit
  }

  // MARK: - Bytes

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func takeByte(_ character: Unicode.Scalar) -> Bool {
    guard let byte = next, UInt32(byte) == character.value else { return false }
    position += 1
    return true
  }

  /// Skips space, then takes `character` if it is next.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    return takeByte(character)
  }
}

/// Text that is not JSON.
public struct JSONSyntaxError: Error, Hashable {
  /// Bytes before the place where reading stopped.
  public let offset: Int
}
