import Foundation
import JSONValue

/// Reads JSON Lines: one object a line, its members the columns.
enum JSONLines {
  /// The longest line, in bytes.
  static let longestLine = 16 << 20

  /// The rows of a file; a column that a line lacks is null there.
  ///
  /// Empty lines are passed over.
  ///
  /// - Throws: ``DatasetError`` with the line where the file is wrong.
  static func rows(of file: TextFile) throws(DatasetError) -> [[String: JSONValue]] {
    var rows: [[String: JSONValue]] = []
    var start = file.data.startIndex + file.start
    var number = 0
    while start < file.data.endIndex {
      let end = file.data[start...].firstIndex(of: UInt8(ascii: "\n")) ?? file.data.endIndex
      number += 1
      if end - start > longestLine {
        throw .fieldTooLarge(file: file.name, line: number, bytes: end - start, limit: longestLine)
      }
      if let row = try row(of: file.data[start..<end], number, file) { rows.append(row) }
      start = end + 1
    }
    return rows
  }

  private static func row(
    of line: Data, _ number: Int, _ file: TextFile
  ) throws(DatasetError) -> [String: JSONValue]? {
    if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }) { return nil }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: Data(line))
    } catch {
      throw .invalidJSON(file: file.name, line: number, reason: "it is not JSON from its byte \(error.offset + 1) on")
    }
    guard let members = value.object else {
      throw .notAnObject(file: file.name, line: number, found: value.kind)
    }
    return members
  }
}
