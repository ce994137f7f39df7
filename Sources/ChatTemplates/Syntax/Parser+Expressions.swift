/// Operators, from the weakest to the strongest.
extension Parser {
  mutating func expression() throws -> Expression { try nested { try $0.conditional() } }

  /// An expression without the inline `if`, as in the head of a loop.
  mutating func unconditional() throws -> Expression { try nested { try $0.or() } }

  private mutating func conditional() throws -> Expression {
    let known = scopes.pendingCount
    let start = line
    var result = try or()
    while skip(word: "if") {
      let test = try or()
      let otherwise = skip(word: "else") ? try expression() : nil
      result = try expression(
        .conditional(test: test, then: result, otherwise: otherwise),
        over: [test, result] + [otherwise].compactMap { $0 },
        line: start)
      scopes.forgive(since: known)
    }
    return result
  }

  private mutating func or() throws -> Expression {
    let start = line
    var result = try and()
    while skip(word: "or") {
      let right = try and()
      result = try expression(.or(result, right), over: [result, right], line: start)
    }
    return result
  }

  private mutating func and() throws -> Expression {
    let start = line
    var result = try not()
    while skip(word: "and") {
      let right = try not()
      result = try expression(.and(result, right), over: [result, right], line: start)
    }
    return result
  }

  private mutating func not() throws -> Expression {
    let start = line
    guard skip(word: "not") else { return try comparison() }
    let operand = try nested { try $0.not() }
    return try expression(.not(operand), over: [operand], line: start)
  }

  private mutating func comparison() throws -> Expression {
    let start = line
    let first = try sum()
    var rest: [(Comparison, Expression)] = []
    while let comparison = nextComparison() { rest.append((comparison, try sum())) }
    if rest.isEmpty { return first }
    return try expression(.comparison(first, rest), over: [first] + rest.map(\.1), line: start)
  }

  private mutating func nextComparison() -> Comparison? {
    if case .symbol(let symbol) = current, let comparison = Comparison(rawValue: symbol) {
      advance()
      return comparison
    }
    if skip(word: "in") { return .isIn }
    guard at(word: "not"), following == .name("in") else { return nil }
    advance()
    advance()
    return .isNotIn
  }

  private mutating func sum() throws -> Expression {
    try chain(of: [.add, .subtract]) { try $0.concatenation() }
  }

  private mutating func concatenation() throws -> Expression {
    let start = line
    var parts = [try product()]
    while skip(symbol: "~") { parts.append(try product()) }
    return parts.count == 1 ? parts[0] : try expression(.concatenation(parts), over: parts, line: start)
  }

  private mutating func product() throws -> Expression {
    try chain(of: [.multiply, .divide, .floorDivide, .modulo]) { try $0.power() }
  }

  /// Powers group to the left in Jinja, unlike Python's.
  private mutating func power() throws -> Expression { try chain(of: [.power]) { try $0.unary() } }

  private mutating func chain(
    of operations: Set<Arithmetic>, _ operand: (inout Parser) throws -> Expression
  ) throws -> Expression {
    let start = line
    var result = try operand(&self)
    while case .symbol(let symbol) = current, let operation = Arithmetic(rawValue: symbol),
      operations.contains(operation)
    {
      advance()
      let right = try operand(&self)
      result = try expression(.arithmetic(operation, result, right), over: [result, right], line: start)
    }
    return result
  }

  private mutating func unary(withFilters: Bool = true) throws -> Expression {
    let start = line
    var result: Expression
    if skip(symbol: "-") {
      let operand = try nested { try $0.unary(withFilters: false) }
      result = try expression(.negative(operand), over: [operand], line: start)
    } else if skip(symbol: "+") {
      let operand = try nested { try $0.unary(withFilters: false) }
      result = try expression(.positive(operand), over: [operand], line: start)
    } else {
      result = try primary()
    }
    result = try postfix(result)
    return withFilters ? try filtersAndTests(result) : result
  }
}
