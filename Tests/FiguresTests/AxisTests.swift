import Figures
import Testing

@Suite struct AxisTests {
  @Test(
    arguments: [
      ([0, 500], ["0", "100", "200", "300", "400", "500"]),
      ([1.9, 4.1], ["1.5", "2.0", "2.5", "3.0", "3.5", "4.0", "4.5"]),
      ([-0.9, 1.1], ["−1.0", "−0.5", "0.0", "0.5", "1.0", "1.5"]), ([-1, 1], ["−1", "0", "1"]),
      ([0, 12_345], ["0", "2.5k", "5.0k", "7.5k", "10.0k", "12.5k"]),
      ([0, 134_515_008], ["0", "25M", "50M", "75M", "100M", "125M", "150M"]),
      ([0, 2e-4], ["0", "5e−5", "1e−4", "1.5e−4", "2e−4"]),
    ] as [([Double], [String])])
  func ticksAreRound(values: [Double], labels: [String]) {
    #expect(Axis.covering(values, title: "").ticks.map(\.label) == labels)
  }

  @Test func logarithmicTicksArePowers() {
    let axis = Axis.covering([0.001, 100], title: "", scale: .logarithmic)
    #expect(axis.ticks.map(\.label) == ["0.001", "0.01", "0.1", "1", "10", "100"])
    #expect(Axis.covering([2, 30], title: "", scale: .logarithmic).ticks.map(\.label) == ["2", "5", "10", "20"])
  }

  @Test(
    arguments: [[], [.nan], [5], [0], [1e308, -1e308], [.leastNonzeroMagnitude], [.infinity, 3], [1e15, 1e15 + 1]]
      as [[Double]])
  func everyDomainHasALength(values: [Double]) {
    for scale in [Axis.Scale.linear, .logarithmic] {
      let axis = Axis.covering(values, title: "", scale: scale)
      let length = axis.domain.upperBound - axis.domain.lowerBound
      #expect(length > 0 && length.isFinite)
      #expect(axis.ticks.count <= 20)
      #expect(axis.ticks.allSatisfy { $0.value.isFinite })
    }
  }
}
