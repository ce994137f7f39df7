/// How often values fall into equal bins, with the levels of a number format as lines.
package struct Histogram: ChartFigure, Hashable {
  package var title: String
  /// What the values are, with their unit.
  package var xTitle: String
  /// Values such as the sixteen of NF4, drawn as vertical lines; named by `levelsName` in the legend.
  package var levels: [Double]
  package var levelsName: String
  /// The start of the first bin and the end of the last one.
  package let range: ClosedRange<Double>
  package let counts: [Int]
  /// How many values were not finite and are in no bin.
  package let missing: Int

  /// Counts values into bins.
  ///
  /// - Parameters:
  ///   - values: Any number of values; those that are not finite are told in a note.
  ///   - bins: Number of bins, or `nil` for the square root of the number of values, at least 10 and at most 80.
  /// - Complexity: O(count).
  package init(
    of values: [Float], bins: Int? = nil, levels: [Double] = [], levelsName: String = "levels", title: String = "",
    xTitle: String = "value"
  ) {
    var (lower, upper, finite) = (Float.infinity, -Float.infinity, 0)
    for value in values where value.isFinite {
      lower = min(lower, value)
      upper = max(upper, value)
      finite += 1
    }
    var range = finite == 0 ? 0...1 : Double(lower)...Double(upper)
    if range.lowerBound == range.upperBound { range = range.lowerBound - 0.5...range.upperBound + 0.5 }
    let bins = max(1, bins ?? min(80, max(10, Int(Double(finite).squareRoot()))))
    let scale = Double(bins) / (range.upperBound - range.lowerBound)
    var counts = [Int](repeating: 0, count: bins)
    for value in values where value.isFinite {
      counts[min(bins - 1, max(0, Int((Double(value) - range.lowerBound) * scale)))] += 1
    }
    self.init(
      counts: counts, range: range, missing: values.count - finite, levels: levels, levelsName: levelsName,
      title: title, xTitle: xTitle)
  }

  /// Bins that were counted elsewhere.
  package init(
    counts: [Int], range: ClosedRange<Double>, missing: Int = 0, levels: [Double] = [], levelsName: String = "levels",
    title: String = "", xTitle: String = "value"
  ) {
    self.counts = counts
    self.range = range
    self.missing = missing
    self.levels = levels
    self.levelsName = levelsName
    self.title = title
    self.xTitle = xTitle
  }

  package var chart: Chart {
    let width = (range.upperBound - range.lowerBound) / Double(max(1, counts.count))
    let bars = counts.enumerated().map { index, count in
      let start = range.lowerBound + Double(index) * width
      return Bar(x: start...start + width * 0.94, y: 0...Double(count))
    }
    let values = Layer(.bars(bars), name: levels.isEmpty ? nil : "values", color: .series(0), opacity: 0.85)
    let rules = Layer(.verticalRules(levels), name: levelsName, color: .series(1), opacity: 0.9)
    return Chart(
      title: title, note: missing > 0 ? "\(NumberText.count(missing)) values are not finite" : nil,
      x: .covering([range.lowerBound, range.upperBound] + levels, title: xTitle, isRounded: false, tickCount: 8),
      y: .covering(counts.map(Double.init), title: "count", includesZero: true, tickCount: 5),
      layers: levels.isEmpty ? [values] : [values, rules])
  }
}
