/// Statements other than loops.
extension Interpreter {
  func execute(_ body: [Statement], in scope: Scope) throws -> Flow {
    for statement in body {
      let flow = try execute(statement, in: scope)
      if flow != .normal { return flow }
    }
    return .normal
  }

  private func execute(_ statement: Statement, in scope: Scope) throws -> Flow {
    line = statement.line
    try spend()
    switch statement.kind {
    case .data(let text): try print(text)
    case .output(let expression): try print(string(of: try evaluate(expression, in: scope)))
    case .assignment(let target, let expression): try assign(target, expression, in: scope)
    case .macro(let definition): define(definition, in: scope)
    case .breakLoop: return .leftLoop
    case .continueLoop: return .nextTurn
    default: return try deeper { try executeBlock(statement, in: scope) }
    }
    return .normal
  }

  private func executeBlock(_ statement: Statement, in scope: Scope) throws -> Flow {
    switch statement.kind {
    case .conditional(let branches, let otherwise):
      for branch in branches where try evaluate(branch.test, in: scope).isTrue {
        return try execute(branch.body, in: scope)
      }
      return try execute(otherwise, in: scope)
    case .loop(let loop): return try execute(loop, in: scope)
    case .capture(let target, let filters, let block): return try capture(block, filters, into: target, in: scope)
    case .filterBlock(let filters, let block): return try filter(block, filters, in: scope)
    case .callBlock(let call, let caller): try executeCall(call, caller: caller, in: scope)
    case .with(let bindings, let block): return try execute(bindings, block, in: scope)
    case .block(let block): return try execute(block.body, in: Scope(names: block.names, parent: scope.root))
    case .generation(let block): return try generation(block, in: scope)
    default: return .normal
    }
    return .normal
  }

  // MARK: - Assignments

  private func assign(_ target: Target, _ expression: Expression, in scope: Scope) throws {
    try requireNamespaces(in: target, scope)
    try store(try evaluate(expression, in: scope), in: target, scope)
  }

  private func requireNamespaces(in target: Target, _ scope: Scope) throws {
    switch target {
    case .name: break
    case .member(let name, _): _ = try namespace(named: name, in: scope)
    case .tuple(let targets): try targets.forEach { try requireNamespaces(in: $0, scope) }
    }
  }

  private func namespace(named name: String, in scope: Scope) throws -> Namespace {
    let value = lookUp(name, in: scope)
    guard case .object(let object) = value, let namespace = object as? Namespace else {
      throw TemplateError.Reason.wrongType(
        operation: "set an attribute of '\(name)'", found: value.typeName, expected: "a namespace")
    }
    return namespace
  }

  /// Stores a value in a name, in an attribute of a namespace, or its elements in several of them.
  func store(_ value: Value, in target: Target, _ scope: Scope) throws {
    switch target {
    case .name(let name): scope.set(name, to: value)
    case .member(let name, let attribute):
      try Globals.requirePublic(attribute)
      try namespace(named: name, in: scope).set(attribute, to: value)
    case .tuple(let targets):
      let elements = try elements(of: value)
      guard elements.count == targets.count else {
        throw TemplateError.Reason.wrongValue(
          operation: "unpack", found: "\(elements.count) values", expected: "\(targets.count)")
      }
      for (target, element) in zip(targets, elements) { try store(element, in: target, scope) }
    }
  }

  // MARK: - Blocks that catch their text

  private func capture(_ block: Block, _ filters: FilterChain, into target: Target, in scope: Scope) throws -> Flow {
    let inner = Scope(names: block.names, parent: scope)
    let (text, flow) = try captured { try execute(block.body, in: inner) }
    guard flow == .normal else { return flow }
    let value = try apply(filters, to: .text(text), in: inner)
    try requireNamespaces(in: target, scope)
    try store(value, in: target, scope)
    return .normal
  }

  private func filter(_ block: Block, _ filters: FilterChain, in scope: Scope) throws -> Flow {
    let inner = Scope(names: block.names, parent: scope)
    let (text, flow) = try captured { try execute(block.body, in: inner) }
    guard flow == .normal else { return flow }
    try print(string(of: try apply(filters, to: .text(text), in: inner)))
    return .normal
  }

  private func apply(_ filters: FilterChain, to value: Value, in scope: Scope) throws -> Value {
    try filters.reduce(value) { value, filter in
      try FilterTable.apply(filter.name, to: value, try arguments(filter.arguments, in: scope), self)
    }
  }

  private func executeCall(_ call: Expression, caller: MacroDefinition, in scope: Scope) throws {
    guard case .call(let callee, let list) = call.kind else { return }
    let function = try evaluate(callee, in: scope)
    var arguments = try arguments(list, in: scope)
    arguments.keywords.append(("caller", .object(macro(caller, in: scope))))
    try print(string(of: try self.call(function, arguments)))
  }

  private func execute(_ bindings: [(target: Target, value: Expression)], _ block: Block, in scope: Scope) throws
    -> Flow
  {
    let inner = Scope(names: block.names, parent: scope)
    for binding in bindings { try store(try evaluate(binding.value, in: scope), in: binding.target, inner) }
    return try execute(block.body, in: inner)
  }

  private func generation(_ block: Block, in scope: Scope) throws -> Flow {
    let (text, flow) = try captured { try execute(block.body, in: Scope(names: block.names, parent: scope)) }
    noteGenerated(text.count)
    try print(text)
    return flow
  }

  // MARK: - Macros

  private func define(_ definition: MacroDefinition, in scope: Scope) {
    guard let name = definition.name else { return }
    scope.set(name, to: .object(macro(definition, in: scope)))
  }

  private func macro(_ definition: MacroDefinition, in scope: Scope) -> Macro {
    let macro = Macro(definition, scope: scope)
    atEnd { macro.release() }
    return macro
  }
}
