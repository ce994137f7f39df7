import Foundation

extension Chart {
  /// The chart as a PNG image with a transparent background, twice as many pixels as ``size`` in each direction.
  package func png() -> Data {
    let canvas = Canvas(size: size)
    ChartPainter(chart: self, canvas: canvas).paint()
    return canvas.png()
  }
}

/// Draws one chart: heading, legend, axes, marks.
private struct ChartPainter {
  private static let tickSize = 11.0
  private static let titleSize = 14.0

  private let chart: Chart
  private let canvas: Canvas
  /// The rectangle of the data, in CSS pixels.
  private let left: Double
  private let top: Double
  private let width: Double
  private let height: Double
  /// Pixels that the tick labels below the data take.
  private let tickDepth: Double

  init(chart: Chart, canvas: Canvas) {
    self.chart = chart
    self.canvas = canvas
    let labels = chart.y.ticks.map { canvas.width(of: $0.label, fontSize: Self.tickSize) }
    // At least 38 pixels, so that a chart does not jump when its numbers get one digit more.
    left = min(170, max(38, (labels.max() ?? 0) + 10)) + (chart.y.title.isEmpty ? 4 : 22)
    let heading =
      (chart.title.isEmpty ? 0 : 22.0) + (chart.subtitle == nil ? 0 : 16) + (chart.legendEntries.isEmpty ? 0 : 22)
    top = 10 + heading
    let right = chart.colorScale == nil ? 16.0 : 92
    width = max(20, Double(chart.size.width) - left - right)
    let turned = chart.x.ticks.map { canvas.width(of: $0.label, fontSize: Self.tickSize) }.max() ?? 0
    tickDepth = chart.x.labelsAreTurned ? min(Double(Axis.longestTurnedLabel), turned) + 8 : 20
    height = max(20, Double(chart.size.height) - top - tickDepth - (chart.x.title.isEmpty ? 10 : 26))
  }

  func paint() {
    paintHeading()
    paintGrid()
    canvas.clipped(x: left - 6, y: top - 6, width: width + 12, height: height + 12) {
      for layer in chart.layers { paint(layer) }
    }
    // Words may reach over the frame.
    for layer in chart.layers { if case .labels(let labels) = layer.mark { paint(labels, color: layer.color) } }
    paintAxes()
    if let colorScale = chart.colorScale { paintColorLegend(colorScale) }
  }

  // MARK: - Places

  private func placeX(_ value: Double) -> Double? {
    chart.x.fraction(of: value).map { left + (chart.x.isReversed ? 1 - $0 : $0) * width }
  }

  private func placeY(_ value: Double) -> Double? {
    chart.y.fraction(of: value).map { top + (chart.y.isReversed ? $0 : 1 - $0) * height }
  }

  private func place(_ point: Point) -> Point? {
    guard let x = placeX(point.x), let y = placeY(point.y) else { return nil }
    return Point(x, y)
  }

  // MARK: - Heading and axes

  private func paintHeading() {
    let start = Point(left, 16)
    let limit = Double(chart.size.width) - left - 8
    var y = start.y
    if !chart.title.isEmpty {
      let title = canvas.shortened(chart.title, to: limit, fontSize: Self.titleSize, isBold: true)
      canvas.draw(title, at: Point(start.x, y), fontSize: Self.titleSize, isBold: true)
      y += 20
    }
    if let note = chart.subtitle {
      canvas.draw(
        canvas.shortened(note, to: limit, fontSize: Self.tickSize), at: Point(start.x, y), fontSize: Self.tickSize)
      y += 18
    }
    paintLegend(at: Point(start.x, y + 2), limit: limit)
  }

  private func paintLegend(at start: Point, limit: Double) {
    let entries = chart.legendEntries
    let areLines = entries.allSatisfy(\.isLine)
    var x = start.x
    for entry in entries {
      let name = canvas.shortened(entry.name, to: 240, fontSize: Self.tickSize)
      let width = canvas.width(of: name, fontSize: Self.tickSize) + 34
      guard x + width - 16 <= start.x + limit else {
        canvas.draw("…", at: Point(x, start.y), fontSize: Self.tickSize)
        return
      }
      if areLines {
        canvas.strokeLine([Point(x, start.y), Point(x + 12, start.y)], width: 2.5, color: entry.color)
      } else {
        canvas.fillCircle(center: Point(x + 6, start.y), radius: 4.5, color: entry.color)
      }
      canvas.draw(name, at: Point(x + 17, start.y), fontSize: Self.tickSize)
      x += width
    }
  }

  private func paintGrid() {
    for tick in chart.x.ticks where chart.x.hasGrid {
      guard let x = placeX(tick.value) else { continue }
      canvas.strokeLine([Point(x, top), Point(x, top + height)], width: 1, color: .neutral, opacity: 0.22)
    }
    for tick in chart.y.ticks where chart.y.hasGrid {
      guard let y = placeY(tick.value) else { continue }
      canvas.strokeLine([Point(left, y), Point(left + width, y)], width: 1, color: .neutral, opacity: 0.22)
    }
  }

  private func paintAxes() {
    let bottom = top + height
    canvas.strokeLine(
      [Point(left, top), Point(left, bottom), Point(left + width, bottom)], width: 1, color: .neutral, opacity: 0.7)
    for (tick, x) in visibleTicks() {
      canvas.strokeLine([Point(x, bottom), Point(x, bottom + 5)], width: 1, color: .neutral, opacity: 0.7)
      if chart.x.labelsAreTurned {
        let label = canvas.shortened(tick.label, to: Double(Axis.longestTurnedLabel), fontSize: Self.tickSize)
        canvas.draw(label, at: Point(x, bottom + 8), fontSize: Self.tickSize, alignment: .right, turned: true)
      } else {
        canvas.draw(tick.label, at: Point(x, bottom + 14), fontSize: Self.tickSize, alignment: .center)
      }
    }
    for tick in chart.y.ticks {
      guard let y = placeY(tick.value) else { continue }
      canvas.strokeLine([Point(left - 5, y), Point(left, y)], width: 1, color: .neutral, opacity: 0.7)
      let label = canvas.shortened(tick.label, to: 160, fontSize: Self.tickSize)
      canvas.draw(label, at: Point(left - 8, y), fontSize: Self.tickSize, alignment: .right)
    }
    canvas.draw(
      canvas.shortened(chart.x.title, to: width, fontSize: 11.5), at: Point(left + width / 2, bottom + tickDepth + 14),
      fontSize: 11.5, alignment: .center)
    canvas.draw(
      canvas.shortened(chart.y.title, to: height + 40, fontSize: 11.5), at: Point(12, top + height / 2), fontSize: 11.5,
      alignment: .center, turned: true)
  }

  /// The horizontal ticks whose labels do not touch the one before.
  private func visibleTicks() -> [(tick: Tick, x: Double)] {
    var end = -Double.infinity
    return chart.x.ticks.compactMap { tick in
      guard let x = placeX(tick.value) else { return nil }
      let half = chart.x.labelsAreTurned ? 5 : canvas.width(of: tick.label, fontSize: Self.tickSize) / 2
      guard x - half > end + (chart.x.labelsAreTurned ? 0 : 4) else { return nil }
      end = x + half
      return (tick, x)
    }
  }

  private func paintColorLegend(_ scale: ColorScale) {
    let x = left + width + 16
    let barHeight = min(height - 18, 200)
    let barTop = top + 18
    canvas.draw(
      canvas.shortened(scale.axis.title, to: 76, fontSize: Self.tickSize), at: Point(x, top + 2),
      fontSize: Self.tickSize)
    let steps = ColorScale.imageSteps
    for step in 0..<steps {
      let color = scale.color(at: 1 - Double(step) / Double(steps - 1))
      canvas.fillRectangle(
        x: x, y: barTop + barHeight * Double(step) / Double(steps), width: 14, height: barHeight / Double(steps),
        color: color, isSharp: true)
    }
    for tick in scale.axis.ticks {
      guard let fraction = scale.axis.fraction(of: tick.value) else { continue }
      let y = barTop + (1 - fraction) * barHeight
      canvas.draw(tick.label, at: Point(x + 19, y), fontSize: Self.tickSize)
    }
  }

  // MARK: - Marks

  private func paint(_ layer: Layer) {
    switch layer.mark {
    case .points(let points, let radius):
      for center in points.lazy.compactMap(place) {
        canvas.fillCircle(center: center, radius: radius, color: layer.color, opacity: layer.opacity)
      }
    case .line(let points, let width, let dashed):
      canvas.strokeLine(
        points.map { $0.isFinite ? place($0) : nil }, width: width, color: layer.color, opacity: layer.opacity,
        dashes: dashed ? [5, 4] : [])
    case .bars(let bars):
      for bar in bars { paint(bar, layer) }
    case .verticalRules(let places):
      for x in places.compactMap(placeX) {
        canvas.strokeLine(
          [Point(x, top), Point(x, top + height)], width: 1, color: layer.color, opacity: layer.opacity)
      }
    case .errorBars(let bars):
      for bar in bars { paint(bar, layer) }
    case .cells(let matrix): paint(matrix)
    case .labels: break
    }
  }

  private func paint(_ bar: Bar, _ layer: Layer) {
    guard let x0 = placeX(bar.x.lowerBound), let x1 = placeX(bar.x.upperBound), let y0 = placeY(bar.y.lowerBound),
      let y1 = placeY(bar.y.upperBound)
    else { return }
    canvas.fillRectangle(
      x: min(x0, x1), y: min(y0, y1), width: abs(x1 - x0), height: abs(y1 - y0), color: layer.color,
      opacity: layer.opacity)
  }

  private func paint(_ bar: ErrorBar, _ layer: Layer) {
    guard let x = placeX(bar.x), let y0 = placeY(bar.y.lowerBound), let y1 = placeY(bar.y.upperBound) else { return }
    let stem = [Point(x, y0), Point(x, y1), nil]
    let caps = [Point(x - 4, y0), Point(x + 4, y0), nil, Point(x - 4, y1), Point(x + 4, y1)]
    canvas.strokeLine(stem + caps, width: 1.5, color: layer.color, opacity: layer.opacity)
  }

  private func paint(_ matrix: Matrix) {
    guard let scale = chart.colorScale else { return }
    for row in 0..<matrix.rows {
      for column in 0..<matrix.columns {
        guard let color = scale.imageColor(of: matrix[row, column]), let x0 = placeX(Double(column) - 0.5),
          let x1 = placeX(Double(column) + 0.5), let y0 = placeY(Double(row) - 0.5), let y1 = placeY(Double(row) + 0.5)
        else { continue }
        canvas.fillRectangle(
          x: min(x0, x1), y: min(y0, y1), width: abs(x1 - x0), height: abs(y1 - y0), color: color, isSharp: true)
      }
    }
  }

  private func paint(_ labels: [Label], color: Color) {
    for label in labels {
      guard let point = place(label.at) else { continue }
      canvas.draw(
        label.text, at: Point(point.x + label.offset.x, point.y + label.offset.y), fontSize: 11,
        alignment: label.alignment, color: color)
    }
  }
}
