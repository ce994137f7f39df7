import JSONValue

/// Rows of text with labelled columns.
///
/// A value: every method returns a new data set and leaves this one as it was. Data sets made from each other share
/// their rows and differ in the selection, so that shuffling and splitting copy no text.
package struct Dataset: Sendable {
  let storage: any RowStorage
  /// The numbers of the selected rows, in order.
  let selection: ArraySlice<Int>

  init(_ storage: any RowStorage, selection: ArraySlice<Int>? = nil) {
    self.storage = storage
    self.selection = selection ?? Array(0..<storage.count)[...]
  }

  /// Rows written in place.
  ///
  /// - Throws: ``DatasetError/unevenRow(row:missing:extra:)`` when rows have different columns.
  package init(rows: [[String: JSONValue]]) throws(DatasetError) {
    let expected = Set(rows.first?.keys.map { $0 } ?? [])
    for (number, row) in rows.enumerated() where Set(row.keys) != expected {
      let found = Set(row.keys)
      throw .unevenRow(
        row: number, missing: expected.subtracting(found).sorted(), extra: found.subtracting(expected).sorted())
    }
    self.init(MemoryRows(rows))
  }

  /// Texts written in place, without labels.
  package init(texts: [String]) { self.init(MemoryRows(texts.map { ["text": .string($0)] })) }

  package var count: Int { selection.count }

  package var columns: [String] { storage.columns }

  /// The row at a position of this data set, which must be one of `0..<count`.
  package func row(_ position: Int) -> Row {
    precondition(0..<count ~= position, "row \(position) of \(count)")
    return Row(storage, number: selection[selection.startIndex + position])
  }

  /// All rows, in order.
  package var rows: some Sequence<Row> { selection.lazy.map { Row(storage, number: $0) } }
}

// MARK: - Choosing rows

extension Dataset {
  /// The first `count` rows, or all when there are fewer.
  package func prefix(_ count: Int) -> Dataset { Dataset(storage, selection: selection.prefix(max(count, 0))) }

  /// The last `count` rows, or all when there are fewer.
  package func suffix(_ count: Int) -> Dataset { Dataset(storage, selection: selection.suffix(max(count, 0))) }

  /// All rows but the first `count`.
  package func dropFirst(_ count: Int = 1) -> Dataset {
    Dataset(storage, selection: selection.dropFirst(max(count, 0)))
  }

  /// The rows for which `isIncluded` holds.
  package func filter(_ isIncluded: (Row) throws -> Bool) rethrows -> Dataset {
    Dataset(storage, selection: try selection.filter { try isIncluded(Row(storage, number: $0)) }[...])
  }

  /// New rows made from these; a column that `transform` leaves out in some rows is null there.
  package func map(_ transform: (Row) throws -> [String: JSONValue]) rethrows -> Dataset {
    Dataset(MemoryRows(try rows.map(transform), order: columns))
  }
}

// MARK: - Choosing columns

extension Dataset {
  /// The named columns, in this order.
  ///
  /// - Throws: ``DatasetError/noColumn(name:columns:)``.
  package func selecting(_ names: [String]) throws(DatasetError) -> Dataset {
    var selected: [(name: String, source: Int)] = []
    for name in names { selected.append((name, try index(of: name))) }
    return Dataset(ColumnSelection(selected, of: storage), selection: selection)
  }

  /// The same rows with another name for a column.
  ///
  /// - Throws: ``DatasetError/noColumn(name:columns:)``.
  package func renaming(_ name: String, to newName: String) throws(DatasetError) -> Dataset {
    let renamed = try index(of: name)
    let kept = columns.indices.filter { $0 == renamed || columns[$0] != newName }
    let selected = kept.map { (name: $0 == renamed ? newName : columns[$0], source: $0) }
    return Dataset(ColumnSelection(selected, of: storage), selection: selection)
  }

  private func index(of name: String) throws(DatasetError) -> Int {
    guard let index = columns.firstIndex(of: name) else { throw .noColumn(name: name, columns: columns) }
    return index
  }
}
