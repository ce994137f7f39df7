import Figures
import JSONValue
import Testing

/// Everything that comes from a model, a file or a student may hold markup.
@Suite struct HTMLTests {
  private static let hostile = "<script>alert('x')</script><img src=x onerror=\"y\">&amp;\u{0}"

  private static let figures: [any Figure] = [
    Table(
      title: hostile, columns: [.init(hostile, unit: hostile)], rows: [.group(hostile), .values([.text(hostile)])],
      note: hostile),
    ProgressView(title: hostile, step: 1, steps: 2, readings: [.init(hostile, hostile)]),
    TokenChips(
      tokens: [.init(id: 1, text: hostile, isMarked: true)], title: hostile,
      legend: .init(marked: hostile, others: hostile)),
    ProbabilityBars(
      distributions: [.init(title: hostile, rows: [.init(token: hostile, probability: .nan)])], title: hostile,
      topP: 0.5),
    ComparisonTable(
      title: hostile, models: [hostile, hostile], rows: [.init(prompt: hostile, answers: [hostile, hostile + " new"])]),
  ]

  @Test(arguments: figures.indices)
  func dataIsEscaped(index: Int) throws {
    let bundle = Self.figures[index].mimeBundle()
    let html = try #require(bundle["text/html"]?.string)
    #expect(html.contains("&lt;script&gt;alert(&#39;x&#39;)"))
    #expect(!html.contains("<script") && !html.contains("<img") && !html.unicodeScalars.contains("\u{0}"))
    #expect(bundle["text/plain"]?.string?.unicodeScalars.contains("\u{0}") == false)
    #expect(Set(bundle.keys) == ["text/html", "text/plain"])
  }

  /// JupyterLab drops other elements from notebooks that are not trusted.
  @Test(arguments: figures.indices)
  func onlyPlainElementsAreUsed(index: Int) throws {
    let html = try #require(Self.figures[index].mimeBundle()["text/html"]?.string)
    let names = html.matches(of: /<([a-z]+)/).map { String($0.1) }
    let allowed: Set = ["div", "table", "thead", "tbody", "tr", "th", "td", "b", "span", "progress", "br", "wbr"]
    #expect(Set(names).isSubset(of: allowed), "\(Set(names).subtracting(allowed))")
    for name in allowed.subtracting(["br", "wbr"]) {
      #expect(html.matches(of: try Regex("<\(name)[ >]")).count == html.matches(of: try Regex("</\(name)>")).count)
    }
  }

  @Test(arguments: figures.indices)
  func noFixedForegroundOrSolidPageColors(index: Int) throws {
    let html = try #require(Self.figures[index].mimeBundle()["text/html"]?.string)
    #expect(!html.contains("color:#fff") && !html.contains("color:#000") && !html.contains("background:"))
  }
}
