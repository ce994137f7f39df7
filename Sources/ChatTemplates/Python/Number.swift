import Foundation

/// Python's arithmetic on numbers, but for whole numbers beyond 64 bits, which are an error.
enum Number {
  static func sum(_ left: Int, _ right: Int) throws -> Int { try exact(left.addingReportingOverflow(right)) }
  static func difference(_ left: Int, _ right: Int) throws -> Int {
    try exact(left.subtractingReportingOverflow(right))
  }
  static func product(_ left: Int, _ right: Int) throws -> Int {
    try exact(left.multipliedReportingOverflow(by: right))
  }

  private static func exact(_ result: (partialValue: Int, overflow: Bool)) throws -> Int {
    guard !result.overflow else { throw TemplateError.Reason.integerOverflow }
    return result.partialValue
  }

  /// The quotient, rounded down, and the remainder, which has the divisor's sign.
  static func division(_ left: Int, _ right: Int) throws -> (quotient: Int, remainder: Int) {
    guard right != 0 else { throw TemplateError.Reason.divisionByZero }
    let (quotient, overflow) = left.dividedReportingOverflow(by: right)
    guard !overflow else { throw TemplateError.Reason.integerOverflow }
    let remainder = left % right
    return remainder != 0 && (remainder < 0) != (right < 0) ? (quotient - 1, remainder + right) : (quotient, remainder)
  }

  static func remainder(_ left: Int, _ right: Int) throws -> Int {
    right == -1 ? 0 : try division(left, right).remainder
  }

  static func division(_ left: Double, _ right: Double) throws -> (quotient: Double, remainder: Double) {
    guard right != 0 else { throw TemplateError.Reason.divisionByZero }
    var remainder = fmod(left, right)
    var quotient = (left - remainder) / right
    if remainder != 0 && (remainder < 0) != (right < 0) {
      remainder += right
      quotient -= 1
    }
    if remainder == 0 { remainder = right < 0 ? -0.0 : 0.0 }
    guard quotient != 0 else { return ((left / right).sign == .minus ? -0.0 : 0.0, remainder) }
    let floor = quotient.rounded(.down)
    return (quotient - floor > 0.5 ? floor + 1 : floor, remainder)
  }

  static func power(_ base: Int, _ exponent: Int) throws -> Value {
    if exponent < 0 { return .float(try power(Double(base), Double(exponent))) }
    var (result, square, rest) = (1, base, exponent)
    if base == 0 || base == 1 || base == -1 {
      return .integer(exponent == 0 ? 1 : exponent % 2 == 0 ? base * base : base)
    }
    while rest > 0 {
      if rest & 1 == 1 { result = try product(result, square) }
      rest >>= 1
      if rest > 0 { square = try product(square, square) }
    }
    return .integer(result)
  }

  static func power(_ base: Double, _ exponent: Double) throws -> Double {
    if base == 0 && exponent < 0 { throw TemplateError.Reason.divisionByZero }
    let result = pow(base, exponent)
    let isFinite = base.isFinite && exponent.isFinite
    guard !isFinite || result.isFinite else {
      throw TemplateError.Reason.wrongValue(
        operation: "**", found: "\(base) to the power \(exponent)", expected: "a result that is a real number")
    }
    return result
  }

  /// The number rounded to decimal places, halves to the even digit, as the exact binary value demands.
  static func rounded(_ value: Double, places: Int) -> Double {
    guard value.isFinite, places < 330 else { return value }
    if places >= 0 { return Double(String(format: "%.*f", places, value)) ?? value }
    guard places > -310 else { return value * 0 }
    let unit = pow(10, Double(-places))
    return (value / unit).rounded(.toNearestOrEven) * unit
  }

  /// A whole number rounded to tens, hundreds and so on, halves to the even digit.
  static func rounded(_ value: Int, places: Int) throws -> Int {
    guard places < 0 else { return value }
    guard places > -19 else { return 0 }
    let unit = (0..<(-places)).reduce(1) { unit, _ in unit * 10 }
    let (quotient, remainder) = try division(value, unit)
    let isUp = remainder > unit - remainder || (remainder == unit - remainder && quotient % 2 != 0)
    return try product(isUp ? quotient + 1 : quotient, unit)
  }
}

extension Double {
  /// The whole number towards zero.
  var truncated: Int {
    get throws {
      guard isFinite else {
        throw TemplateError.Reason.wrongValue(operation: "int", found: pythonDescription, expected: "a finite number")
      }
      guard let value = Int(exactly: rounded(.towardZero)) else { throw TemplateError.Reason.integerOverflow }
      return value
    }
  }
}

extension Value {
  /// The whole number that an operation needs.
  func wholeNumber(for operation: String) throws -> Int {
    if case .undefined(let undefined) = self { throw undefined.error }
    guard let index else {
      throw TemplateError.Reason.wrongType(operation: operation, found: typeName, expected: "an int")
    }
    return index
  }

  /// The text that an operation needs.
  func text(for operation: String) throws -> Text {
    if case .undefined(let undefined) = self { throw undefined.error }
    guard case .text(let text) = self else {
      throw TemplateError.Reason.wrongType(operation: operation, found: typeName, expected: "a str")
    }
    return text
  }
}
