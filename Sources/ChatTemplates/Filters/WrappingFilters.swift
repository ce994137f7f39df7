/// Filters that shape lines.
enum WrappingFilters {
  static let all: [String: FilterTable.Filter] = [
    "indent": { try indented($1, $2, $0) },
    "wordwrap": { try wrapped($1, $2, $0) },
  ]

  private static func indented(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let values = try arguments.bound(to: ["width", "first", "blank"], of: "indent")
    var indent: Text
    if case .text(let text) = values[0] {
      indent = text
    } else {
      let width = try values[0]?.wholeNumber(for: "indent") ?? 4
      try interpreter.reserve(max(0, width))
      indent = Text(" ").repeated(width)
    }
    let text = try value.text(for: "indent")
    let lines = (text + "\n").lines()
    try interpreter.reserve(indent.count, times: lines.count)
    try interpreter.reserve(text.count)
    let isBlankIndented = values[2]?.isTrue ?? false
    var result = values[1]?.isTrue ?? false ? indent : Text()
    for (index, line) in lines.enumerated() {
      if index > 0 { result.append("\n") }
      if index > 0 && (isBlankIndented || !line.isEmpty) { result.scalars += indent.scalars }
      result.scalars += line.scalars
    }
    result.isMarkup = text.isMarkup
    return .text(result)
  }

  private static func wrapped(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let names = ["width", "break_long_words", "wrapstring", "break_on_hyphens"]
    let values = try arguments.bound(to: names, of: "wordwrap")
    let width = try values[0]?.wholeNumber(for: "wordwrap") ?? 79
    let separator = try values[2].flatMap { $0.isNone ? nil : $0 }?.text(for: "wordwrap") ?? "\n"
    guard width > 0 else {
      throw TemplateError.Reason.wrongValue(operation: "wordwrap", found: "width \(width)", expected: "at least 1")
    }
    let wrapping = Wrapping(
      width: width, breaksLongWords: values[1]?.isTrue ?? true, breaksOnHyphens: values[3]?.isTrue ?? true)
    let text = try value.text(for: "wordwrap")
    try interpreter.reserve(text.count)
    let lines = text.lines().map { Text(wrapping.lines(of: $0).map(\.scalars).joined(separator: separator.scalars)) }
    return .text(try interpreter.joined(lines, by: separator.plain))
  }
}

/// How `textwrap.wrap` breaks a paragraph.
private struct Wrapping {
  let width: Int
  let breaksLongWords: Bool
  let breaksOnHyphens: Bool

  func lines(of paragraph: Text) -> [Text] {
    var chunks = Array(chunks(of: paragraph).reversed())
    var lines: [Text] = []
    while !chunks.isEmpty {
      if isSpace(chunks.last) && !lines.isEmpty { chunks.removeLast() }
      var line: [Text] = []
      var length = 0
      while let next = chunks.last, length + next.count <= width {
        line.append(chunks.removeLast())
        length += next.count
      }
      if let next = chunks.last, next.count > width {
        breakLongWord(&chunks, next, into: &line, length: length)
        length = line.reduce(0) { $0 + $1.count }
      }
      if isSpace(line.last) { line.removeLast() }
      if !line.isEmpty { lines.append(Text(line.flatMap(\.scalars))) }
    }
    return lines
  }

  private func isSpace(_ chunk: Text?) -> Bool {
    chunk?.scalars.allSatisfy { Self.spaces.contains($0) } ?? false
  }

  private static let spaces: Set<Unicode.Scalar> = ["\t", "\n", "\u{B}", "\u{C}", "\r", " "]

  private func breakLongWord(_ chunks: inout [Text], _ word: Text, into line: inout [Text], length: Int) {
    let room = width - length
    if breaksLongWords {
      var end = room
      if breaksOnHyphens, word.count > room, let hyphen = word.scalars[..<room].lastIndex(of: "-"), hyphen > 0,
        word.scalars[..<hyphen].contains(where: { $0 != "-" })
      {
        end = hyphen + 1
      }
      line.append(word[0..<end])
      chunks[chunks.count - 1] = word[end..<word.count]
    } else if line.isEmpty {
      line.append(chunks.removeLast())
    }
  }

  /// White space, words, and parts of words that a hyphen ends.
  private func chunks(of text: Text) -> [Text] {
    var chunks: [Text] = []
    var start = 0
    for index in 1..<max(1, text.count) where isBoundary(text.scalars, at: index, start: start) {
      chunks.append(text[start..<index])
      start = index
    }
    return start < text.count ? chunks + [text[start..<text.count]] : chunks
  }

  private func isBoundary(_ scalars: [Unicode.Scalar], at index: Int, start: Int) -> Bool {
    let (isSpaceBefore, isSpaceAfter) = (Self.spaces.contains(scalars[index - 1]), Self.spaces.contains(scalars[index]))
    if isSpaceBefore || isSpaceAfter { return isSpaceBefore != isSpaceAfter }
    guard breaksOnHyphens else { return false }
    return isAtDash(scalars, at: index, start: start) || isAfterHyphen(scalars, at: index, start: start)
  }

  /// Whether a run of two hyphens or more between words starts or ends here.
  private func isAtDash(_ scalars: [Unicode.Scalar], at index: Int, start: Int) -> Bool {
    if scalars[index] == "-", scalars[index - 1] != "-" {
      let run = scalars[index...].prefix { $0 == "-" }
      return run.count >= 2 && run.endIndex < scalars.count && scalars[run.endIndex].isWordCharacter
        && isWordPunctuation(scalars[index - 1])
    }
    guard scalars[index - 1] == "-", scalars[index] != "-", scalars[index].isWordCharacter else { return false }
    let runStart = (scalars[..<index].lastIndex { $0 != "-" } ?? -1) + 1
    return index - runStart >= 2 && runStart > 0 && isWordPunctuation(scalars[runStart - 1]) && runStart == start
  }

  private func isWordPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isWordCharacter || "!\"'&.,?".unicodeScalars.contains(scalar)
  }

  /// Whether a hyphen between letters ends a part of a word here.
  private func isAfterHyphen(_ scalars: [Unicode.Scalar], at index: Int, start: Int) -> Bool {
    func isLetter(_ place: Int) -> Bool {
      scalars.indices.contains(place) && scalars[place].isWordCharacter && !scalars[place].isPythonDecimal
    }
    guard scalars[index - 1] == "-", index - 1 > start else { return false }
    let before =
      (isLetter(index - 2) && isLetter(index - 3))
      || (isLetter(index - 2) && index >= 4 && scalars[index - 3] == "-" && isLetter(index - 4))
    let after =
      isLetter(index)
      && (isLetter(index + 1)
        || (scalars.indices.contains(index + 1) && scalars[index + 1] == "-" && isLetter(index + 2)))
    return before && after
  }
}
