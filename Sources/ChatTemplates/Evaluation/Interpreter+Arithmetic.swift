/// `+ - * / // % **` on numbers, texts and lists.
extension Interpreter {
  func calculate(_ operation: Arithmetic, _ left: Value, _ right: Value) throws -> Value {
    if case .undefined(let undefined) = left { throw undefined.error }
    if operation == .modulo, case .text(let format) = left { return .text(try formatted(format, right)) }
    if case .undefined(let undefined) = right { throw undefined.error }
    if let first = left.index, let second = right.index { return try calculate(operation, first, second) }
    if let first = left.double, let second = right.double { return .float(try calculate(operation, first, second)) }
    switch operation {
    case .add: if let sum = try joined(left, right) { return sum }
    case .multiply: if let product = try repeated(left, right) ?? repeated(right, left) { return product }
    default: break
    }
    throw TemplateError.Reason.wrongType(
      operation: operation.rawValue, found: "\(left.typeName) and \(right.typeName)", expected: "two of a kind")
  }

  private func calculate(_ operation: Arithmetic, _ left: Int, _ right: Int) throws -> Value {
    switch operation {
    case .add: .integer(try Number.sum(left, right))
    case .subtract: .integer(try Number.difference(left, right))
    case .multiply: .integer(try Number.product(left, right))
    case .divide: .float(try calculate(.divide, Double(left), Double(right)))
    case .floorDivide: .integer(try Number.division(left, right).quotient)
    case .modulo: .integer(try Number.remainder(left, right))
    case .power: try Number.power(left, right)
    }
  }

  private func calculate(_ operation: Arithmetic, _ left: Double, _ right: Double) throws -> Double {
    switch operation {
    case .add: return left + right
    case .subtract: return left - right
    case .multiply: return left * right
    case .divide:
      guard right != 0 else { throw TemplateError.Reason.divisionByZero }
      return left / right
    case .floorDivide: return try Number.division(left, right).quotient
    case .modulo: return try Number.division(left, right).remainder
    case .power: return try Number.power(left, right)
    }
  }

  // MARK: - Texts and lists

  private func joined(_ left: Value, _ right: Value) throws -> Value? {
    switch (left, right) {
    case (.text(let first), .text(let second)): return .text(try concatenated(first, second))
    case (.sequence(let first), .sequence(let second))
    where (first.kind == .list && second.kind == .list) || (first.kind.isTuple && second.kind.isTuple):
      try reserve(first.elements.count + second.elements.count, times: Self.charactersOfElement)
      let kind: ValueSequence.Kind = first.kind == .list ? .list : .tuple
      return .sequence(try ValueSequence(kind, first.elements + second.elements))
    default: return nil
    }
  }

  /// Two texts after another; where one is escaped HTML, the other is escaped first.
  private func concatenated(_ first: Text, _ second: Text) throws -> Text {
    try reserve(first.count + second.count)
    guard first.isMarkup || second.isMarkup else { return first + second }
    let parts = (try escaped(first), try escaped(second))
    return Text(parts.0.scalars + parts.1.scalars, isMarkup: true)
  }

  private func repeated(_ value: Value, _ times: Value) throws -> Value? {
    guard let times = times.index else { return nil }
    switch value {
    case .text(let text):
      try reserve(text.count, times: times)
      return .text(text.repeated(times))
    case .sequence(let sequence) where sequence.kind.isIndexed:
      try reserve(sequence.elements.count * Self.charactersOfElement, times: times)
      let elements = Array(repeatElement(sequence.elements, count: max(0, times)).joined())
      return .sequence(try ValueSequence(sequence.kind == .list ? .list : .tuple, elements))
    default: return nil
    }
  }

  func negated(_ value: Value) throws -> Value {
    if case .float(let number) = value { return .float(-number) }
    return .integer(try Number.difference(0, try value.wholeNumber(for: "-")))
  }

  func positive(_ value: Value) throws -> Value {
    if case .float = value { return value }
    return .integer(try value.wholeNumber(for: "+"))
  }
}

extension Text {
  func repeated(_ times: Int) -> Text {
    Text(repeatElement(scalars, count: max(0, times)).joined(), isMarkup: isMarkup)
  }
}
