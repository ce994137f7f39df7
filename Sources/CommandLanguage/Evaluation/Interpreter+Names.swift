extension Interpreter {
  /// What a name stands for: a variable, or else a command.
  func value(of name: String, at range: SourceRange, in scope: Scope) throws -> Value {
    if let binding = scope.binding(name) {
      guard let value = binding.value else { throw located(.noInput(name), at: range) }
      return value
    }
    if let command = registry.function(name) { return .function(.command(command, receiver: .null)) }
    throw unknownName(name, at: range, in: scope)
  }

  func unknownName(_ name: String, at range: SourceRange, in scope: Scope) -> LocatedProblem {
    if let method = registry.commands(named: name).first, let receiver = method.receiver {
      return located(.memberOnType(name: name, type: receiver), at: range)
    }
    let functions = registry.commands.filter { $0.receiver == nil }
    let members = registry.commands.filter { $0.neighbours.tool(saying: name) != nil }
    let candidates =
      scope.visibleNames.map { Candidate(name: $0) }
      + (functions + members).map { Candidate(name: $0.name, neighbours: $0.neighbours) }
      + [Candidate(name: "nil", neighbours: ["Python": "None"]), Candidate(name: "true"), Candidate(name: "false")]
    return located(.unknownName(name, Suggestion(for: name, among: candidates)), at: range)
  }

  /// The property or method of a value.
  func member(_ name: String, of receiver: Value, at range: SourceRange) throws -> Value {
    if case .tuple(let elements) = receiver, let element = elements.element(named: name) { return element }
    let type = memberType(of: receiver)
    guard let command = registry.member(name, of: type) else { throw unknownMember(name, of: receiver, at: range) }
    guard command.kind == .property else { return .function(.command(command, receiver: receiver)) }
    return try invoke(command, on: receiver, with: [], at: range)
  }

  func unknownMember(_ name: String, of receiver: Value, at range: SourceRange) -> LocatedProblem {
    if receiver.isNull { return located(.unexpectedNil, at: range) }
    let type = memberType(of: receiver)
    let candidates = registry.members(of: type).map { Candidate(name: $0.name, neighbours: $0.neighbours) }
    return located(.unknownMember(name, of: type, Suggestion(for: name, among: candidates)), at: range)
  }

  /// The type whose members a value has.
  ///
  /// A command that makes values of a type stands for the type itself, so that `Double.pi` finds the members of
  /// `Double.Type`.
  func memberType(of receiver: Value) -> TypeName {
    guard case .function(.command(let command, .null)) = receiver else { return receiver.type }
    return TypeName("\(command.name).Type")
  }
}

extension [TupleElement] {
  /// The element with this label or this number.
  func element(named name: String) -> Value? { position(of: name).map { self[$0].value } }

  func position(of name: String) -> Int? {
    if let number = Int(name) { return indices.contains(number) ? number : nil }
    return firstIndex { $0.label == name }
  }
}
