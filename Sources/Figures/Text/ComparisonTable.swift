import JSONValue

/// What several models answer to the same prompts, with the words marked in which an answer differs from the first.
package struct ComparisonTable: Figure, Hashable {
  package struct Row: Sendable, Hashable {
    package var prompt: String
    /// One answer for each model.
    package var answers: [String]

    package init(prompt: String, answers: [String]) {
      self.prompt = prompt
      self.answers = answers
    }
  }

  package var title: String
  /// What the models are called, the one that others are compared with first: `["base", "tuned"]`.
  package var models: [String]
  package var rows: [Row]

  package init(title: String = "", models: [String], rows: [Row]) {
    self.title = title
    self.models = models
    self.rows = rows
  }

  package func mimeBundle() -> [String: JSONValue] {
    ["text/html": .string(html()), "text/plain": .string(text())]
  }

  /// The answers as marked words: the first as it is unless there are just two, the others against the first.
  private func marked(_ answers: [String]) -> [[WordDifference.Word]] {
    guard let first = answers.first else { return [] }
    let plain = WordDifference(from: first, to: first).old
    if answers.count == 2 {
      let difference = WordDifference(from: first, to: answers[1])
      return [difference.old, difference.new]
    }
    return [plain] + answers.dropFirst().map { WordDifference(from: first, to: $0).new }
  }

  // MARK: - HTML

  package func html() -> String {
    let headings = (["prompt"] + models).map {
      cell("th", HTML.escaped($0), "border-bottom:1px solid rgba(127,127,127,0.6)")
    }
    let body = rows.map { row in
      let answers = marked(row.answers).enumerated().map { index, words in
        cell("td", html(words, isFirst: index == 0), "white-space:pre-wrap;max-width:340px")
      }
      return HTML.element(
        "tr", [:], cell("td", HTML.escaped(row.prompt), "white-space:pre-wrap;max-width:240px") + answers.joined())
    }
    let table = HTML.element(
      "table", ["style": "border-collapse:collapse;margin:0;font-size:13px"],
      HTML.element("thead", [:], HTML.element("tr", [:], headings.joined())) + HTML.element("tbody", [:], body.joined())
    )
    return HTML.figure(title: title, table)
  }

  private func cell(_ name: String, _ content: String, _ style: String) -> String {
    HTML.element(
      name, ["align": "left", "style": "text-align:left;vertical-align:top;padding:4px 10px;\(style)"], content)
  }

  private func html(_ words: [WordDifference.Word], isFirst: Bool) -> String {
    WordDifference.runs(words).map { run in
      let text = HTML.escaped(run.text)
      guard run.isChanged else { return text }
      let color = isFirst ? Color.series(1) : Color.series(2)
      let style = "background-color:\(color.css(opacity: 0.28));border-radius:3px"
      return HTML.element(isFirst ? "span" : "b", ["style": style + (isFirst ? "" : ";font-weight:bold")], text)
    }.joined()
  }

  // MARK: - Text

  /// One paragraph for each prompt; words that only the first answer has as `[-so-]`, new ones as `{+so+}`.
  package func text() -> String {
    let width = (["prompt"] + models).map(TextLayout.width).max() ?? 0
    func line(_ name: String, _ text: String) -> String {
      TextLayout.padded(name, to: width, alignment: .right) + " │ " + TextLayout.visible(text, marksSpaces: false)
    }
    var lines: [String] = title.isEmpty ? [] : [title]
    for (index, row) in rows.enumerated() {
      if index > 0 { lines.append("") }
      lines.append(line("prompt", row.prompt))
      for (column, words) in marked(row.answers).enumerated() {
        let marks = column == 0 ? ("[-", "-]") : ("{+", "+}")
        let text = WordDifference.runs(words).map { $0.isChanged ? marks.0 + $0.text + marks.1 : $0.text }.joined()
        lines.append(line(models.indices.contains(column) ? models[column] : "", text))
      }
    }
    return TextLayout.joined(lines)
  }
}
