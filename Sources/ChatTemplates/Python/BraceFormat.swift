/// `"{0} {name!r:>10}".format(…)`.
extension Interpreter {
  func formatted(_ format: Text, arguments: Arguments) throws -> Text {
    var formatter = BraceFormatter(arguments: arguments, interpreter: self, isMarkup: format.isMarkup)
    return Text(try formatter.run(format.scalars[...], levels: 2).scalars, isMarkup: format.isMarkup)
  }
}

/// One use of `str.format`.
private struct BraceFormatter {
  let arguments: Arguments
  let interpreter: Interpreter
  let isMarkup: Bool
  /// The number of the next field without one, or `nil` after a field with a number.
  private var nextNumber: Int? = 0

  init(arguments: Arguments, interpreter: Interpreter, isMarkup: Bool) {
    self.arguments = arguments
    self.interpreter = interpreter
    self.isMarkup = isMarkup
  }

  private func failure(found: String, expected: String) -> TemplateError.Reason {
    .wrongValue(operation: "format", found: found, expected: expected)
  }

  /// - Parameter levels: How deep fields may still be nested: a field's format may hold fields, but no more.
  mutating func run(_ format: ArraySlice<Unicode.Scalar>, levels: Int) throws -> Text {
    guard levels >= 0 else { throw failure(found: "fields in fields in fields", expected: "one level less") }
    try interpreter.reserve(format.count)
    var result = Text()
    var rest = format
    while let next = rest.popFirst() {
      if next != "{" && next != "}" {
        result.scalars.append(next)
      } else if rest.first == next {
        result.scalars.append(next)
        rest = rest.dropFirst()
      } else {
        guard next == "{" else { throw failure(found: "'}'", expected: "'}}' or a field") }
        result.scalars += try field(&rest, levels: levels).scalars
      }
    }
    return result
  }

  private mutating func field(_ rest: inout ArraySlice<Unicode.Scalar>, levels: Int) throws -> Text {
    guard let end = endOfField(rest) else { throw failure(found: "'{'", expected: "'}' after it") }
    let inside = rest[..<end]
    rest = rest[(end + 1)...]
    let nameEnd = endOfName(inside)
    var tail = inside[nameEnd...]
    var value = try value(named: inside[..<nameEnd])
    if tail.first == "!" {
      guard let mark = tail.dropFirst().first, tail.count == 2 || tail.dropFirst(2).first == ":" else {
        throw failure(found: "a conversion without a name", expected: "'!r', '!s' or '!a'")
      }
      value = try converted(value, mark)
      tail = tail.dropFirst(2)
    }
    let specification = try run(tail.dropFirst(), levels: levels - 1)
    let text = try interpreter.formatted(value, specification)
    return isMarkup ? try interpreter.escaped(text) : text
  }

  private func endOfField(_ rest: ArraySlice<Unicode.Scalar>) -> Int? {
    var depth = 0
    for index in rest.indices {
      if rest[index] == "{" { depth += 1 }
      if rest[index] == "}" {
        if depth == 0 { return index }
        depth -= 1
      }
    }
    return nil
  }

  private func endOfName(_ inside: ArraySlice<Unicode.Scalar>) -> Int {
    var isInBrackets = false
    for index in inside.indices {
      if inside[index] == "[" { isInBrackets = true }
      if inside[index] == "]" { isInBrackets = false }
      if !isInBrackets && (inside[index] == "!" || inside[index] == ":") { return index }
    }
    return inside.endIndex
  }

  private func converted(_ value: Value, _ mark: Unicode.Scalar) throws -> Value {
    switch mark {
    case "s": .text(try interpreter.string(of: value))
    case "r": .text(try interpreter.representation(of: value))
    case "a": .text(try interpreter.representation(of: value).asciiEscaped)
    default: throw failure(found: "the conversion '\(mark)'", expected: "'r', 's' or 'a'")
    }
  }

  /// The value of a name such as `0.role` or `message[content]`.
  private mutating func value(named name: ArraySlice<Unicode.Scalar>) throws -> Value {
    var rest = name
    let first = Text(rest.prefix { $0 != "." && $0 != "[" })
    rest = rest.dropFirst(first.count)
    var value = try argument(first)
    while let mark = rest.popFirst() {
      let isItem = mark == "["
      let part = Text(rest.prefix { isItem ? $0 != "]" : $0 != "." && $0 != "[" })
      rest = rest.dropFirst(part.count)
      guard !part.isEmpty, !isItem || rest.popFirst() == "]" else {
        throw failure(found: "'\(Text(name).string)'", expected: "a name, '.name' or '[key]'")
      }
      let key: Value =
        part.scalars.allSatisfy(\.isASCIIDigit) ? Int(part.string).map(Value.integer) ?? .text(part) : .text(part)
      value = try isItem ? interpreter.item(key, of: value) : interpreter.attribute(part, of: value)
    }
    return value
  }

  private mutating func argument(_ name: Text) throws -> Value {
    if name.isEmpty || name.scalars.allSatisfy(\.isASCIIDigit) {
      let number = name.isEmpty ? nextNumber : Int(name.string)
      guard let number, name.isEmpty || nextNumber == nil || nextNumber == 0 else {
        throw failure(found: "fields with and without numbers", expected: "one kind")
      }
      nextNumber = name.isEmpty ? number + 1 : nil
      guard number < arguments.positional.count else {
        throw failure(found: "field \(number)", expected: "one of the \(arguments.positional.count) values")
      }
      return arguments.positional[number]
    }
    guard let value = arguments.keywords.first(where: { $0.name == name.string })?.value else {
      throw failure(found: "field '\(name.string)'", expected: "a value of that name")
    }
    return value
  }
}

extension Interpreter {
  /// `format(value, specification)`.
  func formatted(_ value: Value, _ specification: Text) throws -> Text {
    if specification.isEmpty { return try string(of: value) }
    let format = try NumberFormat(specification)
    try reserve(format.width)
    try reserve(format.precision ?? 0)
    if case .text(let text) = value { return try formatted(text, format) }
    var text: String?
    if let number = value.index, !"eEfFgG%".contains(format.type ?? "d") {
      if format.precision == nil, !format.dropsNegativeZero, "bcdoxXn".contains(format.type ?? "d") {
        text =
          format.type == "c" ? Unicode.Scalar(UInt32(truncatingIfNeeded: number)).map(String.init) : format.text(number)
      }
    } else if let number = value.double {
      text = format.text(number)
    }
    guard let text else {
      throw TemplateError.Reason.wrongType(
        operation: "format '\(specification.string)'", found: value.typeName, expected: "a value of that format")
    }
    return Text(text)
  }

  private func formatted(_ text: Text, _ format: NumberFormat) throws -> Text {
    guard format.type == nil || format.type == "s", format.sign == nil, format.grouping == nil, !format.isAlternate,
      !format.dropsNegativeZero,
      format.alignment != .inside || format.fill == "0"
    else { throw TemplateError.Reason.wrongType(operation: "format", found: "a str", expected: "a number") }
    var format = format
    if format.alignment == .inside { format.alignment = .left }
    return format.text(text)
  }
}

extension NumberFormat {
  /// Reads `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.
  init(_ specification: Text) throws {
    self.init()
    var rest = specification.scalars[...]
    if let mark = rest.dropFirst().first, let alignment = Alignment(rawValue: mark), let fill = rest.first {
      (self.fill, self.alignment) = (fill, alignment)
      rest = rest.dropFirst(2)
    } else if let mark = rest.first, let alignment = Alignment(rawValue: mark) {
      self.alignment = alignment
      rest = rest.dropFirst()
    }
    if let mark = rest.first, mark == "+" || mark == "-" || mark == " " { sign = rest.popFirst() }
    if rest.first == "z" { dropsNegativeZero = rest.popFirst() != nil }
    if rest.first == "#" { isAlternate = rest.popFirst() != nil }
    if rest.first == "0" {
      if alignment == nil { (fill, alignment) = ("0", .inside) }
      rest = rest.dropFirst()
    }
    width = try Self.number(&rest) ?? 0
    if let mark = rest.first, mark == "," || mark == "_" { grouping = rest.popFirst().map(Character.init) }
    if rest.first == "." {
      rest = rest.dropFirst()
      precision = try Self.number(&rest)
      if precision == nil { throw Self.failure(specification) }
    }
    type = rest.popFirst().map(Character.init)
    guard rest.isEmpty else { throw Self.failure(specification) }
  }

  private static func number(_ rest: inout ArraySlice<Unicode.Scalar>) throws -> Int? {
    let digits = rest.prefix(while: \.isASCIIDigit)
    rest = rest.dropFirst(digits.count)
    guard !digits.isEmpty else { return nil }
    guard let value = Int(Text(digits).string) else { throw TemplateError.Reason.integerOverflow }
    return value
  }

  private static func failure(_ specification: Text) -> TemplateError.Reason {
    .wrongValue(
      operation: "format", found: "'\(specification.string)'",
      expected: "[[fill]align][sign][z][#][0][width][grouping][.precision][type]")
  }
}
