import Figures
import Testing

@Suite struct NumberTextTests {
  @Test func countsHaveSeparatedThousands() {
    #expect(NumberText.count(134_515_008) == "134,515,008")
    #expect(NumberText.count(-1000) == "-1,000")
    #expect(NumberText.count(999) == "999")
    #expect(NumberText.count(Int.min) == "-9,223,372,036,854,775,808")
  }

  @Test(arguments: [
    (0, "0 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (98_362_432, "93.8 MiB"), (1 << 30, "1.00 GiB"),
    (-2048, "-2.00 KiB"),
  ])
  func bytesAreBinary(count: Int, text: String) { #expect(NumberText.bytes(count) == text) }

  @Test(
    arguments: [
      (0, "0 s"), (0.00035, "350 µs"), (0.012, "12 ms"), (4.2, "4.2 s"), (59.4, "59 s"), (59.7, "1 min 0 s"),
      (72, "1 min 12 s"), (7500, "2 h 5 min"), (200_000, "2 d 7 h"), (-3, "-3.0 s"), (.infinity, "∞"), (.nan, "n/a"),
      (1e300, "1e+300 s"),
    ] as [(Double, String)])
  func durations(seconds: Double, text: String) { #expect(NumberText.duration(seconds: seconds) == text) }

  @Test func durationsOfTheStandardLibrary() { #expect(NumberText.duration(.milliseconds(1500)) == "1.5 s") }

  @Test(
    arguments: [
      (0, "0"), (4.5, "4.5"), (0.031249, "0.03125"), (1234.5, "1,234"), (1_234_567, "1,234,567"), (2e-5, "2e-5"),
      (1e20, "1e+20"), (-0.5, "-0.5"), (.nan, "n/a"), (-.infinity, "-∞"), (9.99996, "10"),
    ] as [(Double, String)])
  func significantDigits(value: Double, text: String) { #expect(NumberText.significant(value) == text) }

  @Test func fixedDecimals() {
    #expect(NumberText.fixed(1234.5, decimals: 2) == "1,234.50")
    #expect(NumberText.fixed(-0.001, decimals: 1) == "0.0")
    #expect(NumberText.fixed(1e30, decimals: 2) == "1e+30")
  }

  @Test func ratesAndParts() {
    #expect(NumberText.tokensPerSecond(1041.3) == "1,041 tok/s")
    #expect(NumberText.tokensPerSecond(42.46) == "42.5 tok/s")
    #expect(NumberText.percent(0.9914) == "99.1 %")
    #expect(NumberText.abbreviated(134_515_008) == "134.5M")
    #expect(NumberText.abbreviated(950) == "950")
  }
}
