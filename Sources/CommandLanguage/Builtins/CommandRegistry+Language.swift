extension CommandRegistry {
  /// The functions and members that belong to the language itself. Build on it:
  /// `var registry = CommandRegistry.language; registry.register(modelCommands)`.
  package static let language: CommandRegistry = {
    var registry = CommandRegistry()
    registry.register(OutputCommands.all)
    return registry
  }()
}
