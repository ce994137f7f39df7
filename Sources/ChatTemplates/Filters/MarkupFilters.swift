/// Filters for HTML and addresses.
enum MarkupFilters {
  static let all: [String: FilterTable.Filter] = [
    "e": { .text(try escaped($1, $2, $0)) },
    "escape": { .text(try escaped($1, $2, $0)) },
    "forceescape": { interpreter, value, arguments in
      _ = try arguments.bound(to: [], of: "forceescape")
      return .text(try interpreter.escaped(try interpreter.string(of: value).plain))
    },
    "safe": { interpreter, value, arguments in
      _ = try arguments.bound(to: [], of: "safe")
      return .text(Text(try interpreter.softText(value).scalars, isMarkup: true))
    },
    "xmlattr": { try attributes($1, $2, $0) },
    "urlencode": { try urlEncoded($1, $2, $0) },
  ]

  private static func escaped(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Text {
    _ = try arguments.bound(to: [], of: "escape")
    return try interpreter.escaped(try interpreter.string(of: value))
  }

  private static func attributes(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let spaces = try arguments.bound(to: ["autospace"], of: "xmlattr")[0]?.isTrue ?? true
    guard case .dictionary(let dictionary) = value else {
      throw TemplateError.Reason.wrongType(operation: "xmlattr", found: value.typeName, expected: "a dict")
    }
    var result = Text()
    for (key, value) in dictionary.entries where !value.isNone && !value.isUndefined {
      let name = try key.text(for: "xmlattr")
      guard !name.scalars.contains(where: { "/>= \t\n\r\u{B}\u{C}".unicodeScalars.contains($0) }) else {
        throw TemplateError.Reason.wrongValue(operation: "xmlattr", found: "'\(name.string)'", expected: "a name")
      }
      let parts: [Text] = [
        result.isEmpty && !spaces ? "" : " ", try interpreter.escaped(name), "=\"",
        try interpreter.escaped(try interpreter.string(of: value)), "\"",
      ]
      result.scalars += parts.flatMap(\.scalars)
    }
    try interpreter.reserve(result.count)
    return .text(result)
  }

  // MARK: - Addresses

  private static func urlEncoded(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    _ = try arguments.bound(to: [], of: "urlencode")
    if case .text(let text) = value { return .text(try quoted(text, interpreter)) }
    guard value.isIterable else { return .text(try quoted(try interpreter.string(of: value), interpreter)) }
    var pairs: [[Value]]
    if case .dictionary(let dictionary) = value {
      pairs = dictionary.entries.map { [$0, $1] }
    } else {
      pairs = try interpreter.elements(of: value).map { try interpreter.elements(of: $0) }
    }
    let parts = try pairs.map { pair in
      guard pair.count == 2 else {
        throw TemplateError.Reason.wrongValue(operation: "urlencode", found: "\(pair.count) values", expected: "pairs")
      }
      let texts = try pair.map { try quoted(try interpreter.string(of: $0), interpreter, isQuery: true) }
      return texts[0] + "=" + texts[1]
    }
    return .text(try interpreter.joined(parts, by: "&"))
  }

  private static func quoted(_ text: Text, _ interpreter: Interpreter, isQuery: Bool = false) throws -> Text {
    try interpreter.reserve(text.count, times: 12)
    var result = Text()
    for byte in text.string.utf8 {
      let scalar = Unicode.Scalar(byte)
      let isKept = byte < 0x80 && (scalar.isPythonAlphanumeric || "_.-~".unicodeScalars.contains(scalar))
      if isKept || (scalar == "/" && !isQuery) {
        result.scalars.append(scalar)
      } else if scalar == " " && isQuery {
        result.append("+")
      } else {
        result.append("%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true))
      }
    }
    return result
  }
}

extension Interpreter {
  /// The text with HTML's special characters escaped, unless it is escaped already.
  func escaped(_ text: Text) throws -> Text {
    if text.isMarkup { return text }
    var result = Text(isMarkup: true)
    for scalar in text.scalars {
      switch scalar {
      case "&": result.append("&amp;")
      case "<": result.append("&lt;")
      case ">": result.append("&gt;")
      case "'": result.append("&#39;")
      case "\"": result.append("&#34;")
      default: result.scalars.append(scalar)
      }
    }
    try reserve(result.count)
    return result
  }
}
