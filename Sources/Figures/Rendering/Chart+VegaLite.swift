import Foundation
import JSONValue

extension Chart {
  /// The chart as a Vega-Lite 5 specification.
  ///
  /// Domains, tick values and tick labels are written out instead of being left to Vega, so that the chart equals its
  /// other forms and does not jump while it is updated. The background is transparent and all words are a grey that
  /// can be read in light and dark themes.
  package func vegaLite() -> JSONValue {
    var specification: [String: JSONValue] = [
      "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
      "background": "transparent",
      "width": .integer(size.width),
      "height": .integer(size.height),
      "autosize": ["type": "fit", "contains": "padding"],
      "padding": ["left": 4, "top": 6, "right": 12, "bottom": 4],
      "config": Self.theme,
      "layer": .array(layers.map(layerSpecification)),
    ]
    if !title.isEmpty || subtitle != nil {
      var heading: [String: JSONValue] = ["text": .string(title)]
      if let subtitle { heading["subtitle"] = .string(subtitle) }
      specification["title"] = .object(heading)
    }
    return .object(specification)
  }

  private static var theme: JSONValue {
    let ink: JSONValue = .string(Color.neutral.css)
    return [
      "view": ["stroke": nil],
      "font": "DejaVu Sans, Verdana, sans-serif",
      "title": [
        "color": ink, "subtitleColor": ink, "anchor": "start", "frame": "group", "fontSize": 14, "subtitleFontSize": 11,
        "fontWeight": "bold", "offset": 8,
      ],
      "axis": [
        "labelColor": ink, "titleColor": ink, "tickColor": ink, "domainColor": ink, "gridColor": ink,
        "gridOpacity": 0.22, "domainOpacity": 0.7, "tickOpacity": 0.7, "labelFontSize": 11, "titleFontSize": 11.5,
        "titleFontWeight": "normal", "titlePadding": 8,
      ],
      "legend": [
        "labelColor": ink, "titleColor": ink, "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal",
        "symbolOpacity": 1, "symbolStrokeWidth": 2.5, "symbolSize": 64, "labelLimit": 240,
      ],
    ]
  }

  private func layerSpecification(_ layer: Layer) -> JSONValue {
    switch layer.mark {
    case .points(let points, let radius):
      let area = Double.pi * radius * radius
      return specification(
        layer, mark: ["type": "point", "filled": true, "size": .number(area.rounded())], rows: points.map(Self.row),
        encoding: ["x": field("x", x), "y": field("y", y), "tooltip": tooltip])
    case .line(let points, let width, let dashed):
      var mark: [String: JSONValue] = ["type": "line", "strokeWidth": .number(width), "strokeJoin": "round"]
      if dashed { mark["strokeDash"] = [5, 4] }
      return specification(
        layer, mark: mark, rows: points.map(Self.row),
        encoding: ["x": field("x", x), "y": field("y", y), "order": ["field": "x", "type": "quantitative"]])
    case .bars(let bars):
      let rows = bars.map { Self.row(x: $0.x, y: $0.y) }
      return specification(
        layer, mark: ["type": "rect"], rows: rows,
        encoding: ["x": field("x", x), "x2": ["field": "x2"], "y": field("y", y), "y2": ["field": "y2"]])
    case .verticalRules(let places):
      let rows = places.filter(\.isFinite).map { JSONValue.object(["x": Self.number($0)]) }
      return specification(
        layer, mark: ["type": "rule", "strokeWidth": 1], rows: rows, encoding: ["x": field("x", x)])
    case .errorBars(let bars): return errorBars(layer, bars)
    case .labels(let labels): return labelGroups(layer, labels)
    case .cells(let matrix): return cells(matrix)
    }
  }

  // MARK: - Marks

  private func specification(
    _ layer: Layer, mark: [String: JSONValue], rows: [JSONValue], encoding: [String: JSONValue]
  ) -> JSONValue {
    var mark = mark
    var encoding = encoding
    mark["opacity"] = .number(layer.opacity)
    var specification: [String: JSONValue] = ["data": ["values": .array(rows)]]
    if let name = layer.name, colorScale == nil {
      // A JSON string is an expression of Vega too.
      specification["transform"] = [["calculate": .string("\(JSONValue.string(name))"), "as": "series"]]
      encoding["color"] = ["field": "series", "type": "nominal", "scale": legendScale, "legend": legend]
    } else {
      mark["color"] = .string(layer.color.css)
    }
    specification["mark"] = .object(mark)
    specification["encoding"] = .object(encoding)
    return .object(specification)
  }

  private func errorBars(_ layer: Layer, _ bars: [ErrorBar]) -> JSONValue {
    let rows = bars.map { Self.row(x: $0.x...$0.x, y: $0.y) }
    let cap: [String: JSONValue] = ["type": "tick", "orient": "horizontal", "size": 8, "thickness": 1.5]
    let lower: [String: JSONValue] = ["x": field("x", x), "y": field("y", y)]
    let upper: [String: JSONValue] = ["x": field("x", x), "y": field("y2", y)]
    let span = lower.merging(["y2": ["field": "y2"]]) { first, _ in first }
    return [
      "layer": [
        specification(layer, mark: ["type": "rule", "strokeWidth": 1.5], rows: rows, encoding: span),
        specification(layer, mark: cap, rows: rows, encoding: lower),
        specification(layer, mark: cap, rows: rows, encoding: upper),
      ]
    ]
  }

  /// Text marks cannot be moved one by one in Vega-Lite, so labels that sit alike share a layer.
  private func labelGroups(_ layer: Layer, _ labels: [Label]) -> JSONValue {
    struct Place: Hashable {
      let alignment: Label.Alignment
      let offset: Point
    }
    let groups = Dictionary(grouping: labels) { Place(alignment: $0.alignment, offset: $0.offset) }
    let ordered = groups.sorted {
      ($0.key.alignment.rawValue, $0.key.offset.y) < ($1.key.alignment.rawValue, $1.key.offset.y)
    }
    let layers = ordered.map { place, labels in
      let mark: [String: JSONValue] = [
        "type": "text", "fontSize": 11, "baseline": "middle", "align": .string(place.alignment.rawValue),
        "dx": .number(place.offset.x), "dy": .number(place.offset.y),
      ]
      let rows = labels.map { label in
        JSONValue.object(["x": Self.number(label.at.x), "y": Self.number(label.at.y), "text": .string(label.text)])
      }
      return specification(
        layer, mark: mark, rows: rows,
        encoding: ["x": field("x", x), "y": field("y", y), "text": ["field": "text", "type": "nominal"]])
    }
    return ["layer": .array(layers)]
  }

  /// The numbers alone, row by row, a third of the size of spelled-out cells; Vega counts rows and columns itself.
  ///
  /// Cells reach a little under their neighbours, so that no seams show.
  private func cells(_ matrix: Matrix) -> JSONValue {
    let columns = max(1, matrix.columns)
    var encoding: [String: JSONValue] = [
      "x": field("x", x), "x2": ["field": "x2"], "y": field("y", y), "y2": ["field": "y2"],
      "tooltip": [
        ["field": "row", "type": "nominal", "title": .string(y.title)],
        ["field": "column", "type": "nominal", "title": .string(x.title)],
        ["field": "data", "type": "quantitative", "title": .string(colorScale?.axis.title ?? "")],
      ],
    ]
    if let colorScale { encoding["color"] = colorEncoding(colorScale) }
    return [
      "data": ["values": .array(matrix.values.map(Self.number))],
      "transform": [
        ["window": [["op": "row_number", "as": "n"]]],
        ["calculate": .string("(datum.n - 1) % \(columns) - 0.5"), "as": "x"],
        ["calculate": "datum.x + 1.05", "as": "x2"],
        ["calculate": .string("floor((datum.n - 1) / \(columns)) - 0.5"), "as": "y"],
        ["calculate": "datum.y + 1.05", "as": "y2"],
        ["calculate": .string(Self.lookup(x, value: "datum.x + 0.5")), "as": "column"],
        ["calculate": .string(Self.lookup(y, value: "datum.y + 0.5")), "as": "row"],
      ],
      "mark": ["type": "rect", "clip": true], "encoding": .object(encoding),
    ]
  }

  // MARK: - Scales

  private func field(_ name: String, _ axis: Axis) -> JSONValue {
    var scale: [String: JSONValue] = [
      "domain": [Self.exact(axis.domain.lowerBound), Self.exact(axis.domain.upperBound)], "nice": false, "zero": false,
    ]
    if axis.scale == .logarithmic { scale["type"] = "log" }
    if axis.isReversed { scale["reverse"] = true }
    return [
      "field": .string(name), "type": "quantitative", "title": .string(axis.title), "scale": .object(scale),
      "axis": axisSpecification(axis),
    ]
  }

  private func axisSpecification(_ axis: Axis) -> JSONValue {
    var specification: [String: JSONValue] = [
      "values": .array(axis.ticks.map { Self.exact($0.value) }), "grid": .bool(axis.hasGrid),
      "labelExpr": .string(Self.lookup(axis, value: "datum.value")),
      "labelLimit": .integer(axis.labelsAreTurned ? Axis.longestTurnedLabel : 160),
    ]
    if axis.labelsAreTurned { specification["labelAngle"] = -90 }
    return .object(specification)
  }

  /// A Vega expression for the label of a tick, and for other values the value itself.
  private static func lookup(_ axis: Axis, value: String) -> String {
    let values = JSONValue.array(axis.ticks.map { exact($0.value) })
    let labels = JSONValue.array(axis.ticks.map { .string($0.label) } + [""])
    let place = "indexof(\(values), \(value))"
    return "\(place) < 0 ? '' + (\(value)) : \(labels)[\(place)]"
  }

  private func colorEncoding(_ colorScale: ColorScale) -> JSONValue {
    var scale: [String: JSONValue] = [
      "domain": .array(colorScale.stopValues.map(Self.exact)),
      "range": .array(colorScale.colors.stops.map { .string($0.css) }), "clamp": true,
    ]
    if colorScale.axis.scale == .logarithmic { scale["type"] = "log" }
    return [
      "field": "data", "type": "quantitative", "scale": .object(scale),
      "legend": [
        "title": .string(colorScale.axis.title), "type": "gradient",
        "values": .array(colorScale.axis.ticks.map { Self.exact($0.value) }),
        "labelExpr": .string(Self.lookup(colorScale.axis, value: "datum.value")),
      ],
    ]
  }

  private var legendScale: JSONValue {
    [
      "domain": .array(legendEntries.map { .string($0.name) }),
      "range": .array(legendEntries.map { .string($0.color.css) }),
    ]
  }

  private var legend: JSONValue {
    [
      "orient": "top", "direction": "horizontal", "title": nil, "offset": 4,
      "symbolType": .string(legendEntries.allSatisfy(\.isLine) ? "stroke" : "circle"),
    ]
  }

  private var tooltip: JSONValue {
    [
      ["field": "x", "type": "quantitative", "title": .string(x.title)],
      ["field": "y", "type": "quantitative", "title": .string(y.title)],
    ]
  }

  // MARK: - Numbers

  private static func row(_ point: Point) -> JSONValue { .object(["x": number(point.x), "y": number(point.y)]) }

  private static func row(x: ClosedRange<Double>, y: ClosedRange<Double>) -> JSONValue {
    .object([
      "x": number(x.lowerBound), "x2": number(x.upperBound), "y": number(y.lowerBound), "y2": number(y.upperBound),
    ])
  }

  /// A datum with six significant digits: more than a chart can show, and half the bytes.
  private static func number(_ value: Double) -> JSONValue {
    guard value.isFinite, value != 0 else { return value == 0 ? 0 : nil }
    if value == value.rounded(), abs(value) < 1e15 { return .integer(Int(value)) }
    let scale = pow(10, 5 - log10(abs(value)).rounded(.down))
    let rounded = (value * scale).rounded() / scale
    return .number(rounded.isFinite ? rounded : value)
  }

  private static func exact(_ value: Double) -> JSONValue {
    value == value.rounded() && abs(value) < 1e15 ? .integer(Int(value)) : .number(value)
  }
}

/// A colour of the legend and what it stands for.
struct LegendEntry: Hashable {
  let name: String
  let color: Color
  /// Whether it is shown as a stroke instead of a dot.
  let isLine: Bool
}

extension Chart {
  /// The named layers, each name once, in drawing order.
  var legendEntries: [LegendEntry] {
    var seen: Set<String> = []
    return layers.compactMap { layer in
      guard let name = layer.name, seen.insert(name).inserted else { return nil }
      if case .line = layer.mark { return LegendEntry(name: name, color: layer.color, isLine: true) }
      return LegendEntry(name: name, color: layer.color, isLine: false)
    }
  }
}
