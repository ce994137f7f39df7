/// Bars to the right of their names: sizes, memory, rates; several series side by side or stacked.
package struct BarChart: ChartFigure, Hashable {
  package enum Arrangement: Sendable, Hashable { case grouped, stacked }

  package struct Series: Sendable, Hashable {
    package var name: String
    /// One value for each category.
    package var values: [Double]

    package init(name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  package var categories: [String]
  package var series: [Series]
  package var arrangement: Arrangement
  package var title: String
  /// What the length of a bar means, with its unit: `size (MiB)`.
  package var valueTitle: String

  /// - Parameter series: Each with as many values as there are categories; missing ones are left out.
  package init(
    categories: [String], series: [Series], arrangement: Arrangement = .grouped, title: String = "",
    valueTitle: String = ""
  ) {
    self.categories = categories
    self.series = series
    self.arrangement = arrangement
    self.title = title
    self.valueTitle = valueTitle
  }

  /// One bar for each name.
  package init(_ values: [(name: String, value: Double)], title: String = "", valueTitle: String = "") {
    self.init(
      categories: values.map(\.name), series: [Series(name: valueTitle, values: values.map(\.value))], title: title,
      valueTitle: valueTitle)
  }

  package var chart: Chart {
    let bars = series.indices.map(self.bars)
    let ends = bars.joined().flatMap { [$0.x.lowerBound, $0.x.upperBound] }
    var x = Axis.covering(ends, title: valueTitle, includesZero: true, isRounded: false)
    // Air for the numbers behind the bars.
    let air = (x.domain.upperBound - x.domain.lowerBound) * 0.12
    let lower = x.domain.lowerBound < 0 ? x.domain.lowerBound - air : 0
    x.domain = lower...(x.domain.upperBound > 0 ? x.domain.upperBound + air : 0)
    let layers = series.indices.map { index in
      Layer(.bars(bars[index]), name: series.count > 1 ? series[index].name : nil, color: .series(index), opacity: 0.92)
    }
    return Chart(
      title: title, size: Size(width: Size.standard.width, height: height), x: x,
      y: .categories(categories, title: "", isReversed: true), layers: layers + [Layer(.labels(labels(bars)))])
  }

  private var height: Int {
    let lines = arrangement == .grouped ? max(1, series.count) : 1
    let each = lines == 1 ? 30 : 12 + 16 * lines
    return min(1200, 86 + (title.isEmpty ? 0 : 22) + (series.count > 1 ? 22 : 0) + max(1, categories.count) * each)
  }

  private func bars(of index: Int) -> [Bar] {
    categories.indices.compactMap { category in
      guard let value = value(index, category) else { return nil }
      let middle = Double(category)
      switch arrangement {
      case .grouped:
        let thickness = 0.8 / Double(max(1, series.count))
        let start = middle - 0.4 + Double(index) * thickness
        return Bar(x: min(0, value)...max(0, value), y: start...start + thickness * 0.92)
      case .stacked:
        // Positive parts pile up to the right, negative ones to the left.
        let before = (0..<index).compactMap { self.value($0, category) }.filter { ($0 < 0) == (value < 0) }.reduce(0, +)
        return Bar(x: min(before, before + value)...max(before, before + value), y: middle - 0.36...middle + 0.36)
      }
    }
  }

  private func value(_ index: Int, _ category: Int) -> Double? {
    let values = series[index].values
    guard values.indices.contains(category), values[category].isFinite else { return nil }
    return values[category]
  }

  /// The number of each bar at its end, or the total of each stack.
  private func labels(_ bars: [[Bar]]) -> [Label] {
    switch arrangement {
    case .grouped:
      return bars.joined().map { bar in
        let end = bar.x.lowerBound < 0 ? bar.x.lowerBound : bar.x.upperBound
        return label(end, y: (bar.y.lowerBound + bar.y.upperBound) / 2)
      }
    case .stacked:
      return categories.indices.map { category in
        let values = series.indices.compactMap { value($0, category) }
        let end = values.filter { $0 > 0 }.reduce(0, +)
        return label(values.reduce(0, +), y: Double(category), at: end)
      }
    }
  }

  private func label(_ value: Double, y: Double, at end: Double? = nil) -> Label {
    let isLeft = value < 0 && end == nil
    let text = abs(value) >= 1e6 ? NumberText.abbreviated(value) : NumberText.significant(value)
    return Label(
      text.replacing("-", with: "−"), at: Point(end ?? value, y), alignment: isLeft ? .right : .left,
      offset: Point(isLeft ? -5 : 5, 0))
  }
}
