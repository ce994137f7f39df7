import Foundation

/// Filters for numbers, and `default`.
enum NumberFilters {
  static let all: [String: FilterTable.Filter] = [
    "abs": { interpreter, value, arguments in
      _ = try arguments.bound(to: [], of: "abs")
      if case .float(let number) = value { return .float(number.magnitude) }
      let number = try value.wholeNumber(for: "abs")
      return number < 0 ? try interpreter.negated(.integer(number)) : .integer(number)
    },
    "int": { try integer($1, $2, $0) },
    "float": { interpreter, value, arguments in
      let fallback = try arguments.bound(to: ["default"], of: "float")[0] ?? .float(0)
      if case .undefined(let undefined) = value { throw undefined.error }
      if case .text(let text) = value { return text.pythonFloat.map(Value.float) ?? fallback }
      return value.double.map(Value.float) ?? fallback
    },
    "round": { try rounded($1, $2) },
    "default": { _, value, arguments in try orDefault(value, arguments) },
    "d": { _, value, arguments in try orDefault(value, arguments) },
    "filesizeformat": { _, value, arguments in try fileSize(value, arguments) },
  ]

  private static func orDefault(_ value: Value, _ arguments: Arguments) throws -> Value {
    let values = try arguments.bound(to: ["default_value", "boolean"], of: "default")
    let isReplaced = value.isUndefined || ((values[1]?.isTrue ?? false) && !value.isTrue)
    return isReplaced ? values[0] ?? .text("") : value
  }

  private static func integer(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let values = try arguments.bound(to: ["default", "base"], of: "int")
    let fallback = values[0] ?? .integer(0)
    switch value {
    case .undefined(let undefined): throw undefined.error
    case .bool, .integer: return .integer(try value.wholeNumber(for: "int"))
    case .float(let number): return number.isNaN ? fallback : .integer(try number.truncated)
    case .text(let text):
      let base = try values[1]?.wholeNumber(for: "int") ?? 10
      if let number = try text.pythonInteger(base: base) { return .integer(number) }
      guard let number = text.pythonFloat, number.isFinite else { return fallback }
      return .integer(try number.truncated)
    default: return fallback
    }
  }

  private static func rounded(_ value: Value, _ arguments: Arguments) throws -> Value {
    let values = try arguments.bound(to: ["precision", "method"], of: "round")
    let precision = try values[0]?.wholeNumber(for: "round") ?? 0
    let method = try values[1]?.text(for: "round") ?? "common"
    if case .undefined(let undefined) = value { throw undefined.error }
    guard let number = value.double else {
      throw TemplateError.Reason.wrongType(operation: "round", found: value.typeName, expected: "a number")
    }
    switch method {
    case "common":
      if let whole = value.index { return .integer(try Number.rounded(whole, places: precision)) }
      return .float(Number.rounded(number, places: precision))
    case "ceil", "floor":
      let unit = pow(10, Double(precision))
      let whole = try (number * unit).rounded(method == "ceil" ? .up : .down).truncated
      guard unit != 0 else { throw TemplateError.Reason.divisionByZero }
      return .float(Double(whole) / unit)
    default:
      throw TemplateError.Reason.wrongValue(
        operation: "round", found: "'\(method.string)'", expected: "'common', 'ceil' or 'floor'")
    }
  }

  private static func fileSize(_ value: Value, _ arguments: Arguments) throws -> Value {
    let isBinary = try arguments.bound(to: ["binary"], of: "filesizeformat")[0]?.isTrue ?? false
    var parsed = value.double
    if case .text(let text) = value { parsed = text.pythonFloat }
    guard let bytes = parsed else {
      throw TemplateError.Reason.wrongType(operation: "filesizeformat", found: value.typeName, expected: "a number")
    }
    let base: Double = isBinary ? 1024 : 1000
    if bytes == 1 { return .text("1 Byte") }
    if bytes < base { return .text("\(try bytes.truncated) Bytes") }
    let units = ["k", "M", "G", "T", "P", "E", "Z", "Y"]
    let power = units.indices.first { bytes < pow(base, Double($0 + 2)) } ?? units.count - 1
    let prefix = isBinary ? units[power].uppercased() + "i" : units[power]
    return .text(String(format: "%.1f", base * bytes / pow(base, Double(power + 2))) + " \(prefix)B")
  }
}

extension Text {
  /// `int(text, base)`, or `nil` where Python raises `ValueError`.
  fileprivate func pythonInteger(base: Int) throws -> Int? {
    guard base == 0 || (2...36).contains(base) else { return nil }
    var digits = stripped(where: \.isPythonSpace).scalars[...]
    var sign = ""
    if let first = digits.first, first == "+" || first == "-" {
      sign = String(first)
      digits = digits.dropFirst()
    }
    var radix = base
    let prefix = Text(digits.prefix(2)).lowercased.string
    if let marked = ["0b": 2, "0o": 8, "0x": 16][prefix], base == marked || base == 0 {
      radix = marked
      digits = digits.dropFirst(digits.dropFirst(2).first == "_" ? 3 : 2)
    } else if base == 0 {
      radix = 10
      if digits.first == "0", digits.contains(where: { $0 != "0" && $0 != "_" }) { return nil }
    }
    guard let plain = Text(digits).withoutUnderscores, !plain.isEmpty,
      plain.unicodeScalars.allSatisfy({ $0.digitValue.map { $0 < radix } ?? false })
    else { return nil }
    guard let value = Int(sign + plain, radix: radix) else { throw TemplateError.Reason.integerOverflow }
    return value
  }

  /// The text without single underscores between characters, or `nil` where one stands elsewhere.
  private var withoutUnderscores: String? {
    let isWrong = scalars.first == "_" || scalars.last == "_" || contains("__")
    return isWrong ? nil : Text(scalars.filter { $0 != "_" }).string
  }

  /// `float(text)`, or `nil` where Python raises `ValueError`.
  fileprivate var pythonFloat: Double? {
    guard let text = stripped(where: \.isPythonSpace).withoutUnderscores?.lowercased(), !text.isEmpty else {
      return nil
    }
    let word = text.drop { $0 == "+" || $0 == "-" }
    let isWord = ["inf", "infinity", "nan"].contains(word) && text.count - word.count < 2
    guard isWord || text.unicodeScalars.allSatisfy({ $0.isASCIIDigit || "+-.e".unicodeScalars.contains($0) }) else {
      return nil
    }
    if !isWord, text.hasSuffix(".") { return Double(text + "0") }
    return Double(text.replacing(".e", with: ".0e").replacing("-.", with: "-0.").replacing("+.", with: "+0."))
      ?? Double("0" + text)
  }
}

extension Unicode.Scalar {
  /// The value of a digit or letter as a digit of a base up to 36.
  fileprivate var digitValue: Int? {
    switch value {
    case 0x30...0x39: Int(value) - 0x30
    case 0x41...0x5A: Int(value) - 0x41 + 10
    case 0x61...0x7A: Int(value) - 0x61 + 10
    default: nil
    }
  }
}
