/// A help page as plain text and as Markdown, both from the registry.
struct HelpPage {
  private let topic: HelpTopic

  init(_ topic: HelpTopic) { self.topic = topic }

  var text: String { render(PlainHelp()) }
  var markdown: String { render(MarkdownHelp()) }

  private func render(_ format: some HelpFormat) -> String {
    switch topic {
    case .overview(let commands): format.overview(commands)
    case .commands(let commands): commands.map(format.page).joined(separator: "\n\n")
    case .type(let type, let commands): format.members(title: type.description, commands)
    case .symbol(let symbol, let set): format.page(symbol, of: set)
    case .symbolSet(let set): format.page(set)
    case .variable(let name, let value, let members):
      format.members(title: "\(name): \(value.type)", members, value: value)
    }
  }
}

/// How the parts of a help page are written.
protocol HelpFormat {
  func heading(_ text: String) -> String
  func code(_ text: String) -> String
  /// A table of names, types and what they mean.
  func rows(_ rows: [[String]]) -> String
}

extension HelpFormat {
  func page(_ command: Command) -> String {
    var parts = [heading(command.signature), command.summary]
    if !command.discussion.isEmpty { parts.append(command.discussion) }
    let parameters = command.parameters + (command.freeLabels.map { [$0] } ?? [])
    if !parameters.isEmpty { parts.append("Parameters:\n" + rows(parameters.map(row))) }
    if !command.example.isEmpty { parts.append("Example:\n" + code(command.example)) }
    if !command.neighbours.isEmpty { parts.append("Elsewhere: \(command.neighbours)") }
    if let source = command.source { parts.append("See: \(source)") }
    return parts.joined(separator: "\n\n")
  }

  func page(_ parameter: Parameter) -> String {
    ([heading(parameter.signature)] + row(parameter).dropFirst()).joined(separator: "\n\n")
  }

  func page(_ symbol: SymbolCase, of set: SymbolSet) -> String {
    var parts = [heading(symbol.signature), symbol.summary]
    if !symbol.parameters.isEmpty { parts.append("Parameters:\n" + rows(symbol.parameters.map(row))) }
    parts.append("One of \(set.name): \(set.cases.map { ".\($0.name)" }.joined(separator: " "))")
    if !symbol.neighbours.isEmpty { parts.append("Elsewhere: \(symbol.neighbours)") }
    if let source = symbol.source { parts.append("See: \(source)") }
    return parts.joined(separator: "\n\n")
  }

  func page(_ set: SymbolSet) -> String {
    [heading(set.name), set.summary, rows(set.cases.map { [$0.signature, $0.summary] })].joined(separator: "\n\n")
  }

  func members(title: String, _ commands: [Command], value: Value? = nil) -> String {
    var parts = [heading(title)]
    if let value, !value.display().isEmpty { parts.append(code(value.shortText)) }
    if !commands.isEmpty { parts.append(rows(commands.map { [$0.shortSignature, $0.summary] })) }
    return parts.joined(separator: "\n\n")
  }

  func overview(_ commands: [Command]) -> String {
    let functions = commands.filter { $0.kind == .function }
    let types = Set(commands.compactMap(\.receiver)).map(\.description).sorted()
    return [
      heading("Commands"), rows(functions.map { [$0.name, $0.summary] }),
      "Types with members of their own: \(types.joined(separator: ", ")). help(name) tells more about each of these.",
      LanguageNotes.all.joined(separator: "\n"),
    ].joined(separator: "\n\n")
  }

  private func row(_ parameter: Parameter) -> [String] {
    var notes = [parameter.summary]
    if let range = parameter.range {
      notes.append("\(range)\(parameter.unit.map { " \($0)" } ?? "").")
    } else if let unit = parameter.unit {
      notes.append("In \(unit).")
    }
    let choices = parameter.type.symbolSets.flatMap(\.cases).map { ".\($0.name)" }
    if !choices.isEmpty { notes.append("One of \(choices.joined(separator: " ")).") }
    if !parameter.neighbours.isEmpty { notes.append("(\(parameter.neighbours))") }
    return [parameter.signature, notes.joined(separator: " ")]
  }
}

struct PlainHelp: HelpFormat {
  func heading(_ text: String) -> String { text }

  func code(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }.joined(separator: "\n")
  }

  func rows(_ rows: [[String]]) -> String {
    let width = min(36, rows.map { $0[0].count }.max() ?? 0)
    return rows.map { row in
      let name = row[0]
      let padding = String(repeating: " ", count: max(0, width - name.count))
      return name.count > width
        ? "  \(name)\n  \(String(repeating: " ", count: width))  \(row[1])" : "  \(name)\(padding)  \(row[1])"
    }.joined(separator: "\n")
  }
}

struct MarkdownHelp: HelpFormat {
  func heading(_ text: String) -> String { "```swift\n\(text)\n```" }
  func code(_ text: String) -> String { "```swift\n\(text)\n```" }

  func rows(_ rows: [[String]]) -> String {
    "\n" + rows.map { "- `\($0[0])`: \($0[1])" }.joined(separator: "\n")
  }
}

extension Command {
  /// The signature without the receiver, short enough for a list.
  var shortSignature: String {
    switch kind {
    case .function, .method:
      "\(name)(\(parameters.map { $0.isLabelled ? "\($0.name):" : "_:" }.joined()))"
    case .property: name
    case .subscript: "[\(parameters.map(\.name).joined(separator: ", "))]"
    }
  }
}

extension Value {
  /// The first line of the value's text, cut where it gets long.
  var shortText: String {
    let line = debugText.prefix { $0 != "\n" }
    return line.count > 120 ? line.prefix(119) + "…" : String(line)
  }
}
