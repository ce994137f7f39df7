import JSONValue

/// The first rows of a data set as short texts, for a table.
package struct DatasetPreview: Sendable, Hashable {
  package let columns: [String]
  /// A text for each row and column.
  package let rows: [[String]]
  /// How many rows the data set has in all.
  package let count: Int
}

extension Dataset {
  /// The first rows, each value in one line of at most `width` characters.
  package func preview(_ count: Int = 5, width: Int = 100) -> DatasetPreview {
    let rows = prefix(count).rows.map { row in
      columns.map { (row[$0] ?? .null).shortText.shortened(to: max(width, 2)) }
    }
    return DatasetPreview(columns: columns, rows: rows, count: self.count)
  }
}

extension JSONValue {
  /// A text as it is, anything else as JSON.
  var shortText: String { string ?? String(decoding: serialized(), as: UTF8.self) }
}

extension String {
  /// On one line and with `…` for what is beyond `width` characters.
  fileprivate func shortened(to width: Int) -> String {
    // Looking at a few more characters than are shown keeps a megabyte in one field cheap.
    let line = prefix(2 * width).split(whereSeparator: \.isNewline).joined(separator: " ")
    return count(upTo: width + 1) > width ? line.prefix(width - 1) + "…" : line
  }

  private func count(upTo limit: Int) -> Int { prefix(limit).count }
}
