extension CommandRegistry {
  /// The whole registry as one Markdown page: functions first, then each type with its members, then the leading-dot
  /// names.
  package func referencePage() -> String {
    let functions = commands.filter { $0.receiver == nil }
    let notes = LanguageNotes.all.map { "- \($0)" }.joined(separator: "\n")
    var parts = ["# Reference", "## The language", notes, section("Functions", functions)]
    for type in types { parts.append(section("\(type)", commands.filter { $0.receiver == type })) }
    for set in symbolSets { parts.append("## \(set.name)\n\n" + symbols(of: set)) }
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// The types that have members, in the order of their first registration.
  private var types: [TypeName] {
    var seen: Set<TypeName> = []
    return commands.compactMap(\.receiver).filter { seen.insert($0).inserted }
  }

  private func section(_ title: String, _ commands: [Command]) -> String {
    (["## \(title)"] + commands.map(entry)).joined(separator: "\n\n")
  }

  private func entry(_ command: Command) -> String {
    "### \(command.qualifiedName)\n\n" + MarkdownHelp().page(command)
  }

  private func symbols(of set: SymbolSet) -> String {
    ([set.summary, ""]
      + set.cases.map { symbol in
        let elsewhere = symbol.neighbours.isEmpty ? "" : " (\(symbol.neighbours))"
        let source = symbol.source.map { " See \($0)." } ?? ""
        return "- `\(symbol.signature)`: \(symbol.summary)\(elsewhere)\(source)"
      }).joined(separator: "\n")
  }
}
