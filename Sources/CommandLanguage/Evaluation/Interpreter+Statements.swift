extension Interpreter {
  /// Runs statements in order until one leaves the block.
  func run(_ statements: [Statement], in scope: Scope) throws -> Flow {
    var last = Value.void
    for statement in statements {
      switch try run(statement, in: scope) {
      case .normal(let value): last = value
      case let flow: return flow
      }
    }
    return .normal(last)
  }

  func run(_ statement: Statement, in scope: Scope) throws -> Flow {
    switch statement.kind {
    case .expression(let expression): return try run(expression, in: scope)
    case .binding(let pattern, let type, let value, let isMutable):
      try declare(pattern, type: type, value: value, isMutable: isMutable, at: statement.range, in: scope)
    case .function(let declaration):
      let function = WrittenFunction(
        name: declaration.name, parameters: declaration.parameters, returnsLastValue: declaration.returnsValue,
        body: declaration.body, scope: scope, range: statement.range)
      scope.declare(declaration.name, .function(.written(function)), isMutable: false)
    case .guard(let conditions, let otherwise):
      if try !holds(conditions, in: scope) { return try leave(otherwise, at: statement.range, in: scope) }
    case .for(let loop): return try run(loop, at: statement.range, in: scope)
    case .while(let conditions, let body, let label):
      return try runWhile(conditions, body, label: label, at: statement.range, in: scope)
    case .repeat(let body, let condition, let label):
      return try runRepeat(body, condition, label: label, at: statement.range, in: scope)
    case .break(let label): return .break(label: label)
    case .continue(let label): return .continue(label: label)
    case .fallthrough: return .fallthrough
    case .return(let expression): return .return(try expression.map { try evaluate($0, in: scope) } ?? .void)
    case .directive(let directive): return .normal(try run(directive, in: scope))
    }
    return .normal(.void)
  }

  /// An expression as a statement: `if` and `switch` may leave the block around them.
  private func run(_ expression: Expression, in scope: Scope) throws -> Flow {
    switch expression.kind {
    case .if(let node): try run(node, in: scope)
    case .switch(let node): try run(node, at: expression.range, in: scope)
    default: .normal(try evaluate(expression, in: scope))
    }
  }

  /// Runs what follows `guard … else`, which must leave the block.
  private func leave(_ otherwise: [Statement], at range: SourceRange, in scope: Scope) throws -> Flow {
    let flow = try run(otherwise, in: Scope(inside: scope))
    if case .normal = flow {
      throw located(.syntax("'guard' must leave with return, break, continue"), at: range)
    }
    return flow
  }

  private func declare(
    _ pattern: Pattern, type: TypeAnnotation?, value: Expression?, isMutable: Bool, at range: SourceRange,
    in scope: Scope
  ) throws {
    guard let value else {
      guard case .name(let name) = pattern else { throw located(.syntax("a value is needed here"), at: range) }
      // `var x: Int?` begins as nil; any other waits for its first value.
      let isOptional = if case .optional = type { true } else { false }
      scope.declare(name, isOptional ? .null : nil, isMutable: isMutable)
      return
    }
    var result = try evaluate(value, in: scope)
    if let type { result = try convert(result, to: type, at: value.range) }
    try bind(pattern, to: result, isMutable: isMutable, at: range, in: scope)
  }

  /// Gives the names of a pattern their values.
  func bind(
    _ pattern: Pattern, to value: Value, isMutable: Bool, at range: SourceRange, in scope: Scope
  ) throws {
    switch pattern {
    case .ignored: break
    case .name(let name): scope.declare(name, value, isMutable: isMutable)
    case .tuple(let patterns):
      guard case .tuple(let elements) = value, elements.count == patterns.count else {
        throw located(.patternCount(expected: patterns.count, found: value.type), at: range)
      }
      for (pattern, element) in zip(patterns, elements) {
        try bind(pattern, to: element.value, isMutable: isMutable, at: range, in: scope)
      }
    }
  }

  /// Makes a value fit a written type: an `Int` becomes a `Double` where one is asked for.
  func convert(_ value: Value, to type: TypeAnnotation, at range: SourceRange) throws -> Value {
    switch (type, value) {
    case (.optional, .null), (.other, _): return value
    case (.optional(let type), _): return try convert(value, to: type, at: range)
    case (.array(let element), .array(let elements)):
      return .array(try elements.map { try convert($0, to: element, at: range) })
    case (.array, _): throw located(.notConvertible(value.type, to: "Array"), at: range)
    case (.named("Double"), .int(let number)), (.named("Float"), .int(let number)): return .double(Double(number))
    case (.named(let name), _):
      let plain: Set<String> = ["Int", "Double", "String", "Bool"]
      let expected = name == "Float" ? "Double" : name
      guard !plain.contains(expected) || value.type.description == expected else {
        throw located(.notConvertible(value.type, to: name), at: range)
      }
      return value
    }
  }
}
