extension Interpreter {
  /// What an expression names, for help about it: looked up, and evaluated only when it is no name.
  func topic(of expression: Expression, in scope: Scope) throws -> HelpTopic {
    switch expression.kind {
    case .name(let name):
      if let value = scope.binding(name)?.value { return topic(about: value, called: name) }
      if let topic = registry.topic(name) { return topic }
      let suggestion = Suggestion(for: name, among: registry.topicCandidates)
      throw located(.unknownTopic(name, suggestion), at: expression.range)
    case .symbol(let name, _):
      if let topic = registry.topic(symbol: name) { return topic }
      let names = registry.symbolSets.flatMap(\.cases).map { Candidate(name: ".\($0.name)", neighbours: $0.neighbours) }
      throw located(
        .unknownTopic(".\(name)", Suggestion(for: name, among: names, dotted: true)), at: expression.range)
    case .member(let base, let name, let place):
      return try memberTopic(name, of: base, at: place, in: scope)
    case .call(let call): return try topic(of: call.callee, in: scope)
    default: return topic(about: try evaluate(expression, in: scope), called: expression.range.text)
    }
  }

  private func memberTopic(
    _ name: String, of base: Expression, at place: SourceRange, in scope: Scope
  ) throws -> HelpTopic {
    // `Model.generate` names a type, `demo.generate` a value of it.
    if case .name(let type) = base.kind, scope.binding(type) == nil, registry.function(type) == nil,
      let command = registry.member(name, of: TypeName(type), called: true)
    {
      return .commands([command])
    }
    let type = TypeInference(registry: registry, scope: scope).type(of: base)
    if let type, let command = registry.member(name, of: type, called: true) { return .commands([command]) }
    guard let type else { return try registry.topic(name) ?? memberTopicOfValue(name, base, at: place, in: scope) }
    let candidates = registry.members(of: type).map { Candidate(name: $0.name, neighbours: $0.neighbours) }
    throw located(.unknownMember(name, of: type, Suggestion(for: name, among: candidates)), at: place)
  }

  private func memberTopicOfValue(
    _ name: String, _ base: Expression, at place: SourceRange, in scope: Scope
  ) throws -> HelpTopic {
    topic(about: try member(name, of: try evaluate(base, in: scope), at: place), called: name)
  }

  private func topic(about value: Value, called name: String) -> HelpTopic {
    if case .function(.command(let command, _)) = value { return .commands([command]) }
    return .variable(name, value, registry.members(of: value.type))
  }
}
