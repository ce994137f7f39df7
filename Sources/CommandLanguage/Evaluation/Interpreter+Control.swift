extension Interpreter {
  // MARK: - Conditions

  /// Whether all conditions hold; the names that they bind are declared in the scope.
  func holds(_ conditions: [Condition], in scope: Scope) throws -> Bool {
    for condition in conditions {
      switch condition {
      case .expression(let expression):
        if try !truth(of: expression, in: scope) { return false }
      case .binding(let name, let expression, let isMutable):
        let value = try evaluate(expression, in: scope)
        if value.isNull { return false }
        scope.declare(name, value, isMutable: isMutable)
      }
    }
    return true
  }

  func truth(of expression: Expression, in scope: Scope) throws -> Bool {
    let value = try evaluate(expression, in: scope)
    guard let truth = value.bool else { throw located(.notABool(value.type), at: expression.range) }
    return truth
  }

  func run(_ node: IfExpression, in scope: Scope) throws -> Flow {
    let inner = Scope(inside: scope)
    if try holds(node.conditions, in: inner) { return try run(node.then, in: inner) }
    return try node.otherwise.map { try run($0, in: Scope(inside: scope)) } ?? .normal(.void)
  }

  // MARK: - Loops

  func run(_ loop: ForLoop, at range: SourceRange, in scope: Scope) throws -> Flow {
    let sequence = try evaluate(loop.sequence, in: scope)
    var end: Flow?
    try forEach(in: sequence, at: loop.sequence.range) { element in
      try checkCancellation(at: range)
      let inner = Scope(inside: scope)
      try bind(loop.pattern, to: element, isMutable: false, at: loop.sequence.range, in: inner)
      if let condition = loop.condition, try !truth(of: condition, in: inner) { return true }
      let flow = try run(loop.body, in: inner)
      switch flow.afterBody(ofLoopLabelled: loop.label) {
      case .goOn: return true
      case .stop: return false
      case .pass:
        end = flow
        return false
      }
    }
    return end ?? .normal(.void)
  }

  func runWhile(
    _ conditions: [Condition], _ body: [Statement], label: String?, at range: SourceRange, in scope: Scope
  ) throws -> Flow {
    while true {
      try checkCancellation(at: range)
      let inner = Scope(inside: scope)
      guard try holds(conditions, in: inner) else { return .normal(.void) }
      let flow = try run(body, in: inner)
      switch flow.afterBody(ofLoopLabelled: label) {
      case .goOn: continue
      case .stop: return .normal(.void)
      case .pass: return flow
      }
    }
  }

  func runRepeat(
    _ body: [Statement], _ condition: Expression, label: String?, at range: SourceRange, in scope: Scope
  ) throws -> Flow {
    repeat {
      try checkCancellation(at: range)
      let flow = try run(body, in: Scope(inside: scope))
      switch flow.afterBody(ofLoopLabelled: label) {
      case .goOn: continue
      case .stop: return .normal(.void)
      case .pass: return flow
      }
    } while try truth(of: condition, in: scope)
    return .normal(.void)
  }

  // MARK: - Switch

  func run(_ node: SwitchExpression, at range: SourceRange, in scope: Scope) throws -> Flow {
    let subject = try evaluate(node.subject, in: scope)
    for (index, choice) in node.cases.enumerated() {
      let inner = Scope(inside: scope)
      guard try fits(choice, subject, in: inner) else { continue }
      return try run(node.cases[index...], in: inner)
    }
    throw located(.noMatch(subject.debugText), at: node.subject.range)
  }

  /// Runs the body of the first case, and of those after it as far as `fallthrough` goes.
  private func run(_ cases: ArraySlice<SwitchCase>, in scope: Scope) throws -> Flow {
    for choice in cases {
      switch try run(choice.body, in: Scope(inside: scope)) {
      case .fallthrough: continue
      case .break(label: nil): return .normal(.void)
      case let flow: return flow
      }
    }
    return .normal(.void)
  }

  private func fits(_ choice: SwitchCase, _ subject: Value, in scope: Scope) throws -> Bool {
    if choice.isDefault { return true }
    for pattern in choice.patterns where try fits(pattern.kind, subject, in: scope) {
      guard let condition = pattern.condition else { return true }
      if try truth(of: condition, in: scope) { return true }
    }
    return false
  }

  private func fits(_ pattern: SwitchPatternKind, _ subject: Value, in scope: Scope) throws -> Bool {
    switch pattern {
    case .binding(let pattern):
      if case .tuple(let patterns) = pattern {
        guard case .tuple(let elements) = subject, elements.count == patterns.count else { return false }
      }
      if case .name(let name) = pattern { scope.declare(name, subject, isMutable: false) }
      if case .tuple = pattern { try bindTuple(pattern, to: subject, in: scope) }
      return true
    case .tuple(let patterns):
      guard case .tuple(let elements) = subject, elements.count == patterns.count else { return false }
      for (pattern, element) in zip(patterns, elements) {
        if try !fits(pattern, element.value, in: scope) { return false }
      }
      return true
    case .expression(let expression):
      let value = try evaluate(expression, in: scope)
      if case .range(let range) = value, range.contains(subject) { return true }
      return value == subject
    }
  }

  private func bindTuple(_ pattern: Pattern, to subject: Value, in scope: Scope) throws {
    guard case .tuple(let patterns) = pattern, case .tuple(let elements) = subject else { return }
    for (pattern, element) in zip(patterns, elements) {
      if case .name(let name) = pattern { scope.declare(name, element.value, isMutable: false) }
    }
  }
}

extension RangeValue {
  /// Whether a value lies between the bounds.
  func contains(_ value: Value) -> Bool {
    if let lower {
      guard let isBelow = value.isLess(than: lower), !isBelow else { return false }
    }
    guard let upper else { return true }
    guard let isBelow = value.isLess(than: upper) else { return false }
    return isBelow || (isClosed && value == upper)
  }
}
