/// All commands of a session: the one place that completion, inspection, help, errors and the reference page read.
package struct CommandRegistry: Sendable {
  private var functions: [String: Command] = [:]
  private var members: [TypeName: [String: [Command]]] = [:]
  private var sets: [String: SymbolSet] = [:]
  private var order: [Command] = []
  /// The object types that are sequences, with the types of their elements.
  private var sequences: [TypeName: TypeName] = [:]

  /// A registry with nothing in it; see ``language`` for one to build on.
  package init() {}

  /// Adds commands.
  ///
  /// One with the same name, receiver and kind replaces the earlier one.
  package mutating func register(_ commands: [Command]) {
    for command in commands { register(command) }
  }

  /// Adds a command, and the sets of leading-dot names that its parameters use.
  package mutating func register(_ command: Command) {
    order.removeAll { $0.name == command.name && $0.receiver == command.receiver && $0.kind == command.kind }
    order.append(command)
    if let receiver = command.receiver {
      var namesakes = members[receiver, default: [:]][command.name, default: []]
      namesakes.removeAll { $0.kind == command.kind }
      members[receiver, default: [:]][command.name] = namesakes + [command]
    } else {
      functions[command.name] = command
    }
    for set in command.parameters.flatMap(\.type.symbolSets) { sets[set.name] = set }
  }

  // MARK: - Looking up

  /// All commands in the order of their registration.
  package var commands: [Command] { order }

  /// All sets of leading-dot names, by name.
  package var symbolSets: [SymbolSet] { sets.values.sorted { $0.name < $1.name } }

  /// The function of this name.
  package func function(_ name: String) -> Command? { functions[name] }

  /// The names of all functions, sorted.
  package var functionNames: [String] { functions.keys.sorted() }

  /// The member of a type, its properties before its methods unless a call is meant.
  package func member(_ name: String, of type: TypeName, called: Bool = false) -> Command? {
    for type in lineage(of: type) {
      guard let namesakes = members[type]?[name] else { continue }
      return namesakes.first { ($0.kind == .method) == called } ?? namesakes.first
    }
    return nil
  }

  /// Every method and property of a type, sorted by name.
  package func members(of type: TypeName) -> [Command] {
    var found: [String: Command] = [:]
    for type in lineage(of: type) {
      for (name, namesakes) in members[type] ?? [:] where found[name] == nil && name != "subscript" {
        found[name] = namesakes.first { $0.kind == .property } ?? namesakes.first
      }
    }
    return found.values.sorted { $0.name < $1.name }
  }

  /// Every command that has this name, whatever it belongs to.
  package func commands(named name: String) -> [Command] { order.filter { $0.name == name } }

  /// Whether commands are registered for a type of this name.
  package func knows(type: TypeName) -> Bool { members[type.base] != nil }

  /// The type and those whose members it has too: arrays, ranges and texts are sequences, `Int` and `Double` numbers.
  private func lineage(of type: TypeName) -> [TypeName] {
    let base = type.base
    return switch base {
    case .int, .double: [base, "Number"]
    case .array, .range, .dictionary, .string: [base, "Sequence"]
    default: sequences[base] != nil ? [base, "Sequence"] : [base]
    }
  }

  /// Gives an object type the members of sequences: `map`, `filter`, `first` and so on, where it has none of its own.
  package mutating func registerSequence<Object: CommandSequence>(_ type: Object.Type) {
    sequences[TypeName(type.typeName)] = type.elementType
  }

  /// The type of the elements of an object type that is a sequence.
  func elementType(of type: TypeName) -> TypeName? { sequences[type.base] }
}
