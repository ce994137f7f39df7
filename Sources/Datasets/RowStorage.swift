import JSONValue

/// Rows that stand somewhere, looked at by number.
///
/// Data sets share it and select from it.
protocol RowStorage: Sendable {
  var columns: [String] { get }
  var count: Int { get }

  /// The value in a row and a column, both from 0.
  func value(row: Int, column: Int) -> JSONValue
}

/// Rows as values in memory, column by column.
struct MemoryRows: RowStorage {
  let columns: [String]
  let count: Int
  private let values: [[JSONValue]]

  /// Rows of named values; what a row lacks is null.
  ///
  /// `text` comes first, then the columns of `order`, then the others.
  init(_ rows: [[String: JSONValue]], order: [String] = []) {
    var names = Set<String>()
    for row in rows { names.formUnion(row.keys) }
    let rank = Dictionary(zip(["text"] + order, 0...), uniquingKeysWith: { first, _ in first })
    columns = names.sorted { (rank[$0] ?? .max, $0) < (rank[$1] ?? .max, $1) }
    count = rows.count
    values = columns.map { column in rows.map { $0[column] ?? .null } }
  }

  func value(row: Int, column: Int) -> JSONValue { values[column][row] }
}

/// Some columns of other rows, in an order and by names of their own.
struct ColumnSelection: RowStorage {
  let columns: [String]
  private let base: any RowStorage
  private let sources: [Int]

  /// - Parameter selected: The new name of each column and its number in `base`.
  init(_ selected: [(name: String, source: Int)], of base: any RowStorage) {
    columns = selected.map(\.name)
    sources = selected.map(\.source)
    self.base = base
  }

  var count: Int { base.count }

  func value(row: Int, column: Int) -> JSONValue { base.value(row: row, column: sources[column]) }
}

/// Rows of several storages with the same columns, one after the other.
struct JoinedRows: RowStorage {
  let columns: [String]
  let count: Int
  private let parts: [any RowStorage]
  /// The number of the first row of each part.
  private let starts: [Int]

  /// - Parameter parts: At least one; all with the columns of the first.
  init(_ parts: [any RowStorage]) {
    self.parts = parts
    columns = parts[0].columns
    var starts: [Int] = []
    var count = 0
    for part in parts {
      precondition(part.columns == columns, "columns differ")
      starts.append(count)
      count += part.count
    }
    self.starts = starts
    self.count = count
  }

  func value(row: Int, column: Int) -> JSONValue {
    let part = (starts.firstIndex { $0 > row } ?? starts.count) - 1
    return parts[part].value(row: row - starts[part], column: column)
  }
}
