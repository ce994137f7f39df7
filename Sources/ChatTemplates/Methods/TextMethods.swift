/// Python's methods of `str`, in four groups.
enum TextMethods {
  /// A part of a text or list from optional `start` and `end`, as Python clamps them.
  static func range(_ start: Value?, _ end: Value?, in count: Int, of method: String) throws -> Range<Int> {
    func place(_ value: Value?, _ fallback: Int) throws -> Int {
      guard let value, !value.isNone else { return fallback }
      let index = try value.wholeNumber(for: method)
      return max(0, index < 0 ? index + count : index)
    }
    let upper = min(count, try place(end, count))
    let lower = try place(start, 0)
    // An empty range that starts beyond the end finds nothing, not even an empty text.
    return lower > upper ? upper..<upper : lower..<upper
  }

  private static func startsBeyondEnd(_ start: Value?, _ end: Value?, in count: Int, of method: String) throws -> Bool {
    guard let start, !start.isNone else { return false }
    let index = try start.wholeNumber(for: method)
    let lower = max(0, index < 0 ? index + count : index)
    return lower > (try range(nil, end, in: count, of: method)).upperBound
  }

  // MARK: - Searching

  static let searching: [Text: MethodTable.TextMethod] = [
    "find": { .integer(try place($1, $2, of: "find", $0, isLast: false) ?? -1) },
    "rfind": { .integer(try place($1, $2, of: "rfind", $0, isLast: true) ?? -1) },
    "index": { .integer(try found(place($1, $2, of: "index", $0, isLast: false), "index")) },
    "rindex": { .integer(try found(place($1, $2, of: "rindex", $0, isLast: true), "rindex")) },
    "count": { interpreter, text, arguments in
      let values = try arguments.positional(1...3, of: "count")
      let part = try (values[0] ?? .none).text(for: "count")
      if try startsBeyondEnd(values[1], values[2], in: text.count, of: "count") { return .integer(0) }
      let range = try range(values[1], values[2], in: text.count, of: "count")
      return .integer(text[range].indices(of: part).count)
    },
    "startswith": { interpreter, text, arguments in
      .bool(try hasAffix(text, arguments, of: "startswith", interpreter) { $0.starts(with: $1) })
    },
    "endswith": { interpreter, text, arguments in
      .bool(try hasAffix(text, arguments, of: "endswith", interpreter) { $0.reversed().starts(with: $1.reversed()) })
    },
  ]

  private static func place(
    _ text: Text, _ arguments: Arguments, of method: String, _ interpreter: Interpreter, isLast: Bool
  ) throws -> Int? {
    let values = try arguments.positional(1...3, of: method)
    let part = try (values[0] ?? .none).text(for: method)
    if try startsBeyondEnd(values[1], values[2], in: text.count, of: method) { return nil }
    let range = try range(values[1], values[2], in: text.count, of: method)
    return isLast ? text.lastIndex(of: part, in: range) : text.firstIndex(of: part, in: range)
  }

  private static func found(_ place: Int?, _ method: String) throws -> Int {
    guard let place else {
      throw TemplateError.Reason.wrongValue(operation: method, found: "another text", expected: "a part of the text")
    }
    return place
  }

  private static func hasAffix(
    _ text: Text, _ arguments: Arguments, of method: String, _ interpreter: Interpreter,
    _ test: (ArraySlice<Unicode.Scalar>, [Unicode.Scalar]) -> Bool
  ) throws -> Bool {
    let values = try arguments.positional(1...3, of: method)
    let affixes: [Value] =
      if case .sequence(let sequence) = values[0], sequence.kind.isTuple { sequence.elements } else {
        [values[0] ?? .none]
      }
    let texts = try affixes.map { try $0.text(for: method) }
    if try startsBeyondEnd(values[1], values[2], in: text.count, of: method) { return false }
    let range = try range(values[1], values[2], in: text.count, of: method)
    return texts.contains { test(text.scalars[range], $0.scalars) }
  }

  // MARK: - Asking

  static let asking: [Text: MethodTable.TextMethod] = [
    "isalnum": { try answer($2, !$1.isEmpty && $1.scalars.allSatisfy(\.isPythonAlphanumeric)) },
    "isalpha": { try answer($2, !$1.isEmpty && $1.scalars.allSatisfy(\.isPythonAlphabetic)) },
    "isascii": { try answer($2, $1.scalars.allSatisfy(\.isASCII)) },
    "isdecimal": { try answer($2, !$1.isEmpty && $1.scalars.allSatisfy(\.isPythonDecimal)) },
    "isdigit": { try answer($2, !$1.isEmpty && $1.scalars.allSatisfy(\.isPythonDigit)) },
    "isidentifier": { try answer($2, $1.isIdentifier) },
    "islower": { try answer($2, $1.isLowercase) },
    "isnumeric": { try answer($2, !$1.isEmpty && $1.scalars.allSatisfy(\.isPythonNumeric)) },
    "isprintable": { try answer($2, $1.scalars.allSatisfy(\.isPythonPrintable)) },
    "isspace": { try answer($2, !$1.isEmpty && $1.scalars.allSatisfy(\.isPythonSpace)) },
    "istitle": { try answer($2, $1.isTitlecased) },
    "isupper": { try answer($2, $1.isUppercase) },
  ]

  private static func answer(_ arguments: Arguments, _ value: Bool) throws -> Value {
    _ = try arguments.positional(0...0, of: "method")
    return .bool(value)
  }

  // MARK: - Shaping

  static let shaping: [Text: MethodTable.TextMethod] = [
    "upper": { try changed($1.uppercased, $2, $0) },
    "lower": { try changed($1.lowercased, $2, $0) },
    "title": { try changed($1.titlecased, $2, $0) },
    "capitalize": { try changed($1.capitalized, $2, $0) },
    "swapcase": { try changed($1.swappedCase, $2, $0) },
    "center": { try justified($1, $2, "center", $0) { ($0 / 2 + ($0 & $1 & 1), $0 - $0 / 2 - ($0 & $1 & 1)) } },
    "ljust": { try justified($1, $2, "ljust", $0) { pad, _ in (0, pad) } },
    "rjust": { try justified($1, $2, "rjust", $0) { pad, _ in (pad, 0) } },
    "zfill": { interpreter, text, arguments in
      let width = try (try arguments.positional(1...1, of: "zfill")[0] ?? .none).wholeNumber(for: "zfill")
      let pad = width > text.count ? width - text.count : 0
      try interpreter.reserve(pad)
      let sign = text.scalars.first.map { $0 == "-" || $0 == "+" } ?? false ? 1 : 0
      let zeros = Array(repeating: Unicode.Scalar("0"), count: pad)
      return .text(Text(text.scalars[..<sign] + zeros + text.scalars[sign...], isMarkup: text.isMarkup))
    },
    "expandtabs": { interpreter, text, arguments in
      let size = try arguments.bound(to: ["tabsize"], of: "expandtabs")[0]?.wholeNumber(for: "expandtabs") ?? 8
      return .text(try expanded(text, size, interpreter))
    },
    "format": { .text(try $0.formatted($1, arguments: $2)) },
    "format_map": { interpreter, text, arguments in
      guard case .dictionary(let dictionary) = try arguments.positional(1...1, of: "format_map")[0] else {
        throw TemplateError.Reason.wrongType(operation: "format_map", found: "another value", expected: "a dict")
      }
      let keywords = try dictionary.entries.map { (name: try $0.text(for: "format_map").string, value: $1) }
      return .text(try interpreter.formatted(text, arguments: Arguments(keywords: keywords)))
    },
  ]

  private static func changed(_ text: Text, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    _ = try arguments.positional(0...0, of: "method")
    try interpreter.reserve(text.count)
    return .text(text)
  }

  private static func justified(
    _ text: Text, _ arguments: Arguments, _ method: String, _ interpreter: Interpreter,
    _ pads: (_ pad: Int, _ width: Int) -> (Int, Int)
  ) throws -> Value {
    let values = try arguments.positional(1...2, of: method)
    let width = try (values[0] ?? .none).wholeNumber(for: method)
    let fill = try values[1]?.text(for: method) ?? " "
    guard fill.count == 1 else {
      throw TemplateError.Reason.wrongValue(operation: method, found: "\(fill.count) characters", expected: "one")
    }
    guard width > text.count else { return .text(text) }
    try interpreter.reserve(width)
    let (left, right) = pads(width - text.count, width)
    return .text(
      Text(fill.repeated(left).scalars + text.scalars + fill.repeated(right).scalars, isMarkup: text.isMarkup))
  }

  private static func expanded(_ text: Text, _ size: Int, _ interpreter: Interpreter) throws -> Text {
    var result = Text(isMarkup: text.isMarkup)
    var column = 0
    for scalar in text.scalars {
      if scalar == "\t" {
        let pad = size > 0 ? size - column % size : 0
        try interpreter.reserve(pad)
        result.scalars += Array(repeating: " ", count: pad)
        column += pad
      } else {
        result.scalars.append(scalar)
        column = scalar == "\n" || scalar == "\r" ? 0 : column + 1
      }
    }
    return result
  }
}

extension Text {
  var isIdentifier: Bool {
    guard let first = scalars.first else { return false }
    return (first == "_" || first.properties.isXIDStart) && scalars.allSatisfy(\.properties.isXIDContinue)
  }
}
