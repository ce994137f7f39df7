extension CommandRegistry {
  /// The help about a name: a function, a method of whatever type, a type, a set of leading-dot names.
  package func topic(_ name: String) -> HelpTopic? {
    if let function = function(name) {
      let members = members(of: TypeName(name))
      // A command that makes objects of its own name stands for the type, too.
      return members.isEmpty ? .commands([function]) : .type(TypeName(name), [function] + members)
    }
    let namesakes = commands(named: name)
    if !namesakes.isEmpty { return .commands(namesakes) }
    if let set = symbolSets.first(where: { $0.name == name }) { return .symbolSet(set) }
    return knows(type: TypeName(name)) ? .type(TypeName(name), members(of: TypeName(name))) : nil
  }

  /// The help about a leading-dot name.
  package func topic(symbol name: String) -> HelpTopic? {
    for set in symbolSets {
      if let found = set[name] { return .symbol(found, of: set) }
    }
    return nil
  }

  /// Every name that has a help page, with the words that other tools use.
  var topicCandidates: [Candidate] {
    commands.map { Candidate(name: $0.name, neighbours: $0.neighbours) } + symbolSets.map { Candidate(name: $0.name) }
  }
}
