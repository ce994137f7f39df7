/// What can stand at the cursor.
package struct Completion: Sendable {
  /// One thing that fits.
  package struct Match: Sendable, Equatable {
    /// What kind of thing it is, in the words that JupyterLab has icons for.
    package enum Kind: String, Sendable {
      case function
      case method
      case property
      case parameter
      case variable
      case keyword
      case `enum`
      case path
      case magic
    }

    /// The text that replaces the range.
    package let text: String
    package let kind: Kind
    /// The declaration, or for a variable its type.
    package let signature: String
    /// One sentence, or empty.
    package let summary: String
  }

  package let matches: [Match]
  /// The range that a match replaces, in Unicode code points from the start of the cell.
  package let range: Range<Int>
}

extension Completion.Match {
  init(_ command: Command) {
    let kind: Kind =
      switch command.kind {
      case .function: .function
      case .method, .subscript: .method
      case .property: .property
      }
    self.init(text: command.name, kind: kind, signature: command.signature, summary: command.summary)
  }

  init(_ parameter: Parameter) {
    self.init(
      text: "\(parameter.name): ", kind: .parameter, signature: parameter.signature, summary: parameter.summary)
  }

  init(_ symbol: SymbolCase) {
    self.init(text: symbol.name, kind: .enum, signature: symbol.signature, summary: symbol.summary)
  }
}

extension Session {
  /// What can stand at a cursor.
  ///
  /// Nothing is evaluated: the variables are taken as they are now, and calls by the result that their commands
  /// declare. May be asked while a cell runs.
  ///
  /// - Parameters:
  ///   - source: The text of the cell, which may be half written.
  ///   - cursor: The place, in Unicode code points from the start of the cell.
  package func complete(_ source: String, at cursor: Int) -> Completion {
    let place = CursorPlace(source: source, cursor: cursor, registry: registry, globals: globals)
    return Completer(place: place).completion()
  }
}
