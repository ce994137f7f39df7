import JSONValue

/// All rows of a data set have the same label, which teaches a classifier nothing.
package struct SingleLabelWarning: Sendable, Hashable, CustomStringConvertible {
  package let rows: Int
  package let column: String
  package let label: JSONValue
  /// Whether the rows were taken from others with more labels, as from the beginning of a file sorted by label.
  package let isSelection: Bool

  /// The message, lower case, without a final period.
  package var description: String {
    "all \(rows) rows have \(column) \(label.shortText)" + (isSelection ? ": the file is sorted by \(column)" : "")
  }

  /// What to do next.
  package var help: String? {
    isSelection ? "shuffle before you take a part: .shuffled(seed: 42).prefix(\(rows))" : nil
  }
}

extension Dataset {
  /// A warning when there are several rows and all have one label, or `nil`.
  ///
  /// - Complexity: O(1) for shuffled rows, else O(rows).
  package func singleLabelWarning(column: String = "label") -> SingleLabelWarning? {
    guard count > 1, let index = columns.firstIndex(of: column) else { return nil }
    let label = row(0)[column] ?? .null
    if selection.contains(where: { storage.value(row: $0, column: index) != label }) { return nil }
    let isSelection = (0..<storage.count).contains { storage.value(row: $0, column: index) != label }
    return SingleLabelWarning(rows: count, column: column, label: label, isSelection: isSelection)
  }
}
