extension CommandRegistry {
  /// The functions and members that belong to the language itself.
  ///
  /// Build on it: `var registry = CommandRegistry.language; registry.register(modelCommands)`.
  package static let language: CommandRegistry = {
    var registry = CommandRegistry()
    registry.register(OutputCommands.all)
    registry.register(ConversionCommands.all)
    registry.register(MathCommands.all)
    registry.register(SequenceCommands.all)
    registry.register(PartCommands.all)
    registry.register(ArrayCommands.all)
    registry.register(StringCommands.all)
    registry.register(DictionaryCommands.all)
    return registry
  }()
}
