import JSONValue

/// The most likely next tokens with a bar for each, or several such lists side by side.
package struct ProbabilityBars: Figure, Hashable {
  package struct Row: Sendable, Hashable {
    package var token: String
    /// From 0 to 1.
    package var probability: Double

    package init(token: String, probability: Double) {
      self.token = token
      self.probability = probability
    }
  }

  /// One distribution, such as that at one temperature.
  package struct Distribution: Sendable, Hashable {
    package var title: String
    /// From the most to the least likely.
    package var rows: [Row]

    package init(title: String = "", rows: [Row]) {
      self.title = title
      self.rows = rows
    }
  }

  package var distributions: [Distribution]
  package var title: String
  /// Nucleus sampling's limit, `nil` for none: tokens after the sum of probabilities has reached it are dimmed.
  package var topP: Double?

  package init(distributions: [Distribution], title: String = "", topP: Double? = nil) {
    self.distributions = distributions
    self.title = title
    self.topP = topP
  }

  package init(rows: [Row], title: String = "", topP: Double? = nil) {
    self.init(distributions: [Distribution(rows: rows)], title: title, topP: topP)
  }

  package func mimeBundle() -> [String: JSONValue] {
    ["text/html": .string(html()), "text/plain": .string(text())]
  }

  /// Whether each row is among the tokens that `topP` keeps: the fewest whose probabilities add up to it.
  private func kept(_ rows: [Row]) -> [Bool] {
    guard let topP else { return rows.map { _ in true } }
    var sum = 0.0
    return rows.map { row in
      let isKept = sum < topP
      sum += row.probability.isFinite ? row.probability : 0
      return isKept
    }
  }

  // MARK: - HTML

  /// Pixels of a bar that stands for certainty; three distributions fit side by side.
  private var barWidth: Int { distributions.count > 1 ? 100 : 180 }

  package func html() -> String {
    let tables = distributions.map { distribution in
      let rows = zip(distribution.rows, kept(distribution.rows)).map(row).joined()
      let heading =
        distribution.title.isEmpty
        ? "" : HTML.element("div", ["style": "margin-bottom:4px;font-size:13px"], HTML.escaped(distribution.title))
      let table = HTML.element(
        "table", ["style": "border-collapse:collapse;margin:0;font-size:13px"], HTML.element("tbody", [:], rows))
      return HTML.element("div", ["style": "margin:0 28px 8px 0"], heading + table)
    }
    let note = topP.map { HTML.note("dimmed: left out by topP \(NumberText.significant($0))") } ?? ""
    return HTML.figure(title: title, HTML.element("div", ["style": "display:flex"], tables.joined()) + note)
  }

  private func row(_ row: Row, isKept: Bool) -> String {
    let cell = "padding:1px 8px 1px 0;white-space:pre;opacity:\(isKept ? "1" : "0.45");vertical-align:middle;"
    let share = row.probability.isFinite ? min(1, max(0, row.probability)) : 0
    let width = max(1, Int((share * Double(barWidth)).rounded()))
    let color = isKept ? Color.series(0) : Color.neutral
    let bar = HTML.element(
      "span",
      ["style": "display:inline-block;height:11px;border-radius:2px;width:\(width)px;background-color:\(color.css)"], ""
    )
    let token = HTML.escaped(TextLayout.visible(row.token, marksSpaces: true))
    return HTML.element(
      "tr", [:],
      HTML.element("td", ["align": "left", "style": cell + "text-align:left;font-family:monospace"], token)
        + HTML.element(
          "td", ["align": "right", "style": cell + "text-align:right"],
          HTML.escaped(NumberText.percent(row.probability, decimals: 1)))
        + HTML.element("td", ["align": "left", "style": cell + "text-align:left;width:\(barWidth)px"], bar))
  }

  // MARK: - Text

  package func text() -> String {
    var lines: [String] = title.isEmpty ? [] : [title]
    for distribution in distributions {
      if !distribution.title.isEmpty { lines.append(distribution.title) }
      let tokens = distribution.rows.map {
        TextLayout.shortened(TextLayout.visible($0.token, marksSpaces: true), to: 24)
      }
      let width = tokens.map(TextLayout.width).max() ?? 0
      for (index, isKept) in kept(distribution.rows).enumerated() {
        let row = distribution.rows[index]
        let percent = TextLayout.padded(NumberText.percent(row.probability), to: 7, alignment: .right)
        let token = TextLayout.padded(tokens[index], to: width, alignment: .left)
        lines.append("\(token) \(percent) \(isKept ? "" : "· ")\(TextLayout.bar(row.probability, width: 32))")
      }
    }
    if let topP { lines.append("·: left out by topP \(NumberText.significant(topP))") }
    return TextLayout.joined(lines)
  }
}
