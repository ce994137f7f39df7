extension Interpreter {
  func evaluate(_ expression: Expression, in scope: Scope) throws -> Value {
    try checkStack(at: expression.range)
    switch expression.kind {
    case .literal(let value): return value
    case .interpolation(let parts): return try interpolate(parts, in: scope)
    case .array(let elements): return .array(try elements.map { try evaluate($0, in: scope) })
    case .dictionary(let entries): return try dictionary(entries, in: scope)
    case .tuple(let elements):
      return .tuple(try elements.map { TupleElement($0.label, try evaluate($0.value, in: scope)) })
    case .name(let name): return try value(of: name, at: expression.range, in: scope)
    case .symbol(let name, let arguments):
      return .symbol(Symbol(name, written: try evaluate(arguments, in: scope)))
    case .prefix(let name, let operand): return try prefix(name, operand, at: expression.range, in: scope)
    case .binary(let name, let left, let right, let place):
      return try apply(name, try evaluate(left, in: scope), try evaluate(right, in: scope), at: place)
    case .logical(let name, let left, let right): return try logical(name, left, right, in: scope)
    case .range(let lower, let upper, let isClosed):
      return try range(lower, upper, isClosed: isClosed, at: expression.range, in: scope)
    case .assignment(let target, let name, let value, let place):
      try assign(target, name, value, at: place, in: scope)
      return .void
    case .conditional(let condition, let then, let otherwise):
      return try evaluate(try truth(of: condition, in: scope) ? then : otherwise, in: scope)
    case .call(let call): return try evaluate(call, in: scope)
    case .member(let base, let name, let place):
      return try member(name, of: try evaluate(base, in: scope), at: place)
    case .element(let base, let arguments):
      let container = try evaluate(base, in: scope)
      return try element(of: container, try evaluate(arguments, in: scope), at: expression.range)
    case .unwrap(let inner):
      let value = try evaluate(inner, in: scope)
      guard !value.isNull else { throw located(.unexpectedNil, at: inner.range) }
      return value
    case .closure(let literal):
      return .function(
        .written(
          WrittenFunction(
            name: nil, parameters: literal.parameters, returnsLastValue: true, body: literal.body, scope: scope,
            range: expression.range)))
    case .if(let node): return try result(of: try run(node, in: scope), at: expression.range)
    case .switch(let node):
      return try result(of: try run(node, at: expression.range, in: scope), at: expression.range)
    case .help(let subject):
      output.page(try topic(of: subject, in: scope).display())
      return .void
    }
  }

  /// The value of an `if` or `switch` that stands where a value is needed.
  private func result(of flow: Flow, at range: SourceRange) throws -> Value {
    guard case .normal(let value) = flow else { throw located(.misplaced(flow.word), at: range) }
    return value
  }

  private func interpolate(_ parts: [StringPart], in scope: Scope) throws -> Value {
    var text = ""
    for part in parts {
      switch part {
      case .text(let piece): text += piece
      case .value(let expression): text += try evaluate(expression, in: scope).description
      }
    }
    return .string(text)
  }

  private func dictionary(_ entries: [(key: Expression, value: Expression)], in scope: Scope) throws -> Value {
    var result = ValueDictionary()
    for entry in entries {
      let key = try evaluate(entry.key, in: scope)
      guard ValueDictionary.canHold(key: key) else { throw located(.badKey(key.type), at: entry.key.range) }
      result[key] = try evaluate(entry.value, in: scope)
    }
    return .dictionary(result)
  }

  private func prefix(
    _ name: PrefixOperator, _ operand: Expression, at range: SourceRange, in scope: Scope
  ) throws -> Value {
    let value = try evaluate(operand, in: scope)
    switch (name, value) {
    case (.not, .bool(let truth)): return .bool(!truth)
    case (.minus, .double(let number)): return .double(-number)
    case (.plus, .int), (.plus, .double): return value
    case (.minus, .int(let number)):
      guard number != .min else { throw located(.overflow("-"), at: range) }
      return .int(-number)
    default: throw located(.operand(name.rawValue, value.type), at: range)
    }
  }

  private func logical(
    _ name: LogicalOperator, _ left: Expression, _ right: Expression, in scope: Scope
  ) throws -> Value {
    switch name {
    case .and: return .bool(try truth(of: left, in: scope) && truth(of: right, in: scope))
    case .or: return .bool(try truth(of: left, in: scope) || truth(of: right, in: scope))
    case .coalesce:
      let value = try evaluate(left, in: scope)
      return value.isNull ? try evaluate(right, in: scope) : value
    }
  }

  private func range(
    _ lower: Expression?, _ upper: Expression?, isClosed: Bool, at range: SourceRange, in scope: Scope
  ) throws -> Value {
    func bound(_ expression: Expression) throws -> Value {
      let value = try evaluate(expression, in: scope)
      guard value.number != nil else { throw located(.notARangeBound(value.type), at: expression.range) }
      return value
    }
    var low = try lower.map(bound)
    var high = try upper.map(bound)
    if let first = low, let last = high {
      // `0...1.0` is a range of decimals.
      if first.int == nil || last.int == nil {
        low = first.number.map(Value.double)
        high = last.number.map(Value.double)
      }
      if last.isLess(than: first) ?? true {
        throw located(.invertedRange(RangeValue(lower: low, upper: high, isClosed: isClosed).description), at: range)
      }
    }
    return .range(RangeValue(lower: low, upper: high, isClosed: isClosed))
  }

  func apply(_ name: BinaryOperator, _ left: Value, _ right: Value, at place: SourceRange) throws -> Value {
    do {
      return try name.apply(left, right)
    } catch {
      throw located(error, at: place)
    }
  }
}
