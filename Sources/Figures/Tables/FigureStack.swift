import JSONValue

/// Figures below each other as one.
package struct FigureStack: Figure {
  private let figures: [any Figure]

  /// - Parameter figures: Figures with an HTML form, such as tables and maps; charts stand alone.
  package init(_ figures: [any Figure]) { self.figures = figures }

  package func mimeBundle() -> [String: JSONValue] {
    let bundles = figures.map { $0.mimeBundle() }
    let html = bundles.compactMap { $0["text/html"]?.string }
    precondition(html.count == bundles.count, "a figure without HTML would be lost")
    let text = bundles.compactMap { $0["text/plain"]?.string }
    return [
      "text/html": .string(html.joined(separator: "<div style=\"height:10px\"></div>")),
      "text/plain": .string(text.joined(separator: "\n\n")),
    ]
  }
}
