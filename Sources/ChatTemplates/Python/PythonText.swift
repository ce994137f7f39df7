/// Python's `str` and `repr`.
extension Interpreter {
  /// What `str` gives, which is also what a template prints.
  func string(of value: Value) throws -> Text {
    switch value {
    case .text(let text): return text
    case .undefined: return ""
    case .integer(let number): return Text(String(number))
    default: return try representation(of: value)
    }
  }

  /// What `repr` gives.
  func representation(of value: Value) throws -> Text {
    var text = Text()
    try write(value, to: &text, depth: 0)
    try reserve(text.count)
    return text
  }

  private func write(_ value: Value, to text: inout Text, depth: Int) throws {
    try spend()
    guard depth <= TemplateLimits.valueDepth else {
      throw TemplateError.Reason.limit(.valueDepth, TemplateLimits.valueDepth)
    }
    guard text.count <= limits.outputBytes else { throw TemplateError.Reason.limit(.characters, limits.characters) }
    switch value {
    case .undefined: text.append("Undefined")
    case .none: text.append("None")
    case .bool(let value): text.append(value ? "True" : "False")
    case .integer(let value): text.append(String(value))
    case .float(let value): text.append(value.pythonDescription)
    case .text(let value):
      try spend(value.count / 32)
      text.append(value.isMarkup ? "Markup(\(value.quoted))" : value.quoted)
    case .sequence(let sequence): try write(sequence, to: &text, depth: depth)
    case .dictionary(let dictionary): try write(dictionary, to: &text, depth: depth)
    case .range(let range):
      let step = range.step == 1 ? "" : ", \(range.step)"
      text.append("range(\(range.start), \(range.stop)\(step))")
    case .iterator: text.append("<generator object>")
    case .object(let object): try write(object, to: &text, depth: depth)
    }
  }

  private func write(_ sequence: ValueSequence, to text: inout Text, depth: Int) throws {
    let (start, end) =
      switch sequence.kind {
      case .list: ("[", "]")
      case .tuple, .group: ("(", sequence.elements.count == 1 ? ",)" : ")")
      case .keys, .values, .items: ("\(sequence.kind.typeName)([", "])")
      }
    text.append(start)
    for (index, element) in sequence.elements.enumerated() {
      if index > 0 { text.append(", ") }
      try write(element, to: &text, depth: depth + 1)
    }
    text.append(end)
  }

  private func write(_ dictionary: ValueDictionary, to text: inout Text, depth: Int) throws {
    text.append("{")
    for (index, (key, value)) in dictionary.entries.enumerated() {
      if index > 0 { text.append(", ") }
      try write(key, to: &text, depth: depth + 1)
      text.append(": ")
      try write(value, to: &text, depth: depth + 1)
    }
    text.append("}")
  }

  private func write(_ object: any TemplateObject, to text: inout Text, depth: Int) throws {
    guard let namespace = object as? Namespace else { return text.append("<\(object.typeName)>") }
    text.append("<Namespace ")
    try write(
      try ValueDictionary(namespace.entries.map { (.text($0.name), $0.value) }), to: &text, depth: depth + 1)
    text.append(">")
  }
}

extension Text {
  mutating func append(_ string: String) { scalars.append(contentsOf: string.unicodeScalars) }

  /// The text as Python's `repr` writes a `str`: in single quotes, unless it has those and no double ones.
  var quoted: String {
    let quote: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
    var result = String.UnicodeScalarView([quote])
    for scalar in scalars {
      switch scalar {
      case quote, "\\": result.append(contentsOf: ["\\", scalar])
      case "\n": result.append(contentsOf: "\\n".unicodeScalars)
      case "\r": result.append(contentsOf: "\\r".unicodeScalars)
      case "\t": result.append(contentsOf: "\\t".unicodeScalars)
      default:
        if scalar.isPythonPrintable {
          result.append(scalar)
        } else {
          result.append(contentsOf: scalar.pythonEscape.unicodeScalars)
        }
      }
    }
    result.append(quote)
    return String(result)
  }
}

extension Unicode.Scalar {
  /// `\xhh`, `\uhhhh` or `\Uhhhhhhhh`.
  var pythonEscape: String {
    let digits = String(value, radix: 16)
    let (mark, width) = value < 0x100 ? ("\\x", 2) : value < 0x10000 ? ("\\u", 4) : ("\\U", 8)
    return mark + String(repeating: "0", count: width - digits.count) + digits
  }
}

extension Double {
  /// The shortest digits that give the number again, with an exponent below 1e-4 and from 1e16 on.
  var pythonDescription: String {
    if isNaN { return "nan" }
    if isInfinite { return self < 0 ? "-inf" : "inf" }
    let sign = self.sign == .minus ? "-" : ""
    let (digits, exponent) = magnitude.shortestDigits
    if exponent < -4 || exponent >= 16 {
      let mantissa = digits.count == 1 ? digits : "\(digits.prefix(1)).\(digits.dropFirst())"
      let size = Swift.abs(exponent)
      return "\(sign)\(mantissa)e\(exponent < 0 ? "-" : "+")\(size < 10 ? "0" : "")\(size)"
    }
    if exponent < 0 { return "\(sign)0.\(String(repeating: "0", count: -exponent - 1))\(digits)" }
    let padded = digits + String(repeating: "0", count: max(0, exponent + 1 - digits.count))
    let fraction = padded.dropFirst(exponent + 1)
    return "\(sign)\(padded.prefix(exponent + 1)).\(fraction.isEmpty ? "0" : fraction)"
  }

  /// The shortest digits d₀d₁… with d₀.d₁… · 10^exponent equal to this number, which is not negative.
  var shortestDigits: (digits: String, exponent: Int) {
    if self == 0 { return ("0", 0) }
    let parts = description.split(separator: "e")
    let shift = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let fraction = mantissa.count > 1 && mantissa[1] != "0" ? String(mantissa[1]) : ""
    let all = String(mantissa[0]) + fraction
    let leading = all.prefix { $0 == "0" }.count
    var digits = String(all.dropFirst(leading))
    while digits.count > 1 && digits.hasSuffix("0") { digits.removeLast() }
    return (digits, mantissa[0].count - 1 - leading + shift)
  }
}
