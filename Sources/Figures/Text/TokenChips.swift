import JSONValue

/// Tokens of a text as coloured boxes with their ids.
package struct TokenChips: Figure, Hashable {
  package struct Token: Sendable, Hashable {
    package var id: Int
    package var text: String
    /// Whether the token belongs to the marked ones, such as those that carry loss.
    package var isMarked: Bool

    package init(id: Int, text: String, isMarked: Bool = false) {
      self.id = id
      self.text = text
      self.isMarked = isMarked
    }
  }

  package var tokens: [Token]
  package var title: String
  /// What marked and other tokens are called, such as `carries loss` and `masked`; `nil` colours all tokens in turn.
  package var legend: Legend?
  package var showsIds: Bool
  package var maximumTokens: Int

  package struct Legend: Sendable, Hashable {
    package var marked: String
    package var others: String

    package init(marked: String, others: String) {
      self.marked = marked
      self.others = others
    }
  }

  package init(
    tokens: [Token], title: String = "", legend: Legend? = nil, showsIds: Bool = true, maximumTokens: Int = 400
  ) {
    self.tokens = tokens
    self.title = title
    self.legend = legend
    self.showsIds = showsIds
    self.maximumTokens = maximumTokens
  }

  package func mimeBundle() -> [String: JSONValue] {
    ["text/html": .string(html()), "text/plain": .string(text())]
  }

  private var shown: ArraySlice<Token> { tokens.prefix(max(0, maximumTokens)) }
  private var hidden: Int { tokens.count - shown.count }

  private var summary: String {
    var parts = ["\(NumberText.count(tokens.count)) \(tokens.count == 1 ? "token" : "tokens")"]
    if let legend {
      parts.append("\(legend.marked): \(NumberText.count(tokens.count(where: \.isMarked)))")
    }
    if hidden > 0 { parts.append("the first \(NumberText.count(shown.count)) are shown") }
    return parts.joined(separator: " · ")
  }

  // MARK: - HTML

  package func html() -> String {
    var parts: [String] = []
    if let legend {
      let entries =
        [chip(legend.marked, id: nil, color: markedColor, opacity: 0.35)]
        + [chip(legend.others, id: nil, color: .neutral, opacity: 0.12)]
      parts.append(HTML.element("div", ["style": "margin-bottom:4px;font-size:85%"], entries.joined(separator: " ")))
    }
    var lines = ""
    for (index, token) in shown.enumerated() {
      lines += chip(
        TextLayout.visible(token.text, marksSpaces: true), id: token.id, color: color(index, token),
        opacity: legend != nil && !token.isMarked ? 0.12 : 0.3)
      // A line break of the text is one here too, so that its shape stays visible.
      lines += token.text.hasSuffix("\n") ? "<br>" : "<wbr>"
    }
    parts.append(HTML.element("div", ["style": "line-height:2.1"], lines))
    parts.append(HTML.note(summary))
    return HTML.figure(title: title, parts.joined())
  }

  private var markedColor: Color { .series(1) }

  private func color(_ index: Int, _ token: Token) -> Color {
    guard legend != nil else { return .series(index % 5) }
    return token.isMarked ? markedColor : .neutral
  }

  private func chip(_ text: String, id: Int?, color: Color, opacity: Double) -> String {
    let style =
      "display:inline-block;margin:1px;padding:1px 4px;border-radius:4px;line-height:1.25;text-align:center;"
      + "vertical-align:top;background-color:\(color.css(opacity: opacity))"
    var content = HTML.element(
      "span", ["style": "font-family:monospace;white-space:pre"], text.isEmpty ? "∅" : HTML.escaped(text))
    if showsIds, let id {
      content += "<br>" + HTML.element("span", ["style": "font-size:10px;opacity:0.65"], "\(id)")
    }
    return HTML.element("span", ["style": style], content)
  }

  // MARK: - Text

  /// Tokens between bars, each with its id: `The·504|␣cat·2644`; marked ones in brackets.
  package func text() -> String {
    let pieces = shown.map { token in
      let text = TextLayout.visible(token.text, marksSpaces: true) + (showsIds ? "·\(token.id)" : "")
      return legend != nil && token.isMarked ? "[\(text)]" : text
    }
    var lines: [String] = title.isEmpty ? [] : [title]
    var line = ""
    for (piece, token) in zip(pieces, shown) {
      if !line.isEmpty, TextLayout.width(line) + TextLayout.width(piece) + 1 > 78 {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : "|") + piece
      if token.text.hasSuffix("\n") {
        lines.append(line)
        line = ""
      }
    }
    if !line.isEmpty { lines.append(line) }
    let key = legend.map { " · [\($0.marked)], others: \($0.others)" } ?? ""
    return TextLayout.joined(lines + [summary + key])
  }
}
