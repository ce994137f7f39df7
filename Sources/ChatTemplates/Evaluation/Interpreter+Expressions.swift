/// The values of expressions.
extension Interpreter {
  func evaluate(_ expression: Expression, in scope: Scope) throws -> Value {
    line = expression.line
    try spend()
    switch expression.kind {
    case .none: return .none
    case .bool(let value): return .bool(value)
    case .integer(let value): return .integer(value)
    case .float(let value): return .float(value)
    case .text(let text): return .text(text)
    case .name(let name): return lookUp(name, in: scope)
    default: return try deeper { try evaluateParts(of: expression, in: scope) }
    }
  }

  private func evaluateParts(of expression: Expression, in scope: Scope) throws -> Value {
    switch expression.kind {
    case .list(let elements): return try .list(try elements.map { try evaluate($0, in: scope) })
    case .tuple(let elements): return try .tuple(try elements.map { try evaluate($0, in: scope) })
    case .dictionary(let pairs):
      return .dictionary(
        try ValueDictionary(try pairs.map { (try evaluate($0.key, in: scope), try evaluate($0.value, in: scope)) }))
    case .attribute(let object, let name): return try attribute(name, of: try evaluate(object, in: scope))
    case .item(let object, let key):
      let value = try evaluate(object, in: scope)
      return try item(try evaluate(key, in: scope), of: value)
    case .slice(let object, let bounds): return try slice(object, bounds, in: scope)
    case .call(let callee, let list): return try call(callee, list, in: scope)
    case .filter(let operand, let name, let list):
      let value = try evaluate(operand, in: scope)
      let arguments = try arguments(list, in: scope)
      line = expression.line
      return try FilterTable.apply(name, to: value, arguments, self)
    case .test(let operand, let name, let list):
      let value = try evaluate(operand, in: scope)
      return .bool(try TestTable.holds(name, for: value, try arguments(list, in: scope), self))
    default: return try evaluateOperator(expression, in: scope)
    }
  }

  private func evaluateOperator(_ expression: Expression, in scope: Scope) throws -> Value {
    switch expression.kind {
    case .negative(let operand): return try negated(try evaluate(operand, in: scope))
    case .positive(let operand): return try positive(try evaluate(operand, in: scope))
    case .not(let operand): return .bool(!(try evaluate(operand, in: scope).isTrue))
    case .and(let left, let right):
      let value = try evaluate(left, in: scope)
      return value.isTrue ? try evaluate(right, in: scope) : value
    case .or(let left, let right):
      let value = try evaluate(left, in: scope)
      return value.isTrue ? value : try evaluate(right, in: scope)
    case .arithmetic(let operation, let left, let right):
      let first = try evaluate(left, in: scope)
      return try calculate(operation, first, try evaluate(right, in: scope))
    case .concatenation(let parts):
      return .text(
        try parts.reduce(into: Text()) { text, part in
          let next = try string(of: try evaluate(part, in: scope))
          try reserve(next.count)
          text.scalars += next.scalars
        })
    case .comparison(let first, let rest): return try compare(first, rest, in: scope)
    case .conditional(let test, let then, let otherwise):
      if try evaluate(test, in: scope).isTrue { return try evaluate(then, in: scope) }
      guard let otherwise else { return .undefined(Undefined("an inline 'if' was false and has no 'else'")) }
      return try evaluate(otherwise, in: scope)
    default: return .none
    }
  }

  func lookUp(_ name: String, in scope: Scope) -> Value {
    switch scope.find(name) {
    case .value(let value): value
    case .unset: .undefined(.variable(name))
    case .nowhere: context[name] ?? .undefined(.variable(name))
    }
  }

  /// `a < b < c` is `a < b and b < c`.
  private func compare(_ first: Expression, _ rest: [(Comparison, Expression)], in scope: Scope) throws -> Value {
    var left = try evaluate(first, in: scope)
    for (comparison, operand) in rest {
      let right = try evaluate(operand, in: scope)
      guard try holds(comparison, left, right) else { return .bool(false) }
      left = right
    }
    return .bool(true)
  }

  private func slice(_ object: Expression, _ bounds: SliceBounds, in scope: Scope) throws -> Value {
    let value = try evaluate(object, in: scope)
    return try slice(
      value, start: try bounds.start.map { try evaluate($0, in: scope) },
      stop: try bounds.stop.map { try evaluate($0, in: scope) },
      step: try bounds.step.map { try evaluate($0, in: scope) })
  }

  // MARK: - Calls

  private func call(_ callee: Expression, _ list: ArgumentList, in scope: Scope) throws -> Value {
    let function = try evaluate(callee, in: scope)
    let arguments = try arguments(list, in: scope)
    line = callee.line
    return try call(function, arguments)
  }

  func call(_ function: Value, _ arguments: Arguments) throws -> Value {
    switch function {
    case .object(let object): return try object.call(arguments, in: self)
    case .undefined(let undefined): throw undefined.error
    default:
      throw TemplateError.Reason.wrongType(operation: "call", found: function.typeName, expected: "a function or macro")
    }
  }

  func arguments(_ list: ArgumentList, in scope: Scope) throws -> Arguments {
    var arguments = Arguments(positional: try list.positional.map { try evaluate($0, in: scope) })
    arguments.keywords = try list.keywords.map { ($0.name, try evaluate($0.value, in: scope)) }
    if let more = list.morePositional { arguments.positional += try elements(of: try evaluate(more, in: scope)) }
    guard let more = list.moreKeywords else { return arguments }
    guard case .dictionary(let dictionary) = try evaluate(more, in: scope) else {
      throw TemplateError.Reason.wrongArguments(of: "**", found: "no dictionary", expected: "a dictionary")
    }
    for (key, value) in dictionary.entries {
      guard case .text(let name) = key, !arguments.keywords.contains(where: { $0.name == name.string }) else {
        throw TemplateError.Reason.wrongArguments(of: "**", found: "a key twice or none", expected: "other names")
      }
      arguments.keywords.append((name.string, value))
    }
    return arguments
  }
}
