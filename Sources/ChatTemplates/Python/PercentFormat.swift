/// `format % values`, as in C's `printf`.
extension Interpreter {
  func formatted(_ format: Text, _ values: Value) throws -> Text {
    var formatter = PercentFormatter(format: format, values: values, interpreter: self)
    return try formatter.run()
  }
}

/// One use of `%` on a text.
private struct PercentFormatter {
  private let interpreter: Interpreter
  private let format: Text
  private let values: Value
  private var rest: ArraySlice<Unicode.Scalar>
  /// Values that were not used yet.
  private var remaining: ArraySlice<Value>
  private var result = Text()

  init(format: Text, values: Value, interpreter: Interpreter) {
    self.interpreter = interpreter
    self.format = format
    self.values = values
    rest = format.scalars[...]
    if case .sequence(let sequence) = values, sequence.kind.isTuple {
      remaining = sequence.elements[...]
    } else {
      remaining = [values]
    }
    result.isMarkup = format.isMarkup
  }

  private func failure(found: String, expected: String) -> TemplateError.Reason {
    .wrongValue(operation: "%", found: found, expected: expected)
  }

  mutating func run() throws -> Text {
    try interpreter.reserve(format.count)
    while let next = rest.popFirst() {
      if next == "%" {
        try field()
      } else {
        result.scalars.append(next)
      }
    }
    guard remaining.isEmpty || isMapping else {
      throw failure(found: "\(remaining.count) more values", expected: "a field for each value")
    }
    return result
  }

  /// Whether values may be left over: Python asks only tuples and plain values.
  private var isMapping: Bool {
    switch values {
    case .dictionary, .range, .undefined: true
    case .sequence(let sequence): sequence.kind == .list
    default: false
    }
  }

  private mutating func field() throws {
    var named: Value?
    if rest.first == "(" {
      guard case .dictionary(let dictionary) = values, let end = rest.firstIndex(of: ")") else {
        throw failure(found: "a field with a name", expected: "a dict and a name in parentheses")
      }
      let name = Text(rest[(rest.startIndex + 1)..<end])
      guard let value = dictionary[name] else {
        throw failure(found: "'\(name.string)'", expected: "a key of the dict")
      }
      named = value
      rest = rest[(end + 1)...]
    }
    var field = NumberFormat()
    let isLeft = try flags(of: &field)
    rest = rest.drop { "hlL".unicodeScalars.contains($0) }
    guard let type = rest.popFirst() else { throw failure(found: "the end", expected: "the type of a field") }
    if type == "%" { return result.scalars.append("%") }
    guard let value = named ?? remaining.popFirst() else {
      throw failure(found: "too few values", expected: "a value for each field")
    }
    try interpreter.reserve(field.width)
    try interpreter.reserve(field.precision ?? 0)
    if isLeft {
      field.alignment = .left
      field.fill = " "
    }
    try write(value, as: type, &field)
  }

  /// Reads flags, width and precision; true when the field is aligned to the left.
  private mutating func flags(of field: inout NumberFormat) throws -> Bool {
    var isLeft = false
    flags: while let flag = rest.first {
      switch flag {
      case "-": isLeft = true
      case "+": field.sign = "+"
      case " ": field.sign = field.sign ?? " "
      case "#": field.isAlternate = true
      case "0": (field.fill, field.alignment) = ("0", .inside)
      default: break flags
      }
      rest = rest.dropFirst()
    }
    if let width = try number() {
      field.width = Int(width.magnitude)
      if width < 0 { isLeft = true }
    }
    if rest.first == "." {
      rest = rest.dropFirst()
      field.precision = max(0, try number() ?? 0)
    }
    return isLeft
  }

  private mutating func number() throws -> Int? {
    if rest.first == "*" {
      rest = rest.dropFirst()
      guard let value = remaining.popFirst() else { throw failure(found: "too few values", expected: "a width") }
      return try value.wholeNumber(for: "%")
    }
    let digits = rest.prefix(while: \.isASCIIDigit)
    guard !digits.isEmpty else { return nil }
    rest = rest.dropFirst(digits.count)
    guard let value = Int(Text(digits).string) else { throw TemplateError.Reason.integerOverflow }
    return value
  }

  private mutating func write(_ value: Value, as type: Unicode.Scalar, _ field: inout NumberFormat) throws {
    switch type {
    case "s", "r", "a":
      if field.fill == "0" { (field.fill, field.alignment) = (" ", .right) }
      field.alignment = field.alignment ?? .right
      var text = try type == "s" ? interpreter.string(of: value) : interpreter.representation(of: value)
      if type == "a" { text = text.asciiEscaped }
      if format.isMarkup { text = try interpreter.escaped(text) }
      result.scalars += field.text(text).scalars
    case "d", "i", "u": result.append(field.text(try integer(value, truncating: true)) ?? "")
    case "o", "x", "X":
      field.type = Character(type)
      result.append(field.text(try integer(value, truncating: false)) ?? "")
    case "e", "E", "f", "F", "g", "G":
      field.type = Character(type)
      result.append(field.text(try float(value)) ?? "")
    case "c":
      field.alignment = field.alignment == .left ? .left : .right
      (field.fill, field.precision) = (" ", nil)
      result.scalars += field.text(try character(value)).scalars
    default: throw failure(found: "the type '\(type)'", expected: "one of d i u o x X e E f F g G c r s a %")
    }
  }

  private func integer(_ value: Value, truncating: Bool) throws -> Int {
    if truncating, case .float(let number) = value { return try number.truncated }
    return try value.wholeNumber(for: "%")
  }

  private func float(_ value: Value) throws -> Double {
    guard let number = value.double else {
      throw TemplateError.Reason.wrongType(operation: "%", found: value.typeName, expected: "a number")
    }
    return number
  }

  private func character(_ value: Value) throws -> Text {
    if case .text(let text) = value, text.count == 1 { return text }
    guard let number = UInt32(exactly: try value.wholeNumber(for: "%c")), let scalar = Unicode.Scalar(number) else {
      throw failure(found: "no character", expected: "one character or its number")
    }
    return Text([scalar])
  }
}

extension Text {
  /// The text with escapes for all but ASCII, as in `ascii`.
  var asciiEscaped: Text {
    Text(scalars.flatMap { $0.isASCII ? [$0] : Array($0.pythonEscape.unicodeScalars) })
  }
}
