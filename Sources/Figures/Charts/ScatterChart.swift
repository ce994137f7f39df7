/// Points with names and errors, such as perplexity over bits per weight, and the line of those that nothing beats.
package struct ScatterChart: ChartFigure, Hashable {
  package struct Item: Sendable, Hashable {
    package var name: String
    package var x: Double
    package var y: Double
    /// One standard error of `y`, drawn up and down.
    package var error: Double?
    /// Items of one group share a colour and an entry of the legend.
    package var group: String?

    package init(name: String = "", x: Double, y: Double, error: Double? = nil, group: String? = nil) {
      self.name = name
      self.x = x
      self.y = y
      self.error = error
      self.group = group
    }
  }

  package var items: [Item]
  package var title: String
  package var xTitle: String
  package var yTitle: String
  /// Whether the items with no other both lower in x and lower in y are joined by a line.
  package var showsFrontier: Bool
  /// Whether the diagonal x = y is drawn, on which equal things lie.
  package var showsDiagonal: Bool
  package var isLogarithmicY: Bool

  package init(
    items: [Item], title: String = "", xTitle: String = "", yTitle: String = "", showsFrontier: Bool = false,
    showsDiagonal: Bool = false, isLogarithmicY: Bool = false
  ) {
    self.items = items
    self.title = title
    self.xTitle = xTitle
    self.yTitle = yTitle
    self.showsFrontier = showsFrontier
    self.showsDiagonal = showsDiagonal
    self.isLogarithmicY = isLogarithmicY
  }

  private static let visiblePoints = 1500

  package var chart: Chart {
    let finite = items.filter { $0.x.isFinite && $0.y.isFinite }
    let step = max(1, (finite.count + Self.visiblePoints - 1) / Self.visiblePoints)
    let shown = step == 1 ? finite : stride(from: 0, to: finite.count, by: step).map { finite[$0] }
    let x = axis(finite.map(\.x), title: xTitle, isLogarithmic: false)
    let y = axis(
      finite.flatMap { [$0.y - ($0.error ?? 0), $0.y + ($0.error ?? 0)] }, title: yTitle, isLogarithmic: isLogarithmicY)
    return Chart(
      title: title, note: note(shown: shown.count, finite: finite.count), x: x, y: y,
      layers: lines(finite, x, y) + points(shown) + [Layer(.labels(labels(shown, x, y)))])
  }

  /// An axis with room for labels at both ends.
  private func axis(_ values: [Double], title: String, isLogarithmic: Bool) -> Axis {
    var axis = Axis.covering(values, title: title, scale: isLogarithmic ? .logarithmic : .linear, isRounded: false)
    guard !isLogarithmic else { return axis }
    let air = (axis.domain.upperBound / 2 - axis.domain.lowerBound / 2) * 0.12
    let wider = axis.domain.lowerBound - air...axis.domain.upperBound + air
    guard wider.lowerBound.isFinite, wider.upperBound.isFinite else { return axis }
    axis = Axis.covering([wider.lowerBound, wider.upperBound], title: title, isRounded: false)
    return axis
  }

  private func note(shown: Int, finite: Int) -> String? {
    var parts: [String] = []
    if shown < finite { parts.append("\(NumberText.count(shown)) of \(NumberText.count(finite)) points drawn") }
    if finite < items.count { parts.append("\(NumberText.count(items.count - finite)) not finite") }
    return parts.isEmpty ? nil : parts.joined(separator: " · ")
  }

  private var groups: [String?] {
    var seen: Set<String?> = []
    return items.compactMap { seen.insert($0.group).inserted ? .some($0.group) : nil }
  }

  private func points(_ shown: [Item]) -> [Layer] {
    let isCrowded = shown.count > 100
    return groups.enumerated().flatMap { index, group in
      let members = shown.filter { $0.group == group }
      let errors = members.compactMap { item in
        item.error.flatMap { $0.isFinite && $0 > 0 ? ErrorBar(x: item.x, y: item.y - $0...item.y + $0) : nil }
      }
      let dots = Layer(
        .points(members.map { Point($0.x, $0.y) }, radius: isCrowded ? 2 : 5), name: group, color: .series(index),
        opacity: isCrowded ? 0.45 : 0.95)
      return errors.isEmpty ? [dots] : [Layer(.errorBars(errors), color: .series(index), opacity: 0.8), dots]
    }
  }

  private func lines(_ finite: [Item], _ x: Axis, _ y: Axis) -> [Layer] {
    var layers: [Layer] = []
    if showsDiagonal {
      let ends =
        max(
          x.domain.lowerBound, y.domain.lowerBound)...max(
          max(x.domain.lowerBound, y.domain.lowerBound), min(x.domain.upperBound, y.domain.upperBound))
      let diagonal = [Point(ends.lowerBound, ends.lowerBound), Point(ends.upperBound, ends.upperBound)]
      layers.append(Layer(.line(diagonal, width: 1.2, dashed: true), color: .neutral, opacity: 0.8))
    }
    if showsFrontier {
      layers.append(Layer(.line(frontier(finite), width: 1.5, dashed: true), color: .neutral, opacity: 0.9))
    }
    return layers
  }

  /// The items that no other beats in both directions, from left to right.
  private func frontier(_ finite: [Item]) -> [Point] {
    var lowest = Double.infinity
    return finite.sorted { ($0.x, $0.y) < ($1.x, $1.y) }.compactMap { item in
      guard item.y < lowest else { return nil }
      lowest = item.y
      return Point(item.x, item.y)
    }
  }

  /// Names to the right of their points, or to the left where that would leave the chart or meet another name.
  private func labels(_ shown: [Item], _ x: Axis, _ y: Axis) -> [Label] {
    guard shown.count <= 60 else { return [] }
    var taken: [(x: ClosedRange<Double>, y: Double)] = []
    return shown.filter { !$0.name.isEmpty }.compactMap { item in
      guard let fx = x.fraction(of: item.x), let fy = y.fraction(of: item.y) else { return nil }
      // About 6.3 pixels a letter on a data area of 550 by 230 pixels.
      let (px, py, width) = (fx * 550, (1 - fy) * 230, Double(item.name.count) * 6.3)
      let places: [(Label.Alignment, Point)] = [
        (.left, Point(7, -10)), (.left, Point(9, 0)), (.right, Point(-9, 0)), (.right, Point(-7, -10)),
        (.left, Point(7, 11)), (.right, Point(-7, 11)),
      ]
      func span(_ place: (Label.Alignment, Point)) -> ClosedRange<Double> {
        let start = px + place.1.x - (place.0 == .right ? width : 0)
        return start...start + width
      }
      let free = places.first { place in
        let reach = span(place)
        return reach.lowerBound > 0 && reach.upperBound < 552
          && !taken.contains { $0.x.overlaps(reach) && abs($0.y - py - place.1.y) < 12 }
      }
      let place = free ?? places[0]
      taken.append((span(place), py + place.1.y))
      return Label(item.name, at: Point(item.x, item.y), alignment: place.0, offset: place.1)
    }
  }
}
