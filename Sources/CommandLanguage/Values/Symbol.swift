/// A leading-dot name and its arguments, such as `.nf4(blockSize: 64)`.
///
/// A command gets its symbols checked: the name is one of the parameter's ``SymbolSet``, the arguments are complete
/// (defaults filled in) and are read with the same typed getters as those of a call.
package struct Symbol: Sendable, ArgumentReading {
  /// The name without the dot, as `nf4`.
  package let name: String
  package let arguments: Arguments
  /// The arguments as they were written, not yet matched with parameters.
  let written: [WrittenArgument]

  /// A symbol whose arguments were matched with its parameters.
  package init(_ name: String, _ arguments: Arguments = Arguments()) {
    self.name = name
    self.arguments = arguments
    self.written = []
  }

  init(_ name: String, written: [WrittenArgument]) {
    self.name = name
    self.arguments = Arguments()
    self.written = written
  }
}

/// An argument as a cell writes it: a label or none, its value, and where it stands.
struct WrittenArgument: Sendable {
  let label: String?
  let value: Value
  let range: SourceRange
  var labelRange: SourceRange?
  var isTrailing = false
}

extension Symbol: CustomStringConvertible {
  /// The symbol as it is written, with only those arguments that were given.
  package var description: String {
    let given =
      written.isEmpty
      ? arguments.given.map { "\($0): \(arguments[$0].debugText)" }
      : written.map { argument in (argument.label.map { "\($0): " } ?? "") + argument.value.debugText }
    return given.isEmpty ? ".\(name)" : ".\(name)(\(given.joined(separator: ", ")))"
  }
}

extension Symbol: Equatable {
  package static func == (left: Symbol, right: Symbol) -> Bool {
    left.name == right.name && left.description == right.description
  }
}
