/// What is drawn, in data coordinates: layers of marks over two axes.
///
/// Every chart is described this way once, with its domains and ticks decided, and all three outputs
/// (Vega-Lite, PNG, text) draw from this description, so they cannot disagree.
package struct Chart: Sendable, Hashable {
  package var title: String
  /// A second, smaller line: what was left out, what a colour means.
  package var note: String?
  /// Width and height of the whole figure in CSS pixels; constant while a chart is updated.
  package var size: Size
  package var x: Axis
  package var y: Axis
  /// Drawn in this order, later ones on top.
  package var layers: [Layer]
  /// The scale of ``Mark/cells(_:)``, shown beside the chart.
  package var colorScale: ColorScale?

  package init(
    title: String, note: String? = nil, size: Size = .standard, x: Axis, y: Axis, layers: [Layer],
    colorScale: ColorScale? = nil
  ) {
    self.title = title
    self.note = note
    self.size = size
    self.x = x
    self.y = y
    self.layers = layers
    self.colorScale = colorScale
  }

  /// What stands under the title: the note, or that there is nothing to show.
  var subtitle: String? { note ?? (layers.allSatisfy(\.mark.isEmpty) ? "no data" : nil) }
}

/// Width and height in CSS pixels.
package struct Size: Sendable, Hashable {
  package static let standard = Size(width: 620, height: 320)

  package var width: Int
  package var height: Int

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }
}

/// Marks of one kind and colour.
package struct Layer: Sendable, Hashable {
  /// What the legend calls the layer; layers of one name share an entry, unnamed ones have none.
  package var name: String?
  package var color: Color
  /// From 0, invisible, to 1, solid.
  package var opacity: Double
  package var mark: Mark

  package init(_ mark: Mark, name: String? = nil, color: Color = .neutral, opacity: Double = 1) {
    self.name = name
    self.color = color
    self.opacity = opacity
    self.mark = mark
  }
}

/// The shapes that data can take, in data coordinates.
package enum Mark: Sendable, Hashable {
  /// Discs of a radius in pixels.
  case points([Point], radius: Double)
  /// One line through all points, interrupted where a coordinate is not finite; width in pixels.
  case line([Point], width: Double, dashed: Bool = false)
  /// Filled rectangles.
  case bars([Bar])
  /// Vertical lines over the whole height, at the given x.
  case verticalRules([Double])
  /// Vertical spans with caps: the reach of a value's error.
  case errorBars([ErrorBar])
  /// Words beside a place.
  case labels([Label])
  /// A coloured cell at every pair of whole coordinates; the colour is that of ``Chart/colorScale``.
  case cells(Matrix)

  var isEmpty: Bool {
    switch self {
    case .points(let points, _), .line(let points, _, _): !points.contains(where: \.isFinite)
    case .bars(let bars): bars.isEmpty
    case .verticalRules(let places): places.isEmpty
    case .errorBars(let bars): bars.isEmpty
    case .labels(let labels): labels.isEmpty
    case .cells(let matrix): !matrix.values.contains(where: \.isFinite)
    }
  }
}

package struct Point: Sendable, Hashable {
  package var x: Double
  package var y: Double

  package init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }

  var isFinite: Bool { x.isFinite && y.isFinite }
}

/// A rectangle from (`x.lower`, `y.lower`) to (`x.upper`, `y.upper`).
package struct Bar: Sendable, Hashable {
  package var x: ClosedRange<Double>
  package var y: ClosedRange<Double>

  package init(x: ClosedRange<Double>, y: ClosedRange<Double>) {
    self.x = x
    self.y = y
  }
}

package struct ErrorBar: Sendable, Hashable {
  package var x: Double
  package var y: ClosedRange<Double>

  package init(x: Double, y: ClosedRange<Double>) {
    self.x = x
    self.y = y
  }
}

/// A word at a place, moved by some pixels so that it does not cover it.
package struct Label: Sendable, Hashable {
  package enum Alignment: String, Sendable { case left, center, right }

  package var text: String
  package var at: Point
  package var alignment: Alignment
  /// Pixels to the right and pixels down.
  package var offset: Point

  package init(_ text: String, at point: Point, alignment: Alignment = .left, offset: Point = Point(0, 0)) {
    self.text = text
    self.at = point
    self.alignment = alignment
    self.offset = offset
  }
}

/// Numbers in rows and columns, row-major, shape `[rows, columns]`.
package struct Matrix: Sendable, Hashable {
  package let rows: Int
  package let columns: Int
  package let values: [Double]

  /// Takes `rows * columns` values; any other number of them is a mistake of the caller and traps.
  package init(rows: Int, columns: Int, values: [Double]) {
    precondition(
      rows >= 0 && columns >= 0 && values.count == rows * columns,
      "\(values.count) values cannot fill \(rows) rows of \(columns) columns")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  package subscript(row: Int, column: Int) -> Double { values[row * columns + column] }
}
