import Foundation

extension BinaryOperator {
  /// The result of the operator.
  ///
  /// An `Int` beside a `Double` widens; whole numbers that grow too large are an error.
  ///
  /// - Throws: ``Problem``.
  func apply(_ left: Value, _ right: Value) throws(Problem) -> Value {
    switch self {
    case .equal, .notEqual: return .bool(try isEqual(left, right) == (self == .equal))
    case .less: return .bool(try isLess(left, right))
    case .greater: return .bool(try isLess(right, left))
    case .lessOrEqual: return .bool(try isLess(left, right) || left == right)
    case .greaterOrEqual: return .bool(try isLess(right, left) || left == right)
    default: break
    }
    switch (self, left, right) {
    case (_, .int(let left), .int(let right)): return try integer(left, right)
    case (.add, .string(let left), .string(let right)): return .string(left + right)
    case (.add, .array(let left), .array(let right)): return .array(left + right)
    default:
      guard let first = left.number, let second = right.number else {
        throw .operands(rawValue, left.type, right.type)
      }
      return .double(decimal(first, second))
    }
  }

  private func isEqual(_ left: Value, _ right: Value) throws(Problem) -> Bool {
    let areComparable = left.isNull || right.isNull || left.type.base == right.type.base
    guard areComparable || (left.number != nil && right.number != nil) else {
      throw .operands(rawValue, left.type, right.type)
    }
    return left == right
  }

  private func isLess(_ left: Value, _ right: Value) throws(Problem) -> Bool {
    guard let result = left.isLess(than: right) else { throw .operands(rawValue, left.type, right.type) }
    return result
  }

  private func integer(_ left: Int, _ right: Int) throws(Problem) -> Value {
    if (self == .divide || self == .remainder) && right == 0 { throw .divisionByZero(rawValue) }
    let (result, hasOverflowed) =
      switch self {
      case .add: left.addingReportingOverflow(right)
      case .subtract: left.subtractingReportingOverflow(right)
      case .multiply: left.multipliedReportingOverflow(by: right)
      case .divide: left.dividedReportingOverflow(by: right)
      case .remainder: left.remainderReportingOverflow(dividingBy: right)
      default: Self.power(left, right)
      }
    if self == .power, right < 0 { return .double(pow(Double(left), Double(right))) }
    guard !hasOverflowed else { throw .overflow(rawValue) }
    return .int(result)
  }

  /// The power by repeated squaring.
  private static func power(_ base: Int, _ exponent: Int) -> (Int, Bool) {
    var (result, square, rest) = (1, base, max(0, exponent))
    while rest > 0 {
      if rest & 1 == 1 {
        let (product, hasOverflowed) = result.multipliedReportingOverflow(by: square)
        if hasOverflowed { return (0, true) }
        result = product
      }
      rest >>= 1
      guard rest > 0 else { break }
      let (product, hasOverflowed) = square.multipliedReportingOverflow(by: square)
      if hasOverflowed { return (0, true) }
      square = product
    }
    return (result, false)
  }

  private func decimal(_ left: Double, _ right: Double) -> Double {
    switch self {
    case .add: left + right
    case .subtract: left - right
    case .multiply: left * right
    case .divide: left / right
    case .remainder: left.truncatingRemainder(dividingBy: right)
    default: pow(left, right)
    }
  }
}
