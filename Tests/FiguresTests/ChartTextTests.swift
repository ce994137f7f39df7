import Figures
import Testing

@Suite struct ChartTextTests {
  @Test func bars() {
    let chart = BarChart([("f16", 256), ("nf4", 88)], title: "Size", valueTitle: "size (MiB)").chart
    #expect(
      chart.text() == """
        Size
        f16 │███████████████████████████████████████▎ 256
        nf4 │█████████████▌ 88
             size (MiB)
        """)
  }

  @Test func heatmap() {
    #expect(
      Samples.attention.chart.text() == """
        Head 3
         The ██····
         cat ▒▒▓▓··
         sat ░░░░▒▒
        attention: ·· 0–0.2  ░░ 0.2–0.4  ▒▒ 0.4–0.6  ▓▓ 0.6–0.8  ██ 0.8–1
        rows: query, columns: key The |  cat |  sat
        """)
  }

  @Test func line() {
    let chart = LineChart(series: [.init(name: "y", values: [0, 1, 2, 3, 4])], title: "Line", xTitle: "x", yTitle: "y")
      .chart
    #expect(chart.text() == Self.line)
  }

  @Test(arguments: (Samples.charts + Samples.difficultCharts).indices)
  func fitsATerminal(index: Int) {
    let text = (Samples.charts + Samples.difficultCharts)[index].chart.text()
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(!text.split(separator: "\n").contains { $0.hasSuffix(" ") })
  }

  @Test func severalRunsHaveTheirSigns() {
    let text = Samples.charts[1].chart.text()
    #expect(text.contains("● a   ▲ b"))
  }

  @Test func namesOfPointsAreShown() {
    let text = Samples.pareto.chart.text()
    for name in ["f16", "nf4", "q4_0"] { #expect(text.contains(name)) }
  }

  @Test func emptyChartsSaySo() {
    #expect(LossChart(runs: [.init(losses: [Double]())]).chart.text().hasPrefix("Loss\nno data\n"))
  }

  private static let line = """
    Line
    y
    4 ┤                                                                       ⣀⠤⠔⠊
      │                                                                 ⢀⣀⠤⠒⠊⠉
      │                                                            ⣀⡠⠤⠒⠉⠁
    3 ┤                                                       ⣀⠤⠔⠒⠉
      │                                                 ⢀⣀⠤⠔⠊⠉
      │                                            ⢀⡠⠤⠒⠊⠁
      │                                       ⣀⡠⠔⠒⠉⠁
    2 ┤                                 ⢀⣀⠤⠔⠊⠉
      │                           ⢀⣀⠤⠔⠒⠉⠁
      │                     ⢀⣀⠤⠔⠒⠉⠁
    1 ┤                ⣀⡠⠔⠒⠉⠁
      │           ⣀⠤⠔⠒⠉
      │     ⢀⣀⠤⠒⠊⠉
    0 ┤⣀⡠⠤⠒⠉⠁
      └┬──────────────────┬─────────────────┬──────────────────┬─────────────────┬
       0                  1                 2                  3                 4
                                            x
    """
}
