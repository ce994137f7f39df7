import JSONValue

/// A whole as a strip that is cut into its parts, in order, each as wide as it is large: what lies where in a file.
package struct PartMap: Figure, Hashable {
  package struct Part: Sendable, Hashable {
    package var name: String
    package var size: Double
    /// Parts of one kind have one colour and one line in the legend.
    package var kind: String

    package init(_ name: String, size: Double, kind: String) {
      self.name = name
      self.size = size
      self.kind = kind
    }
  }

  package var title: String
  package var parts: [Part]
  /// Writes a size, such as `1.2 MiB`.
  package var unit: Unit

  package enum Unit: Sendable, Hashable { case bytes, plain }

  package init(title: String = "", parts: [Part], unit: Unit = .bytes) {
    self.title = title
    self.parts = parts
    self.unit = unit
  }

  package func mimeBundle() -> [String: JSONValue] {
    ["text/html": .string(html()), "text/plain": .string(text())]
  }

  private var total: Double { parts.reduce(0) { $0 + max(0, $1.size) } }

  /// Kinds in the order in which they come, with the sum of their parts.
  private var kinds: [(name: String, size: Double)] {
    var kinds: [(name: String, size: Double)] = []
    for part in parts {
      if let index = kinds.firstIndex(where: { $0.name == part.kind }) {
        kinds[index].size += part.size
      } else {
        kinds.append((part.kind, part.size))
      }
    }
    return kinds
  }

  private func share(_ size: Double) -> Double { total > 0 ? max(0, size) / total : 0 }

  private func written(_ size: Double) -> String {
    let amount = unit == .bytes ? NumberText.bytes(Int(size)) : NumberText.significant(size, digits: 4)
    return "\(amount), \(NumberText.percent(share(size), decimals: 1))"
  }

  // MARK: - HTML

  package func html() -> String {
    let names = kinds.map(\.name)
    let cells = parts.map { part in
      let color = Color.series(names.firstIndex(of: part.kind) ?? 0)
      let width = NumberText.significant(100 * share(part.size), digits: 4)
      let style =
        "width:\(width)%;background-color:\(color.css(opacity: 0.75));"
        // A border would take room of its own, and hundreds of them would change the shares.
        + "box-shadow:inset -1px 0 \(Color.neutral.css(opacity: 0.5))"
      return HTML.element("div", ["style": style, "title": "\(part.name): \(written(part.size))"], "")
    }
    let strip = HTML.element(
      "div", ["style": "display:flex;height:28px;max-width:900px;border-radius:4px;overflow:hidden"], cells.joined())
    let legend = kinds.enumerated().map { index, kind in
      let square = HTML.element("span", ["style": "color:\(Color.series(index).css)"], "■")
      return HTML.element(
        "span", ["style": "white-space:nowrap;margin-right:14px"],
        square + " " + HTML.escaped("\(kind.name): \(written(kind.size))"))
    }
    return HTML.figure(
      title: title,
      strip
        + HTML.element("div", ["style": "font-size:85%;margin-top:4px;line-height:1.7"], legend.joined(separator: " ")))
  }

  // MARK: - Text

  /// One line for each kind with a bar.
  package func text() -> String {
    let width = kinds.map { TextLayout.width($0.name) }.max() ?? 0
    let lines = kinds.map { kind in
      let name = TextLayout.padded(kind.name, to: width, alignment: .left)
      let bar = TextLayout.padded(TextLayout.bar(share(kind.size), width: 32), to: 32, alignment: .left)
      return "\(name) \(bar) \(written(kind.size))"
    }
    return TextLayout.joined((title.isEmpty ? [] : [title]) + lines)
  }
}
