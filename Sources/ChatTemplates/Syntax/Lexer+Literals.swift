/// Names, numbers and strings inside tags.
extension Lexer {
  typealias Literal = (kind: Token.Kind, end: Int)

  /// The name or literal that starts here, or `nil` when a symbol does.
  func numberOrNameOrString() throws -> Literal? {
    let next = source[position]
    if next.isASCIIDigit { return try float() ?? integer() }
    if next == "'" || next == "\"" { return try string(quote: next) }
    return try name()
  }

  private func name() throws -> Literal? {
    let end = source[position...].firstIndex { !($0.isWordCharacter || $0.properties.isXIDContinue) } ?? source.count
    guard end > position else { return nil }
    let scalars = source[position..<end]
    guard source[position] == "_" || source[position].properties.isXIDStart,
      scalars.allSatisfy(\.properties.isXIDContinue)
    else { throw failure(found: "'\(Text(scalars).string)'", expected: "a name of letters, digits and '_'") }
    return (.name(Text(scalars).string), end)
  }

  // MARK: - Numbers

  /// The end of digits with single underscores between them, or `nil` when none start at `start`.
  private func digits(from start: Int, where isDigit: (Unicode.Scalar) -> Bool = \.isASCIIDigit) -> Int? {
    var end = start
    while let next = scalar(at: end) {
      if isDigit(next) {
        end += 1
      } else if next == "_", end > start, scalar(at: end + 1).map(isDigit) == true {
        end += 2
      } else {
        break
      }
    }
    return end > start ? end : nil
  }

  private func float() -> Literal? {
    guard position == 0 || source[position - 1] != ".", let whole = digits(from: position) else { return nil }
    let fraction = scalar(at: whole) == "." ? digits(from: whole + 1) : nil
    guard let end = exponent(from: fraction ?? whole) ?? fraction else { return nil }
    let text = Text(source[position..<end].filter { $0 != "_" }).string
    return Double(text).map { (.float($0), end) }
  }

  private func exponent(from start: Int) -> Int? {
    guard let mark = scalar(at: start), mark == "e" || mark == "E" else { return nil }
    let sign = scalar(at: start + 1)
    return digits(from: start + (sign == "+" || sign == "-" ? 2 : 1))
  }

  private func integer() throws -> Literal? {
    let (radix, start, end) = try wholeNumber()
    let text = Text(source[start..<end].filter { $0 != "_" }).string
    guard let value = Int(text, radix: radix) else { throw TemplateError(line: line, reason: .integerOverflow) }
    return (.integer(value), end)
  }

  private func wholeNumber() throws -> (radix: Int, start: Int, end: Int) {
    if source[position] == "0", let mark = scalar(at: position + 1) {
      let radix: UInt32? =
        switch mark {
        case "b", "B": 2
        case "o", "O": 8
        case "x", "X": 16
        default: nil
        }
      let start = scalar(at: position + 2) == "_" ? position + 3 : position + 2
      if let radix, let end = digits(from: start, where: { ($0.hexDigitValue ?? 99) < radix }) {
        return (Int(radix), start, end)
      }
      return (10, position, digits(from: position, where: { $0 == "0" }) ?? position + 1)
    }
    return (10, position, digits(from: position) ?? position + 1)
  }

  // MARK: - Strings

  private func string(quote: Unicode.Scalar) throws -> Literal {
    var end = position + 1
    while let next = scalar(at: end), next != quote { end += next == "\\" ? 2 : 1 }
    guard end < source.count else {
      throw failure(found: "the end of the template", expected: "the end of a string, \(quote)")
    }
    return (.string(Text(try unescaped(Array(source[position + 1..<end])))), end + 1)
  }

  private static let simpleEscapes: [Unicode.Scalar: Unicode.Scalar] = [
    "\\": "\\", "'": "'", "\"": "\"", "a": "\u{7}", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t",
    "v": "\u{B}",
  ]

  /// The characters of a string, with Python's escapes replaced.
  private func unescaped(_ characters: [Unicode.Scalar]) throws -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var rest = characters[...]
    while let next = rest.popFirst() {
      guard next == "\\", let mark = rest.popFirst() else {
        result.append(next)
        continue
      }
      switch mark {
      case "\n": break
      case "x": result.append(try escapedScalar(&rest, digits: 2))
      case "u": result.append(try escapedScalar(&rest, digits: 4))
      case "U": result.append(try escapedScalar(&rest, digits: 8))
      case "N": throw failure(found: "the escape '\\N'", expected: "the character itself, or '\\u' and its number")
      case "0"..."7": result.append(try octalScalar(mark, &rest))
      default: result += Self.simpleEscapes[mark].map { [$0] } ?? ["\\"] + Self.backslashReplaced(mark)
      }
    }
    return result
  }

  /// What Python makes of a character after a backslash that starts no escape: others than ASCII become an escape's text.
  private static func backslashReplaced(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    guard scalar.value >= 0x80 else { return [scalar] }
    let digits = String(scalar.value, radix: 16)
    let (mark, width) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
    return Array((mark + String(repeating: "0", count: width - digits.count) + digits).unicodeScalars)
  }

  private func escapedScalar(_ rest: inout ArraySlice<Unicode.Scalar>, digits: Int) throws -> Unicode.Scalar {
    let values = rest.prefix(digits).compactMap(\.hexDigitValue)
    guard values.count == digits, let scalar = Unicode.Scalar(values.reduce(0) { $0 << 4 | $1 }) else {
      throw failure(found: "an escape without a character's number", expected: "\(digits) hexadecimal digits")
    }
    rest = rest.dropFirst(digits)
    return scalar
  }

  private func octalScalar(_ first: Unicode.Scalar, _ rest: inout ArraySlice<Unicode.Scalar>) throws -> Unicode.Scalar {
    let more = rest.prefix(2).prefix { ("0"..."7").contains($0) }
    rest = rest.dropFirst(more.count)
    let value = ([first] + more).reduce(UInt32(0)) { $0 << 3 | ($1.value - 0x30) }
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }
}
