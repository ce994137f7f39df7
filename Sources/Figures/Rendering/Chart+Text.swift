import Foundation

extension Chart {
  /// The chart as text for a terminal, at most 79 columns wide: bars and cells in blocks, lines in Braille dots.
  package func text() -> String {
    let body: [String]
    if let matrix = layers.lazy.compactMap(\.mark.matrix).first, let colorScale {
      body = TextHeatmap(chart: self, matrix: matrix, scale: colorScale).lines()
    } else if y.isCategorical {
      body = TextBars(chart: self).lines()
    } else {
      body = TextPlot(chart: self).lines()
    }
    let heading = [title, subtitle ?? ""].filter { !$0.isEmpty }.map { TextLayout.visible($0, marksSpaces: false) }
    return TextLayout.joined(heading + body)
  }

  /// What each colour of the legend is drawn with in text.
  var textLegend: [(entry: LegendEntry, glyph: Character)] {
    zip(legendEntries, Self.glyphs).map { ($0, $1) }
  }

  /// The sign for a colour, the same for all layers of the colour.
  func glyph(of color: Color) -> Character {
    if let place = textLegend.first(where: { $0.entry.color == color }) { return place.glyph }
    return Self.glyphs[Color.palette.firstIndex(of: color) ?? 0]
  }

  private static let glyphs: [Character] = ["●", "▲", "■", "◆", "✚", "✖", "○", "△", "□", "◇"]
}

extension Mark {
  var matrix: Matrix? { if case .cells(let matrix) = self { matrix } else { nil } }
  var bars: [Bar]? { if case .bars(let bars) = self { bars } else { nil } }
  var labels: [Label]? { if case .labels(let labels) = self { labels } else { nil } }
}

// MARK: - Bars

/// Horizontal bars, a line for each, after the names of their categories.
private struct TextBars {
  let chart: Chart
  private static let width = 44

  func lines() -> [String] {
    let nameWidth = min(24, chart.y.ticks.map { TextLayout.width($0.label) }.max() ?? 0)
    var lines = legend()
    for tick in chart.y.ticks {
      let name = TextLayout.shortened(TextLayout.visible(tick.label, marksSpaces: false), to: 24)
      for (index, row) in rows(of: tick.value).enumerated() {
        let label = TextLayout.padded(index == 0 ? name : "", to: nameWidth, alignment: .left)
        lines.append("\(label) │\(row)")
      }
    }
    if !chart.x.title.isEmpty { lines.append(String(repeating: " ", count: nameWidth + 2) + chart.x.title) }
    return lines
  }

  private func legend() -> [String] {
    guard !chart.legendEntries.isEmpty else { return [] }
    return [chart.legendEntries.enumerated().map { "\(Self.fill($0)) \($1.name)" }.joined(separator: "   ")]
  }

  private static func fill(_ index: Int) -> Character { Array("█▓▒░▞▚")[index % 6] }

  /// The lines of one category: one for each height at which bars lie, a stack being one line.
  private func rows(of category: Double) -> [String] {
    let bars = chart.layers.compactMap(\.mark.bars).enumerated().flatMap { index, bars in
      bars.filter { $0.y.contains(category) || abs(($0.y.lowerBound + $0.y.upperBound) / 2 - category) < 0.5 }
        .map { (index, $0) }
    }
    let labels = chart.layers.compactMap(\.mark.labels).joined().filter { abs($0.at.y - category) < 0.5 }
    let heights = Set(bars.map(\.1.y.lowerBound)).sorted()
    return heights.map { height in
      let stack = bars.filter { $0.1.y.lowerBound == height }.sorted { $0.1.x.lowerBound < $1.1.x.lowerBound }
      let label = labels.first { label in stack.contains { $0.1.y.contains(label.at.y) } }
      return line(stack) + " " + (label?.text ?? "")
    }
  }

  private func line(_ stack: [(Int, Bar)]) -> String {
    guard stack.count > 1 || chart.x.domain.lowerBound < 0 || !chart.legendEntries.isEmpty else {
      return TextLayout.bar(chart.x.fraction(of: stack[0].1.x.upperBound) ?? 0, width: Self.width)
    }
    var cells = [Character](repeating: " ", count: Self.width)
    for (index, bar) in stack {
      guard let start = column(bar.x.lowerBound), let end = column(bar.x.upperBound) else { continue }
      for place in start..<max(start, end) { cells[place] = Self.fill(index) }
    }
    while cells.last == " " { cells.removeLast() }
    return String(cells)
  }

  private func column(_ value: Double) -> Int? {
    chart.x.fraction(of: value).map { Int((min(1, max(0, $0)) * Double(Self.width)).rounded()) }
  }
}

// MARK: - Cells

/// A matrix in shades of blocks, from an empty to a full one.
private struct TextHeatmap {
  let chart: Chart
  let matrix: Matrix
  let scale: ColorScale
  private static let shades: [Character] = ["·", "░", "▒", "▓", "█"]

  /// Signed numbers would be distorted by their largest.
  private var reduction: Heatmap.Reduction { scale.colors == .diverging ? .mean : .maximum }

  func lines() -> [String] {
    let (rowsPerLine, columnsPerPlace) = (max(1, (matrix.rows + 31) / 32), max(1, (matrix.columns + 31) / 32))
    let small = matrix.reduced(rowsPerCell: rowsPerLine, columnsPerCell: columnsPerPlace, by: reduction)
    let names = Dictionary(chart.y.ticks.map { (Int($0.value.rounded()) / rowsPerLine, $0.label) }) { first, _ in first
    }
    let width = min(16, names.values.map { TextLayout.width($0) }.max() ?? 0)
    var lines = (0..<small.rows).map { row in
      let name = TextLayout.shortened(TextLayout.visible(names[row] ?? "", marksSpaces: false), to: 16)
      let cells = (0..<small.columns).map { column in shade(small[row, column]) }
      return TextLayout.padded(name, to: width, alignment: .right) + " " + cells.joined()
    }
    if small.rows < matrix.rows || small.columns < matrix.columns {
      lines.append("each block is the \(reduction.rawValue) of \(rowsPerLine) × \(columnsPerPlace) cells")
    }
    return lines + [legend(), "rows: \(chart.y.title), columns: \(chart.x.title)" + columnNames()]
  }

  /// Two characters, about a square.
  private func shade(_ value: Double) -> String {
    guard let fraction = scale.axis.fraction(of: value) else { return "  " }
    let index = min(Self.shades.count - 1, max(0, Int(fraction * Double(Self.shades.count))))
    return String(repeating: Self.shades[index], count: 2)
  }

  private func legend() -> String {
    let edges = (0...Self.shades.count).map { index -> String in
      let part = Double(index) / Double(Self.shades.count)
      let range = scale.axis.domain
      let value =
        switch scale.axis.scale {
        case .linear: range.lowerBound * (1 - part) + range.upperBound * part
        case .logarithmic: exp(log(range.lowerBound) * (1 - part) + log(range.upperBound) * part)
        }
      return NumberText.significant(value, digits: 2)
    }
    let parts = Self.shades.enumerated().map { "\($1)\($1) \(edges[$0])–\(edges[$0 + 1])" }
    return (scale.axis.title.isEmpty ? "" : scale.axis.title + ": ") + parts.joined(separator: "  ")
  }

  private func columnNames() -> String {
    guard chart.x.isCategorical, chart.x.ticks.count <= 32 else { return "" }
    return " " + chart.x.ticks.map { TextLayout.visible($0.label, marksSpaces: false) }.joined(separator: " | ")
  }
}
