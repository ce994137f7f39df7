import JSONValue

/// What a help page is about.
///
/// `help(generate)` hands it to the command, `generate?` shows it in the pager.
package enum HelpTopic: CommandObject {
  package static let typeName = "Help"

  /// Everything there is, in short.
  case overview([Command])
  /// The commands of one name, one for each type that has it.
  case commands([Command])
  /// A type with its members.
  case type(TypeName, [Command])
  case symbol(SymbolCase, of: SymbolSet)
  case symbolSet(SymbolSet)
  /// A variable, with the members of its type.
  case variable(String, Value, [Command])

  package var description: String { HelpPage(self).text }

  package func display() -> [String: JSONValue] {
    let page = HelpPage(self)
    return ["text/plain": .string(page.text), "text/markdown": .string(page.markdown)]
  }
}
