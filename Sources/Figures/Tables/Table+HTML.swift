extension Table {
  /// The table as one HTML element with inline attributes only.
  package func html() -> String {
    let layout = layout()
    let heading = zip(layout.headings, layout.alignments).map { title, alignment in
      Self.cell("th", HTML.escaped(title), alignment, "border-bottom:1px solid rgba(127,127,127,0.6);font-weight:bold")
    }
    let body = layout.lines.map { html($0, layout) }.joined()
    let table = HTML.element(
      "table", ["style": "border-collapse:collapse;margin:0;font-size:13px"],
      HTML.element("thead", [:], HTML.element("tr", [:], heading.joined())) + HTML.element("tbody", [:], body))
    return HTML.figure(title: title, table + (note.map(HTML.note) ?? ""))
  }

  private func html(_ line: Layout.Line, _ layout: Layout) -> String {
    switch line {
    case .cells(let cells): return row(cells, layout, style: "")
    case .total(let cells):
      return row(cells, layout, style: "border-top:1px solid rgba(127,127,127,0.6);font-weight:bold")
    case .group(let name):
      let style =
        "text-align:left;padding:8px 10px 3px 10px;font-weight:bold;border-bottom:1px solid rgba(127,127,127,0.3)"
      let cell = HTML.element(
        "td", ["align": "left", "colspan": "\(columns.count)", "style": style], HTML.escaped(name))
      return HTML.element("tr", [:], cell)
    case .gap(let count):
      let text = "… \(NumberText.count(count)) more rows …"
      let cell = HTML.element(
        "td", ["align": "center", "colspan": "\(columns.count)", "style": "text-align:center;padding:3px;opacity:0.7"],
        HTML.escaped(text))
      return HTML.element("tr", [:], cell)
    }
  }

  private func row(_ cells: [Layout.Cell], _ layout: Layout, style: String) -> String {
    let content = zip(cells, layout.alignments).map { cell, alignment in
      let text = HTML.escaped(cell.text)
      let isLong = cell.isWords && (cell.text.count > 24 || cell.text.contains("\n"))
      let wrap = isLong ? "white-space:pre-wrap;max-width:460px;" : "white-space:nowrap;"
      return Self.cell("td", cell.isBest ? HTML.element("b", [:], text) : text, alignment, wrap + style)
    }
    return HTML.element("tr", [:], content.joined())
  }

  private static func cell(_ name: String, _ content: String, _ alignment: Label.Alignment, _ style: String) -> String {
    let place = alignment.rawValue
    // GitHub drops the style and keeps `align`; JupyterLab's own style sheet beats `align` but not the style.
    return HTML.element(
      name, ["align": place, "style": "text-align:\(place);padding:3px 10px;vertical-align:top;\(style)"], content)
  }
}
