import Figures
import JSONValue
import Testing

@Suite struct TableTests {
  private let formats = Table(
    title: "Formats",
    columns: [
      .init("format"), .init("size", format: .bytes), .init("perplexity", format: .fixed(2), best: .lowest),
      .init("speed", unit: "tok/s", best: .highest),
    ],
    rows: [
      .group("16 bit"), .values(["f16", 269_030_016, 14.21, 88]), .group("4 bit"),
      .values(["q4_0", 91_750_400, 15.3, 177.3]), .values(["nf4", 84_000_000, 14.9, .missing]),
      .total(["all", 444_780_416]),
    ], note: "window 512")

  @Test func text() {
    #expect(
      formats.text() == """
        Formats
        format       size  perplexity   speed (tok/s)
        ──────────────────────────────────────────────
        ── 16 bit
        f16     256.6 MiB       14.21*             88
        ── 4 bit
        q4_0     87.5 MiB       15.30           177.3*
        nf4      80.1 MiB       14.90               –
        ──────────────────────────────────────────────
        all     424.2 MiB           –               –
        * best
        window 512
        """)
  }

  @Test func html() throws {
    let html = try #require(formats.mimeBundle()["text/html"]?.string)
    #expect(html.contains("<b>14.21</b>") && html.contains("<b>177.3</b>") && !html.contains("<b>88</b>"))
    #expect(html.contains("colspan=\"4\"") && html.contains("speed (tok/s)"))
  }

  @Test func longTablesTellWhatIsLeftOut() {
    let table = Table(columns: [.init("step")], rows: (0..<1000).map { [.integer($0)] }, maximumRows: 10)
    #expect(table.text().contains("… 990 more rows …"))
    #expect(table.html().contains("… 990 more rows …"))
    #expect(table.text().contains("\n   4\n") && table.text().contains("\n 995\n") && table.text().hasSuffix(" 999"))
  }

  @Test func widthsCountColumnsOfATerminal() {
    let table = Table(
      columns: [.init("a"), .init("b")], rows: [["日本", "x"], ["é\u{301}", "y"], ["line\nbreak", "z"]])
    #expect(
      table.text() == """
        a           b
        ─────────────
        日本        x
        é\u{301}           y
        line⏎break  z
        """)
  }

  @Test func rowsOfAnyLengthAndNoColumns() {
    let table = Table(columns: [.init("a", best: .lowest), .init("b")], rows: [[1], [.number(.nan), 2, 3], []])
    #expect(table.text().contains("n/a"))
    #expect(Table(columns: [], rows: [[Table.Value]]()).html().contains("<table"))
    #expect(Table(columns: [.init("a")], rows: [[Table.Value]]()).text() == "a\n─")
  }
}
