extension Table {
  /// A table as text ready to be set: what both the HTML and the plain form show.
  struct Layout {
    struct Cell {
      var text: String
      var isBest = false
      /// Whether the text is of the student's or the model's making and may hold line breaks.
      var isWords = false
    }

    enum Line {
      case cells([Cell])
      case group(String)
      case total([Cell])
      /// So many rows are not shown here.
      case gap(Int)

      var cells: [Cell]? {
        switch self {
        case .cells(let cells), .total(let cells): cells
        case .group, .gap: nil
        }
      }
    }

    var headings: [String]
    var alignments: [Label.Alignment]
    var lines: [Line]
    var hasBest: Bool
  }

  func layout() -> Layout {
    let best = columns.indices.map(bestValue)
    return Layout(
      headings: columns.map(\.heading), alignments: columns.indices.map(alignment), lines: lines(best),
      hasBest: best.contains { $0 != nil })
  }

  private func lines(_ best: [Double?]) -> [Layout.Line] {
    let limit = max(2, maximumRows)
    guard rows.count > limit else { return rows.map { line($0, best) } }
    let first = (limit + 1) / 2
    let last = limit - first
    return rows.prefix(first).map { line($0, best) } + [.gap(rows.count - limit)]
      + rows.suffix(last).map { line($0, best) }
  }

  private func line(_ row: Row, _ best: [Double?]) -> Layout.Line {
    switch row {
    case .group(let name): return .group(name)
    case .values(let values):
      return .cells(columns.indices.map { cell(values.indices.contains($0) ? values[$0] : .missing, $0, best[$0]) })
    case .total(let values):
      return .total(columns.indices.map { cell(values.indices.contains($0) ? values[$0] : .missing, $0, nil) })
    }
  }

  private func cell(_ value: Value, _ column: Int, _ best: Double?) -> Layout.Cell {
    let isBest = best != nil && value.number == best
    switch value {
    case .text(let text): return Layout.Cell(text: text, isWords: true)
    case .missing: return Layout.Cell(text: "–")
    case .number(let number): return Layout.Cell(text: columns[column].format.text(number), isBest: isBest)
    case .integer(let number):
      if case .significant = columns[column].format {
        return Layout.Cell(text: NumberText.count(number), isBest: isBest)
      }
      return Layout.Cell(text: columns[column].format.text(Double(number)), isBest: isBest)
    }
  }

  private func alignment(of column: Int) -> Label.Alignment {
    if let alignment = columns[column].alignment { return alignment }
    let isNumeric = rows.contains { row in
      row.values.map { $0.indices.contains(column) && $0[column].number != nil } ?? false
    }
    return isNumeric ? .right : .left
  }

  /// The lowest or highest finite number of a column, totals aside, when there are at least two to choose from.
  private func bestValue(of column: Int) -> Double? {
    guard let best = columns[column].best else { return nil }
    let numbers = rows.compactMap { row -> Double? in
      guard case .values(let values) = row, values.indices.contains(column) else { return nil }
      return values[column].number.flatMap { $0.isFinite ? $0 : nil }
    }
    guard numbers.count > 1 else { return nil }
    return best == .lowest ? numbers.min() : numbers.max()
  }
}
