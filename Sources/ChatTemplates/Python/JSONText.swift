/// `json.dumps`, which the filter `tojson` is in transformers.
struct JSONText {
  private let interpreter: Interpreter
  /// What is repeated for each level; lines are not broken without it.
  private let indent: Text?
  private let itemSeparator: Text
  private let keySeparator: Text
  private let isASCII: Bool
  private let sortsKeys: Bool
  private var text = Text()

  /// - Parameters:
  ///   - options: `ensure_ascii`, `indent`, `separators` and `sort_keys`, `nil` where not given.
  init(_ options: [Value?], _ interpreter: Interpreter) throws {
    self.interpreter = interpreter
    isASCII = options[0]?.isTrue ?? false
    indent = try Self.indent(options[1])
    sortsKeys = options[3]?.isTrue ?? false
    guard let separators = options[2], !separators.isNone else {
      itemSeparator = indent == nil ? ", " : ","
      keySeparator = ": "
      return
    }
    let pair = try interpreter.elements(of: separators)
    guard pair.count == 2 else {
      throw TemplateError.Reason.wrongValue(operation: "tojson", found: "\(pair.count) separators", expected: "two")
    }
    itemSeparator = try pair[0].text(for: "tojson")
    keySeparator = try pair[1].text(for: "tojson")
  }

  private static func indent(_ value: Value?) throws -> Text? {
    guard let value, !value.isNone else { return nil }
    if case .text(let text) = value { return text }
    let width = try value.wholeNumber(for: "tojson")
    guard width <= TemplateLimits.standard.characters / 1024 else {
      throw TemplateError.Reason.limit(.characters, TemplateLimits.standard.characters)
    }
    return Text(repeatElement(" ", count: max(0, width)))
  }

  /// The JSON text of a value.
  static func text(of value: Value, _ options: [Value?], _ interpreter: Interpreter) throws -> Text {
    var writer = try JSONText(options, interpreter)
    try writer.write(value, depth: 0)
    return writer.text
  }

  private mutating func append(_ part: Text) throws {
    try interpreter.reserve(part.count)
    text.scalars += part.scalars
  }

  private mutating func append(_ string: String) throws { try append(Text(string)) }

  private mutating func write(_ value: Value, depth: Int) throws {
    switch value {
    case .none: try append("null")
    case .bool(let value): try append(value ? "true" : "false")
    case .integer(let value): try append(String(value))
    case .float(let value): try append(Self.text(of: value))
    case .text(let value): try append(quoted(value))
    case .sequence(let sequence) where sequence.kind.isIndexed:
      try writeList(sequence.elements, "[", "]", depth: depth) { try $0.write($1, depth: depth + 1) }
    case .dictionary(let dictionary):
      try writeList(try entries(of: dictionary), "{", "}", depth: depth) { writer, entry in
        try writer.append(writer.quoted(entry.key))
        try writer.append(writer.keySeparator)
        try writer.write(entry.value, depth: depth + 1)
      }
    default:
      throw TemplateError.Reason.wrongType(operation: "tojson", found: value.typeName, expected: "data")
    }
  }

  private mutating func writeList<Element>(
    _ elements: [Element], _ start: String, _ end: String, depth: Int,
    _ write: (inout JSONText, Element) throws -> Void
  ) throws {
    try append(start)
    for (index, element) in elements.enumerated() {
      if index > 0 { try append(itemSeparator) }
      try breakLine(depth + 1)
      try write(&self, element)
    }
    if !elements.isEmpty { try breakLine(depth) }
    try append(end)
  }

  private mutating func breakLine(_ depth: Int) throws {
    guard let indent else { return }
    try append("\n")
    try interpreter.reserve(indent.count, times: depth)
    text.scalars += indent.repeated(depth).scalars
  }

  private func entries(of dictionary: ValueDictionary) throws -> [(key: Text, value: Value)] {
    let entries = dictionary.entries
    let sorted = sortsKeys ? try interpreter.sorted(entries, by: { $0.0 }) : entries
    return try sorted.map { (try keyText($0), $1) }
  }

  private func keyText(_ key: Value) throws -> Text {
    switch key {
    case .text(let text): return text
    case .none: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .integer(let value): return Text(String(value))
    case .float(let value): return Text(Self.text(of: value))
    default: throw TemplateError.Reason.wrongType(operation: "tojson", found: key.typeName, expected: "a str as key")
    }
  }

  private static func text(of value: Double) -> String {
    if value.isNaN { return "NaN" }
    return value.isInfinite ? value < 0 ? "-Infinity" : "Infinity" : value.pythonDescription
  }

  private func quoted(_ text: Text) -> Text {
    var result = Text(["\""])
    for scalar in text.scalars {
      switch scalar {
      case "\"", "\\": result.scalars += ["\\", scalar]
      case "\n": result.append("\\n")
      case "\r": result.append("\\r")
      case "\t": result.append("\\t")
      case "\u{8}": result.append("\\b")
      case "\u{C}": result.append("\\f")
      default:
        if scalar.value < 0x20 || (isASCII && scalar.value > 0x7E) {
          String(scalar).utf16.forEach { result.append(Self.escape($0)) }
        } else {
          result.scalars.append(scalar)
        }
      }
    }
    result.scalars.append("\"")
    return result
  }

  private static func escape(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
