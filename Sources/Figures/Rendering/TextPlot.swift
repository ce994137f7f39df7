/// Lines, points and vertical bars over two numeric axes, in characters.
struct TextPlot {
  let chart: Chart
  private let labelWidth: Int
  private let columns: Int
  private static let rows = 14

  init(chart: Chart) {
    self.chart = chart
    labelWidth = min(12, chart.y.ticks.map { TextLayout.width($0.label) }.max() ?? 0)
    columns = 76 - labelWidth
  }

  func lines() -> [String] {
    var raster = TextRaster(columns: columns, rows: Self.rows)
    for layer in visibleLayers { draw(layer, into: &raster) }
    let marks = tickRows()
    var lines = [chart.y.title].filter { !$0.isEmpty } + legend()
    for (row, text) in raster.lines().enumerated() {
      let label = TextLayout.padded(marks[row] ?? "", to: labelWidth, alignment: .right)
      lines.append("\(label) \(marks[row] == nil ? "│" : "┤")\(text)")
    }
    return lines + horizontalAxis()
  }

  // MARK: - Axes

  private func column(_ value: Double, per cell: Int = 1) -> Int? {
    chart.x.fraction(of: value).map { Self.place($0, of: columns * cell) }
  }

  /// Counted from the top.
  private func row(_ value: Double, per cell: Int = 1) -> Int? {
    chart.y.fraction(of: value).map { Self.place(1 - $0, of: Self.rows * cell) }
  }

  private static func place(_ fraction: Double, of count: Int) -> Int {
    Int((min(1, max(0, fraction)) * Double(count - 1)).rounded())
  }

  private func tickRows() -> [Int: String] {
    Dictionary(chart.y.ticks.compactMap { tick in row(tick.value).map { ($0, tick.label) } }) { first, _ in first }
  }

  private func horizontalAxis() -> [String] {
    var axis = [Character](repeating: "─", count: columns)
    var labels = [Character](repeating: " ", count: columns + 8)
    var free = 0
    for tick in chart.x.ticks {
      guard let column = column(tick.value) else { continue }
      axis[column] = "┬"
      let start = max(0, column - TextLayout.width(tick.label) / 2)
      guard start >= free, start + tick.label.count <= labels.count else { continue }
      for (index, character) in tick.label.enumerated() { labels[start + index] = character }
      free = start + tick.label.count + 1
    }
    let margin = String(repeating: " ", count: labelWidth + 1)
    let title =
      chart.x.title.isEmpty
      ? [] : [margin + " " + TextLayout.padded(chart.x.title, to: columns, alignment: .center)]
    return [margin + "└" + String(axis), margin + " " + String(labels)] + title
  }

  private func legend() -> [String] {
    guard !chart.textLegend.isEmpty else { return [] }
    let entries = chart.textLegend.map { entry, glyph in
      "\(entry.isLine && !usesGlyphs ? "─" : glyph) \(TextLayout.visible(entry.name, marksSpaces: false))"
    }
    return [entries.joined(separator: "   ")]
  }

  // MARK: - Marks

  /// Faint layers, such as the raw losses behind their average, would only blur the plot.
  private var visibleLayers: [Layer] {
    let strong = chart.layers.filter { $0.opacity >= 0.45 }
    return strong.isEmpty ? chart.layers : strong
  }

  /// Whether solid lines have more than one colour, so that Braille dots could not tell them apart.
  private var usesGlyphs: Bool {
    Set(
      chart.layers.compactMap { layer in
        if case .line(_, _, dashed: false) = layer.mark { layer.color } else { nil }
      }
    ).count > 1
  }

  private func draw(_ layer: Layer, into raster: inout TextRaster) {
    switch layer.mark {
    case .line(let points, _, let dashed): draw(points, dashed: dashed, color: layer.color, into: &raster)
    case .points(let points, _):
      let glyph = chart.glyph(of: layer.color)
      for point in points where point.isFinite {
        if points.count > 60 {
          dot(point, into: &raster)
        } else if let column = column(point.x), let row = row(point.y) {
          raster.set(glyph, column: column, row: row)
        }
      }
    case .bars(let bars): for bar in bars { draw(bar, into: &raster) }
    case .verticalRules(let places):
      for column in places.compactMap({ column($0) }) {
        for row in 0..<Self.rows where raster.isEmpty(column: column, row: row) {
          raster.set("╎", column: column, row: row)
        }
      }
    case .errorBars(let bars):
      for bar in bars {
        guard let column = column(bar.x), let top = row(bar.y.upperBound), let bottom = row(bar.y.lowerBound) else {
          continue
        }
        for row in top...max(top, bottom) where top != bottom { raster.set("│", column: column, row: row) }
      }
    case .labels(let labels): for label in labels { draw(label, into: &raster) }
    case .cells: break
    }
  }

  private func dot(_ point: Point, into raster: inout TextRaster) {
    guard let x = column(point.x, per: 2), let y = row(point.y, per: 4) else { return }
    raster.setDot(x: x, y: y)
  }

  private func draw(_ points: [Point], dashed: Bool, color: Color, into raster: inout TextRaster) {
    let glyph: Character? = usesGlyphs && !dashed ? chart.glyph(of: color) : nil
    let perColumn = glyph == nil ? 2 : 1
    let perRow = glyph == nil ? 4 : 1
    var last: (x: Int, y: Int)?
    var length = 0
    for point in points {
      guard point.isFinite, let x = column(point.x, per: perColumn), let y = row(point.y, per: perRow) else {
        last = nil
        continue
      }
      let from = last ?? (x, y)
      let steps = max(1, abs(x - from.x), glyph == nil ? abs(y - from.y) : 0)
      for step in 0...steps {
        length += 1
        if dashed, length % 4 != 0 { continue }
        let column = from.x + (x - from.x) * step / steps
        let row = from.y + (y - from.y) * step / steps
        if let glyph { raster.set(glyph, column: column, row: row) } else { raster.setDot(x: column, y: row) }
      }
      last = (x, y)
    }
  }

  private func draw(_ bar: Bar, into raster: inout TextRaster) {
    guard let start = column(bar.x.lowerBound), let end = column(bar.x.upperBound),
      let fraction = chart.y.fraction(of: bar.y.upperBound), bar.y.upperBound > bar.y.lowerBound
    else { return }
    // A bar that is not zero shows at least its foot.
    let eighths = max(1, Int((min(1, max(0, fraction)) * Double(Self.rows * 8)).rounded()))
    for column in start...max(start, end) { raster.setBar(column: column, eighths: eighths) }
  }

  private func draw(_ label: Label, into raster: inout TextRaster) {
    guard let column = column(label.at.x), let row = row(label.at.y) else { return }
    let text = TextLayout.visible(label.text, marksSpaces: false)
    let width = TextLayout.width(text)
    let start = label.alignment == .right ? column - 1 - width : column + 2
    let shift = label.offset.y < -6 ? -1 : label.offset.y > 6 ? 1 : 0
    for (index, character) in text.enumerated() {
      raster.set(character, column: start + index, row: row + shift)
    }
  }
}

/// A grid of characters, each of which may instead hold up to eight Braille dots, two columns of four.
struct TextRaster {
  let columns: Int
  let rows: Int
  private var characters: [Character?]
  private var dots: [UInt8]

  init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    characters = Array(repeating: nil, count: columns * rows)
    dots = Array(repeating: 0, count: columns * rows)
  }

  func isEmpty(column: Int, row: Int) -> Bool {
    characters[row * columns + column] == nil && dots[row * columns + column] == 0
  }

  /// Places outside the grid are ignored.
  mutating func set(_ character: Character, column: Int, row: Int) {
    guard (0..<columns).contains(column), (0..<rows).contains(row) else { return }
    characters[row * columns + column] = character
  }

  /// Sets a Braille dot; `x` has two places and `y` four in each character.
  mutating func setDot(x: Int, y: Int) {
    guard (0..<columns * 2).contains(x), (0..<rows * 4).contains(y) else { return }
    let bits: [UInt8] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]
    dots[y / 4 * columns + x / 2] |= bits[y % 4 * 2 + x % 2]
  }

  /// Fills a column from the bottom to a height in eighths of a row, never lowering it.
  mutating func setBar(column: Int, eighths: Int) {
    guard (0..<columns).contains(column) else { return }
    let blocks = Array(" ▁▂▃▄▅▆▇█")
    for row in 0..<rows {
      let inRow = min(8, max(0, eighths - (rows - 1 - row) * 8))
      let place = row * columns + column
      let before = characters[place].flatMap { blocks.firstIndex(of: $0) } ?? 0
      if inRow > before { characters[place] = blocks[inRow] }
    }
  }

  func lines() -> [String] {
    (0..<rows).map { row in
      String(
        (row * columns..<(row + 1) * columns).map { place -> Character in
          if let character = characters[place] { return character }
          // Dots lie from U+2800 on, one bit each.
          return dots[place] == 0 ? " " : Character(Unicode.Scalar(0x2800 + UInt32(dots[place])) ?? " ")
        })
    }
  }
}
