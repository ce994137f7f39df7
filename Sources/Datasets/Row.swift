import JSONValue

/// One row of a data set.
package struct Row: Sendable {
  private let storage: any RowStorage
  /// The row's number in the file or list that it came from.
  package let number: Int

  init(_ storage: any RowStorage, number: Int) {
    self.storage = storage
    self.number = number
  }

  package var columns: [String] { storage.columns }

  /// The value in a column, or `nil` when there is no such column.
  package subscript(column: String) -> JSONValue? {
    storage.columns.firstIndex(of: column).map { storage.value(row: number, column: $0) }
  }

  /// The row's text: the column `text`.
  ///
  /// - Throws: ``DatasetError/noColumn(name:columns:)`` or ``DatasetError/notText(column:row:found:)``.
  package var text: String {
    get throws(DatasetError) { try text(in: "text") }
  }

  /// The text in a column.
  ///
  /// - Throws: as ``text``.
  package func text(in column: String) throws(DatasetError) -> String {
    guard let value = self[column] else { throw .noColumn(name: column, columns: columns) }
    guard let text = value.string else { throw .notText(column: column, row: number, found: value.kind) }
    return text
  }

  /// All values by column.
  package var values: [String: JSONValue] {
    Dictionary(
      uniqueKeysWithValues: columns.indices.map { (columns[$0], storage.value(row: number, column: $0)) })
  }
}

extension JSONValue {
  /// What a value is, in a message.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a truth value"
    case .integer, .number: "a number"
    case .string: "text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
