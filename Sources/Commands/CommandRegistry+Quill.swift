import CommandLanguage

extension CommandRegistry {
  /// Everything that a cell of Quill can use: the language's own functions, models, text, data, training and figures.
  package static let quill: CommandRegistry = {
    var registry = CommandRegistry.language
    registry.register(LoadCommands.all)
    registry.register(ModelCommands.all)
    registry.register(WeightCommands.all)
    registry.register(AdapterCommands.all)
    registry.register(ExportCommands.all)
    registry.register(HubCommands.all)
    registry.register(TextCommands.all)
    registry.register(ChatCommands.all)
    registry.register(DatasetCommands.all)
    registry.register(TrainingCommands.all)
    registry.register(AccuracyCommand.all)
    registry.register(FigureCommands.all)
    registry.registerSequence(DatasetValue.self)
    return registry
  }()
}
