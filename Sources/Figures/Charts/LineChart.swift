/// Lines through points, one for each series, with a legend when there are several.
package struct LineChart: ChartFigure, Hashable {
  package struct Series: Sendable, Hashable {
    package var name: String
    package var points: [Point]

    package init(name: String, points: [Point]) {
      self.name = name
      self.points = points
    }

    /// Values at the places 0, 1, 2 ….
    package init(name: String, values: [Double]) {
      self.init(name: name, points: values.enumerated().map { Point(Double($0), $1) })
    }
  }

  package var series: [Series]
  package var title: String
  /// Titles of the axes, with units: `step`, `loss (nats per token)`.
  package var xTitle: String
  package var yTitle: String
  package var isLogarithmicX: Bool
  package var isLogarithmicY: Bool
  /// Whether each point is marked, which suits few of them.
  package var showsPoints: Bool

  package init(
    series: [Series], title: String = "", xTitle: String = "", yTitle: String = "", isLogarithmicX: Bool = false,
    isLogarithmicY: Bool = false, showsPoints: Bool = false
  ) {
    self.series = series
    self.title = title
    self.xTitle = xTitle
    self.yTitle = yTitle
    self.isLogarithmicX = isLogarithmicX
    self.isLogarithmicY = isLogarithmicY
    self.showsPoints = showsPoints
  }

  package var chart: Chart {
    let points = series.flatMap(\.points)
    return Chart(
      title: title,
      x: .covering(
        points.map(\.x), title: xTitle, scale: isLogarithmicX ? .logarithmic : .linear, isRounded: false, tickCount: 8),
      y: .covering(points.map(\.y), title: yTitle, scale: isLogarithmicY ? .logarithmic : .linear, tickCount: 5),
      layers: series.indices.flatMap(layers))
  }

  private func layers(of index: Int) -> [Layer] {
    let points = series[index].points.decimated(to: 400)
    let name = series.count > 1 ? series[index].name : nil
    let line = Layer(.line(points, width: 2), name: name, color: .series(index))
    guard showsPoints || points.count == 1 else { return [line] }
    return [line, Layer(.points(points.filter(\.isFinite), radius: 3.5), color: .series(index))]
  }
}
