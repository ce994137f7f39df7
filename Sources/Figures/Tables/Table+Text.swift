extension Table {
  /// The table as lines of aligned text.
  ///
  /// Words longer than `longestCell` columns are shortened. The best number of a column is followed by `*`.
  package func text(longestCell: Int = 48) -> String {
    let layout = layout()
    func plain(_ cell: Layout.Cell) -> String {
      let text = TextLayout.shortened(TextLayout.visible(cell.text, marksSpaces: false), to: longestCell)
      return cell.isBest ? text + "*" : text
    }
    // A column with a star keeps that place free in its other rows, so that the digits stay aligned.
    let starred = columns.indices.map { column in
      layout.lines.contains { $0.cells?[column].isBest ?? false } && layout.alignments[column] == .right
    }
    func fitted(_ cells: [Layout.Cell]) -> [String] {
      cells.enumerated().map { starred[$0] && !$1.isBest ? plain($1) + " " : plain($1) }
    }
    let headings = layout.headings.enumerated().map { starred[$0] ? $1 + " " : $1 }
    let rows = layout.lines.compactMap { $0.cells.map(fitted) }
    let widths = columns.indices.map { column in
      ([headings] + rows).map { TextLayout.width($0[column]) }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      columns.indices.map { TextLayout.padded(cells[$0], to: widths[$0], alignment: layout.alignments[$0]) }
        .joined(separator: "  ")
    }
    let rule = String(repeating: "─", count: widths.reduce(0, +) + 2 * max(0, columns.count - 1))
    var lines = title.isEmpty ? [] : [title]
    lines += [line(headings), rule]
    for entry in layout.lines {
      switch entry {
      case .cells(let cells): lines.append(line(fitted(cells)))
      case .total(let cells): lines += [rule, line(fitted(cells))]
      case .group(let name): lines.append("── " + TextLayout.visible(name, marksSpaces: false))
      case .gap(let count): lines.append("… \(NumberText.count(count)) more rows …")
      }
    }
    if layout.hasBest { lines.append("* best") }
    if let note { lines.append(note) }
    return TextLayout.joined(lines)
  }
}
