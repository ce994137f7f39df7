/// The variables of a block, inside those of the blocks around it.
final class Scope {
  private var variables: [String: Value] = [:]
  private let names: FrameNames
  private let parent: Scope?

  init(names: FrameNames, parent: Scope?) {
    self.names = names
    self.parent = parent
  }

  /// The outermost scope.
  var root: Scope { parent?.root ?? self }

  func set(_ name: String, to value: Value) { variables[name] = value }

  /// Where a variable's value is looked for last.
  enum Found {
    case value(Value)
    /// It is set later in its block, so that a variable that was passed to the template is hidden.
    case unset
    case nowhere
  }

  func find(_ name: String) -> Found {
    var scope = self
    while true {
      if let value = scope.variables[name] { return .value(value) }
      guard let parent = scope.parent else { return scope.names.setFirst.contains(name) ? .unset : .nowhere }
      if scope.names.setFirst.contains(name) && !parent.uses(name) { return .unset }
      scope = parent
    }
  }

  private func uses(_ name: String) -> Bool {
    names.used.contains(name) || (parent?.uses(name) ?? false)
  }

  /// Lets go of all variables, of which a macro may hold this scope.
  func clear() { variables = [:] }
}
