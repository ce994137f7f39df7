import Foundation
import JSONValue

/// Writes JSON text as short as it can be.
///
/// A cell takes half a dozen messages of four JSON texts each. Foundation's encoder would take longer for them than everything
/// else that the kernel does for a short cell.
struct JSONWriter {
  private var bytes: [UInt8] = []

  /// The value as UTF-8 JSON text.
  ///
  /// Numbers that JSON cannot express become `null`.
  static func data(of value: JSONValue) -> Data {
    var writer = JSONWriter()
    writer.bytes.reserveCapacity(256)
    writer.write(value)
    return Data(writer.bytes)
  }

  private mutating func write(_ value: JSONValue) {
    switch value {
    case .null: write("null")
    case .bool(let value): write(value ? "true" : "false")
    case .integer(let value): write(String(value))
    case .number(let value): write(value.isFinite ? String(value) : "null")
    case .string(let value): writeQuoted(value)
    case .array(let elements):
      writeList(elements, between: "[", "]") { writer, element in writer.write(element) }
    case .object(let members):
      writeList(members, between: "{", "}") { writer, member in
        writer.writeQuoted(member.key)
        writer.write(":")
        writer.write(member.value)
      }
    }
  }

  private mutating func write(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func writeList<Elements: Collection>(
    _ elements: Elements, between start: Character, _ end: Character,
    _ writeElement: (inout JSONWriter, Elements.Element) -> Void
  ) {
    write(String(start))
    var isFirst = true
    for element in elements {
      if !isFirst { write(",") }
      isFirst = false
      writeElement(&self, element)
    }
    write(String(end))
  }

  private mutating func writeQuoted(_ text: String) {
    write("\"")
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): write("\\\"")
      case UInt8(ascii: "\\"): write("\\\\")
      case UInt8(ascii: "\n"): write("\\n")
      case 0..<0x20: write("\\u00" + (byte < 0x10 ? "0" : "1") + String(byte & 15, radix: 16))
      default: bytes.append(byte)
      }
    }
    write("\"")
  }
}
