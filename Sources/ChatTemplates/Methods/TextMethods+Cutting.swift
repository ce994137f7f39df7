/// Methods of `str` that cut, join and replace.
extension TextMethods {
  static let cutting: [Text: MethodTable.TextMethod] = [
    "strip": { .text(try stripped($1, $2, of: "strip", left: true, right: true)) },
    "lstrip": { .text(try stripped($1, $2, of: "lstrip", left: true, right: false)) },
    "rstrip": { .text(try stripped($1, $2, of: "rstrip", left: false, right: true)) },
    "removeprefix": { _, text, arguments in
      let prefix = try (try arguments.positional(1...1, of: "removeprefix")[0] ?? .none).text(for: "removeprefix")
      return .text(text.scalars.starts(with: prefix.scalars) ? text[prefix.count..<text.count] : text)
    },
    "removesuffix": { _, text, arguments in
      let suffix = try (try arguments.positional(1...1, of: "removesuffix")[0] ?? .none).text(for: "removesuffix")
      let start = text.count - suffix.count
      return .text(start >= 0 && text[start..<text.count] == suffix ? text[0..<start] : text)
    },
    "split": { try split($1, $2, of: "split", $0, fromRight: false) },
    "rsplit": { try split($1, $2, of: "rsplit", $0, fromRight: true) },
    "splitlines": { interpreter, text, arguments in
      let keeps = try arguments.bound(to: ["keepends"], of: "splitlines")[0]?.wholeNumber(for: "splitlines") ?? 0
      let lines = text.lines(keepingEnds: keeps != 0)
      try interpreter.reserve(text.count + lines.count)
      return try .list(lines.map(Value.text))
    },
    "partition": { try partition($1, $2, $0, of: "partition", fromRight: false) },
    "rpartition": { try partition($1, $2, $0, of: "rpartition", fromRight: true) },
    "replace": { interpreter, text, arguments in
      var names = arguments
      let count = names.keywords.firstIndex { $0.name == "count" }.map { names.keywords.remove(at: $0).value }
      let values = try names.positional(2...3, of: "replace")
      let (old, new) = (try (values[0] ?? .none).text(for: "replace"), try (values[1] ?? .none).text(for: "replace"))
      let most = try (values[2] ?? count)?.wholeNumber(for: "replace") ?? -1
      return .text(try interpreter.replaced(text, old, new, atMost: most))
    },
    "join": { interpreter, text, arguments in
      let values = try interpreter.elements(of: try arguments.positional(1...1, of: "join")[0] ?? .none)
      return .text(try interpreter.joined(try values.map { try $0.text(for: "join") }, by: text))
    },
  ]

  static func stripped(
    _ text: Text, _ arguments: Arguments, of method: String, left: Bool, right: Bool
  ) throws -> Text {
    guard let characters = try arguments.positional(0...1, of: method)[0], !characters.isNone else {
      return text.stripped(left: left, right: right, where: \.isPythonSpace)
    }
    let set = Set(try characters.text(for: method).scalars)
    return text.stripped(left: left, right: right, where: set.contains)
  }

  private static func split(
    _ text: Text, _ arguments: Arguments, of method: String, _ interpreter: Interpreter, fromRight: Bool
  ) throws -> Value {
    let values = try arguments.bound(to: ["sep", "maxsplit"], of: method)
    let limit = try values[1]?.wholeNumber(for: method) ?? -1
    let most = limit < 0 ? Int.max : limit
    var pieces: [Text]
    if let separator = values[0], !separator.isNone {
      let separator = try separator.text(for: method)
      guard !separator.isEmpty else {
        throw TemplateError.Reason.wrongValue(operation: method, found: "an empty separator", expected: "another")
      }
      pieces = text.split(by: separator, atMost: most, fromRight: fromRight)
    } else {
      pieces = fromRight ? text.wordsFromRight(atMost: most) : text.words(atMost: most)
    }
    try interpreter.reserve(text.count + pieces.count)
    return try .list(pieces.map(Value.text))
  }

  private static func partition(
    _ text: Text, _ arguments: Arguments, _ interpreter: Interpreter, of method: String, fromRight: Bool
  ) throws -> Value {
    let separator = try (try arguments.positional(1...1, of: method)[0] ?? .none).text(for: method)
    guard !separator.isEmpty else {
      throw TemplateError.Reason.wrongValue(operation: method, found: "an empty separator", expected: "another")
    }
    try interpreter.reserve(text.count)
    let whole = 0..<text.count
    let place = fromRight ? text.lastIndex(of: separator, in: whole) : text.firstIndex(of: separator, in: whole)
    let empty = Value.text(Text(isMarkup: text.isMarkup))
    guard let place else { return try .tuple(fromRight ? [empty, empty, .text(text)] : [.text(text), empty, empty]) }
    let end = place + separator.count
    return try .tuple([.text(text[0..<place]), .text(text[place..<end]), .text(text[end..<text.count])])
  }
}

extension Text {
  func split(by separator: Text, atMost most: Int, fromRight: Bool) -> [Text] {
    guard fromRight else { return pieces(between: indices(of: separator, atMost: most), separator: separator.count) }
    var found: [Int] = []
    var end = count
    while found.count < most, let place = lastIndex(of: separator, in: 0..<end) {
      found.append(place)
      end = place
    }
    return pieces(between: found.reversed(), separator: separator.count)
  }

  /// The words between runs of white space; after `most` of them the rest is the last piece.
  func words(atMost most: Int) -> [Text] {
    var words: [Text] = []
    var rest = scalars.drop(while: \.isPythonSpace)
    while let end = rest.firstIndex(where: \.isPythonSpace), words.count < most {
      words.append(self[rest.startIndex..<end])
      rest = rest[end...].drop(while: \.isPythonSpace)
    }
    return rest.isEmpty ? words : words + [self[rest.startIndex..<count]]
  }

  func wordsFromRight(atMost most: Int) -> [Text] {
    var words: [Text] = []
    var end = (scalars.lastIndex { !$0.isPythonSpace } ?? -1) + 1
    while words.count < most, let space = scalars[..<end].lastIndex(where: \.isPythonSpace) {
      words.append(self[space + 1..<end])
      end = (scalars[..<space].lastIndex { !$0.isPythonSpace } ?? -1) + 1
    }
    return end == 0 ? words.reversed() : [self[0..<end]] + words.reversed()
  }

  /// The lines, at all the line breaks that Python knows.
  func lines(keepingEnds: Bool = false) -> [Text] {
    var lines: [Text] = []
    var start = 0
    var index = 0
    while index < count {
      guard scalars[index].isLineBreak else {
        index += 1
        continue
      }
      let isPair = scalars[index] == "\r" && index + 1 < count && scalars[index + 1] == "\n"
      let end = index + (isPair ? 2 : 1)
      lines.append(self[start..<(keepingEnds ? end : index)])
      (start, index) = (end, end)
    }
    return start < count ? lines + [self[start..<count]] : lines
  }
}

extension Interpreter {
  /// A text with a part replaced, `most` times when that is not negative.
  func replaced(_ text: Text, _ old: Text, _ new: Text, atMost most: Int = -1) throws -> Text {
    let places = text.indices(of: old, atMost: most < 0 ? .max : most)
    guard !places.isEmpty else { return text }
    let new = text.isMarkup ? try escaped(new) : new
    try reserve(new.count, times: places.count)
    try reserve(text.count)
    if old.isEmpty { return interleaved(text, new, at: places.count) }
    let pieces = text.pieces(between: places, separator: old.count)
    return Text(pieces.map(\.scalars).joined(separator: new.scalars), isMarkup: text.isMarkup)
  }

  /// A text with another before each of its first characters.
  private func interleaved(_ text: Text, _ new: Text, at count: Int) -> Text {
    var result = Text(isMarkup: text.isMarkup)
    for (index, scalar) in text.scalars.enumerated() {
      if index < count { result.scalars += new.scalars }
      result.scalars.append(scalar)
    }
    if count > text.count { result.scalars += new.scalars }
    return result
  }

  func joined(_ texts: [Text], by separator: Text) throws -> Text {
    let texts = separator.isMarkup ? try texts.map(escaped) : texts
    try reserve(separator.count, times: texts.count)
    try reserve(texts.reduce(0) { $0 + $1.count })
    return Text(texts.map(\.scalars).joined(separator: separator.scalars), isMarkup: separator.isMarkup)
  }
}
