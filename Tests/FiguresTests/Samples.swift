import Figures
import Foundation
import JSONValue

/// Data and checks that several tests share.
enum Samples {
  /// Losses that fall from about 4 to about 2, with the same noise at each run.
  static func losses(_ count: Int) -> [Double] {
    (0..<count).map { step in
      let noise = sin(Double(step) * 12.9898) * 0.2
      return 2 + 2 * exp(-6 * Double(step) / Double(count)) + noise
    }
  }

  static let attention = Heatmap(
    Matrix(rows: 3, columns: 3, values: [1, 0, 0, 0.4, 0.6, 0, 0.2, 0.3, 0.5]), rowLabels: ["The", " cat", " sat"],
    columnLabels: ["The", " cat", " sat"], rowTitle: "query", columnTitle: "key", valueTitle: "attention",
    title: "Head 3")

  static let pareto = ScatterChart(
    items: [
      .init(name: "f16", x: 16, y: 14.2, error: 0.1), .init(name: "nf4", x: 4.127, y: 14.9, error: 0.1),
      .init(name: "q4_0", x: 4.5, y: 15.3, error: 0.1),
    ], title: "Perplexity and size", xTitle: "bits per weight", yTitle: "perplexity", showsFrontier: true)

  /// One chart of each kind, with ordinary data.
  static let charts: [any ChartFigure] = [
    LossChart(runs: [
      .init(losses: losses(200).enumerated().map { Point(Double($0), $1) }, evaluations: [Point(100, 2.5)])
    ]),
    LossChart(runs: [.init(name: "a", losses: losses(50)), .init(name: "b", losses: losses(50))], plannedSteps: 80),
    LineChart(series: [.init(name: "s", values: [1, 0.1, 0.01])], title: "σ", isLogarithmicY: true, showsPoints: true),
    Histogram(of: losses(500).map { Float($0) }, levels: [2, 3, 4], title: "Weights"),
    BarChart([("f16", 256), ("nf4", 88)], title: "Size", valueTitle: "size (MiB)"),
    BarChart(
      categories: ["full", "LoRA"],
      series: [.init(name: "weights", values: [1, 1]), .init(name: "rest", values: [4, 1])],
      arrangement: .stacked),
    attention, pareto,
    Heatmap(Matrix(rows: 2, columns: 2, values: [-1, 1, 0, 2]), colors: .diverging),
  ]

  /// Charts of data that training and students make by mistake.
  static let difficultCharts: [any ChartFigure] = [
    LossChart(runs: []), LossChart(runs: [.init(losses: [Double]())]), LossChart(runs: [.init(losses: [2.3])]),
    LossChart(runs: [.init(losses: [.nan, 2, .infinity, 1, -.infinity])], isLogarithmic: true),
    LossChart(runs: [.init(losses: [.nan, .nan])], smoothing: .nan, plannedSteps: -5),
    LossChart(runs: [.init(losses: [0, -1])], isLogarithmic: true),
    LineChart(series: [.init(name: "x", values: [1e308, -1e308, .greatestFiniteMagnitude, .leastNonzeroMagnitude])]),
    LineChart(series: [.init(name: "x", values: [.leastNonzeroMagnitude, 1e308])], isLogarithmicY: true),
    LineChart(series: [.init(name: "constant", values: [3, 3, 3])]),
    LineChart(series: [.init(name: "close", values: [1, 1 + 1e-15])]),
    Histogram(of: []), Histogram(of: [.nan, 1, .infinity]), Histogram(of: [2, 2, 2]), Histogram(of: [1], bins: -3),
    Histogram(of: [-.greatestFiniteMagnitude, .greatestFiniteMagnitude]), Histogram(counts: [], range: 0...1),
    BarChart([]), BarChart([("a", .nan), ("b", -3), ("c", 1e300)]), BarChart([("a", 0)]),
    BarChart(categories: ["a", "b"], series: [.init(name: "s", values: [1])], arrangement: .stacked),
    Heatmap(Matrix(rows: 0, columns: 0, values: [])), Heatmap(Matrix(rows: 1, columns: 1, values: [.nan])),
    Heatmap(Matrix(rows: 1, columns: 2, values: [0, -1]), isLogarithmic: true),
    Heatmap(Matrix(rows: 1, columns: 2, values: [1, 2]), rowLabels: ["a", "too", "many"]),
    ScatterChart(items: []),
    ScatterChart(items: [.init(x: .nan, y: 1), .init(name: "p", x: 1, y: 1, error: .infinity)]),
  ]

  static func size(ofPNG data: Data) -> (width: Int, height: Int) {
    func number(_ start: Int) -> Int { data[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
    return (number(16), number(20))
  }
}
