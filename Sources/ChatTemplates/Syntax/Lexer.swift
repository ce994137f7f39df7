/// Cuts a template's source into tokens, as `jinja2.lexer` does with `trim_blocks` and `lstrip_blocks`.
///
/// A newline after a block tag or a comment is dropped, and so is white space before one on its line; `-` in a tag drops
/// all white space on that side, `+` keeps it.
struct Lexer {
  let source: [Unicode.Scalar]
  var position = 0
  var line = 1
  private var tokens: [Token] = []
  /// Whether the last piece ended a line, so that what comes next stands at the start of one.
  private var isLineStart = true
  /// The brackets that are still open inside a tag; no tag ends before they are closed.
  private var expectedClosers: [Unicode.Scalar] = []

  /// The tokens of a template, the last being ``Token/Kind/end``.
  static func tokens(of source: String) throws -> [Token] {
    var lexer = Lexer(source: normalized(Array(source.unicodeScalars)))
    try lexer.readTemplate()
    return lexer.tokens + [Token(kind: .end, line: lexer.line)]
  }

  private init(source: [Unicode.Scalar]) { self.source = source }

  /// The source with `\n` for each line break, without the last one.
  private static func normalized(_ source: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var lines = withNewlines(source)
    if lines.last == "\n" { lines.removeLast() }
    return lines
  }

  /// The same characters with `\n` for `\r\n` and `\r`.
  static func withNewlines(_ source: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(source.count)
    for (index, scalar) in source.enumerated() {
      if scalar == "\r" {
        result.append("\n")
      } else if scalar != "\n" || index == 0 || source[index - 1] != "\r" {
        result.append(scalar)
      }
    }
    return result
  }

  // MARK: - Characters

  func scalar(at index: Int) -> Unicode.Scalar? { index < source.count ? source[index] : nil }

  func failure(found: String, expected: String) -> TemplateError {
    TemplateError(line: line, reason: .syntax(found: found, expected: expected))
  }

  func stands(_ word: StaticString, at index: Int) -> Bool {
    word.withUTF8Buffer { bytes in
      index + bytes.count <= source.count
        && bytes.indices.allSatisfy { source[index + $0].value == UInt32(bytes[$0]) }
    }
  }

  private func afterSpace(_ index: Int) -> Int { source[index...].firstIndex { !$0.isPythonSpace } ?? source.count }

  /// Goes to `end` and counts the lines passed.
  mutating func advance(to end: Int) {
    line += source[position..<end].count { $0 == "\n" }
    isLineStart = end > position ? source[end - 1] == "\n" : isLineStart
    position = end
  }

  mutating func append(_ kind: Token.Kind) { tokens.append(Token(kind: kind, line: line)) }

  // MARK: - Text and tags

  private mutating func readTemplate() throws {
    while position < source.count {
      let start = (position..<source.count).first { source[$0] == "{" && isTag(at: $0) } ?? source.count
      guard start < source.count else {
        append(.data(Text(source[position...])))
        return advance(to: start)
      }
      try readTag(at: start)
    }
  }

  private func isTag(at index: Int) -> Bool {
    switch scalar(at: index + 1) {
    case "%", "{", "#": true
    default: false
    }
  }

  /// The text up to a tag that starts at `start`, and the tag.
  private mutating func readTag(at start: Int) throws {
    let marker = source[start + 1]
    let sign = scalar(at: start + 2).flatMap { $0 == "-" || $0 == "+" ? $0 : nil }
    appendData(to: start, sign: sign, isBlock: marker != "{")
    let inside = start + (sign == nil ? 2 : 3)
    if marker == "%", let content = rawContent(from: inside) {
      advance(to: content)
      return try readRaw()
    }
    switch marker {
    case "#":
      advance(to: inside)
      try skipComment()
    case "%":
      append(.blockBegin)
      advance(to: inside)
      try readCode(isBlock: true)
    default:
      append(.variableBegin)
      advance(to: inside)
      try readCode(isBlock: false)
    }
  }

  /// Appends the text before a tag, less the white space that the tag takes.
  private mutating func appendData(to end: Int, sign: Unicode.Scalar?, isBlock: Bool) {
    let text = source[position..<end]
    var kept = text
    if sign == "-" {
      kept = text[..<((text.lastIndex { !$0.isPythonSpace } ?? position - 1) + 1)]
    } else if sign == nil && isBlock {
      let lineStart = text.lastIndex(of: "\n").map { $0 + 1 } ?? position
      if lineStart > position || isLineStart, text[lineStart...].allSatisfy(\.isPythonSpace) {
        kept = text[..<lineStart]
      }
    }
    if !kept.isEmpty { append(.data(Text(kept))) }
    advance(to: end)
  }

  private mutating func skipComment() throws {
    guard let end = (position..<source.count).first(where: { stands("#}", at: $0) }) else {
      if position == source.count { return }  // Jinja misses the end of a comment only when there is a comment
      throw failure(found: "the end of the template", expected: "'#}' after '{#'")
    }
    let sign = end > position ? source[end - 1] : nil
    advance(to: afterEndTag(end + 2, sign: sign))
  }

  /// Where the source goes on after an end tag that ends at `end`.
  private func afterEndTag(_ end: Int, sign: Unicode.Scalar?) -> Int {
    switch sign {
    case "-": afterSpace(end)
    case "+": end
    default: scalar(at: end) == "\n" ? end + 1 : end
    }
  }

  // MARK: - Raw blocks

  /// Where the content of `{% raw %}` starts, if that is the tag whose inside starts at `index`.
  private func rawContent(from index: Int) -> Int? {
    let word = afterSpace(index)
    guard stands("raw", at: word) else { return nil }
    let end = afterSpace(word + 3)
    if stands("-%}", at: end) { return afterSpace(end + 3) }
    return stands("%}", at: end) ? end + 2 : nil
  }

  private mutating func readRaw() throws {
    for start in position..<source.count where stands("{%", at: start) {
      let sign = scalar(at: start + 2).flatMap { $0 == "-" || $0 == "+" ? $0 : nil }
      let word = afterSpace(start + (sign == nil ? 2 : 3))
      guard stands("endraw", at: word) else { continue }
      let end = afterSpace(word + 6)
      let endSign = scalar(at: end).flatMap { $0 == "-" || $0 == "+" ? $0 : nil }
      let close = end + (endSign == nil ? 0 : 1)
      guard stands("%}", at: close) else { continue }
      appendData(to: start, sign: sign, isBlock: true)
      return advance(to: afterEndTag(close + 2, sign: endSign))
    }
    guard position == source.count else {
      throw failure(found: "the end of the template", expected: "'{% endraw %}'")
    }
  }

  // MARK: - Inside tags

  private mutating func readCode(isBlock: Bool) throws {
    while position < source.count {
      if expectedClosers.isEmpty, let end = endOfTag(isBlock: isBlock) {
        append(isBlock ? .blockEnd : .variableEnd)
        return advance(to: end)
      }
      let next = source[position]
      if next.isPythonSpace {
        advance(to: afterSpace(position))
      } else if let literal = try numberOrNameOrString() {
        append(literal.kind)
        advance(to: literal.end)
      } else {
        try readSymbol()
      }
    }
  }

  private func endOfTag(isBlock: Bool) -> Int? {
    if isBlock {
      if stands("%}", at: position) { return afterEndTag(position + 2, sign: nil) }
      if stands("-%}", at: position) { return afterEndTag(position + 3, sign: "-") }
      return stands("+%}", at: position) ? position + 3 : nil
    }
    if stands("}}", at: position) { return position + 2 }
    return stands("-}}", at: position) ? afterSpace(position + 3) : nil
  }

  private static let symbols: [StaticString] = [
    "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".",
    ":", "|", ",", ";",
  ]
  private static let closers: [Unicode.Scalar: Unicode.Scalar] = ["(": ")", "[": "]", "{": "}"]

  private mutating func readSymbol() throws {
    let next = source[position]
    guard let symbol = Self.symbols.first(where: { stands($0, at: position) }) else {
      throw failure(found: "the character '\(next)'", expected: "an expression or the end of the tag")
    }
    if let closer = Self.closers[next] {
      expectedClosers.append(closer)
    } else if next == ")" || next == "]" || next == "}" {
      let expected = expectedClosers.popLast()
      guard expected == next else {
        throw failure(found: "'\(next)'", expected: expected.map { "'\($0)'" } ?? "the end of the tag")
      }
    }
    append(.symbol("\(symbol)"))
    advance(to: position + symbol.utf8CodeUnitCount)
  }
}
