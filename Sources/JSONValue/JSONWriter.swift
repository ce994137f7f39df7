import Foundation

/// Writes JSON text with sorted keys, short or indented by two spaces.
struct JSONWriter {
  private var bytes: [UInt8] = []
  private let isPretty: Bool
  private var depth = 0

  /// The value as UTF-8 JSON text.
  static func data(of value: JSONValue, pretty: Bool) -> Data {
    var writer = JSONWriter(isPretty: pretty)
    writer.bytes.reserveCapacity(256)
    writer.write(value)
    return Data(writer.bytes)
  }

  private init(isPretty: Bool) { self.isPretty = isPretty }

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
      writeList(members.sorted { $0.key < $1.key }, between: "{", "}") { writer, member in
        writer.writeQuoted(member.key)
        writer.write(writer.isPretty ? ": " : ":")
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
    depth += 1
    var isFirst = true
    for element in elements {
      if !isFirst { write(",") }
      isFirst = false
      breakLine()
      writeElement(&self, element)
    }
    depth -= 1
    if !isFirst { breakLine() }
    write(String(end))
  }

  private mutating func breakLine() {
    if isPretty { write("\n" + String(repeating: "  ", count: depth)) }
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
