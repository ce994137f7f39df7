/// Filters for texts.
enum TextFilters {
  static let all: [String: FilterTable.Filter] = [
    "capitalize": { try plain($0, $1, $2, "capitalize") { $0.capitalized } },
    "lower": { try plain($0, $1, $2, "lower") { $0.lowercased } },
    "upper": { try plain($0, $1, $2, "upper") { $0.uppercased } },
    "title": { try plain($0, $1, $2, "title") { $0.titleOfWords } },
    "string": { try plain($0, $1, $2, "string") { $0 } },
    "trim": { interpreter, value, arguments in
      let characters = try arguments.bound(to: ["chars"], of: "trim")[0] ?? .none
      let text = try interpreter.softText(value)
      return .text(
        try TextMethods.stripped(text, Arguments(positional: [characters]), of: "trim", left: true, right: true))
    },
    "center": { interpreter, value, arguments in
      let width = try arguments.bound(to: ["width"], of: "center")[0] ?? .integer(80)
      guard let center = TextMethods.shaping["center"] else { return .none }
      return try center(interpreter, try interpreter.softText(value), Arguments(positional: [width]))
    },
    "replace": { interpreter, value, arguments in
      let values = try arguments.bound(to: ["old", "new", "count"], required: 2, of: "replace")
      let texts = try [value, values[0] ?? .none, values[1] ?? .none].map { try interpreter.string(of: $0).plain }
      let count = try values[2].flatMap { $0.isNone ? nil : $0 }?.wholeNumber(for: "replace") ?? -1
      return .text(try interpreter.replaced(texts[0], texts[1], texts[2], atMost: count))
    },
    "format": { interpreter, value, arguments in
      let format = try interpreter.softText(value)
      guard arguments.keywords.isEmpty else {
        guard arguments.positional.isEmpty else {
          throw TemplateError.Reason.wrongArguments(
            of: "format", found: "values with and without names", expected: "one kind")
        }
        let pairs = arguments.keywords.map { (Value.text($0.name), $0.value) }
        return .text(try interpreter.formatted(format, .dictionary(try ValueDictionary(pairs))))
      }
      return .text(try interpreter.formatted(format, try .tuple(arguments.positional)))
    },
    "truncate": { try truncated($1, $2) },
    "wordcount": { interpreter, value, arguments in
      _ = try arguments.bound(to: [], of: "wordcount")
      return .integer(try interpreter.softText(value).wordCount)
    },
    "tojson": { interpreter, value, arguments in
      let options = try arguments.bound(to: ["ensure_ascii", "indent", "separators", "sort_keys"], of: "tojson")
      return .text(try JSONText.text(of: value, options, interpreter))
    },
  ]

  private static func plain(
    _ interpreter: Interpreter, _ value: Value, _ arguments: Arguments, _ name: String, _ change: (Text) -> Text
  ) throws -> Value {
    _ = try arguments.bound(to: [], of: name)
    return .text(change(try interpreter.softText(value)))
  }

  private static func truncated(_ value: Value, _ arguments: Arguments) throws -> Value {
    let values = try arguments.bound(to: ["length", "killwords", "end", "leeway"], of: "truncate")
    let length = try values[0]?.wholeNumber(for: "truncate") ?? 255
    let end = try values[2]?.text(for: "truncate") ?? "..."
    let leeway = try values[3].flatMap { $0.isNone ? nil : $0 }?.wholeNumber(for: "truncate") ?? 5
    guard length >= end.count, leeway >= 0 else {
      throw TemplateError.Reason.wrongValue(
        operation: "truncate", found: "length \(length)", expected: "at least \(end.count)")
    }
    // What has a length and is short enough is returned as it is, whatever it is.
    if let count = value.length, count - leeway <= length { return value }
    let text = try value.text(for: "truncate")
    let cut = text[0..<length - end.count]
    if values[1]?.isTrue ?? false { return .text(cut + end) }
    return .text(cut.split(by: " ", atMost: 1, fromRight: true)[0] + end)
  }
}

extension Text {
  /// The same characters, not as escaped HTML.
  var plain: Text { Text(scalars) }

  /// Each word with a capital, where words start after white space, `-` or an opening bracket.
  fileprivate var titleOfWords: Text {
    func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
      scalar.isPythonSpace || "-({[<".unicodeScalars.contains(scalar)
    }
    var result = Text()
    var rest = scalars[...]
    while let first = rest.first {
      let run = rest.prefix { isSeparator($0) == isSeparator(first) }
      result.append(first.properties.uppercaseMapping)
      result.scalars += Text(run.dropFirst()).lowercased.scalars
      rest = rest.dropFirst(run.count)
    }
    return result
  }

  fileprivate var wordCount: Int {
    var isInWord = false
    return scalars.count { scalar in
      let starts = scalar.isWordCharacter && !isInWord
      isInWord = scalar.isWordCharacter
      return starts
    }
  }
}
