import JSONValue

/// Reads a JSON list of objects: their members are the columns.
enum JSONList {
  /// The rows of a file; a column that an object lacks is null there.
  ///
  /// A file that begins with an object has JSON Lines.
  ///
  /// - Throws: ``DatasetError`` with the line or the element where the file is wrong.
  static func rows(of file: TextFile) throws(DatasetError) -> [[String: JSONValue]] {
    let text = file.data.dropFirst(file.start)
    let isList = text.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "[")
    guard isList else { return try JSONLines.rows(of: file) }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: text)
    } catch {
      let line = file.line(at: file.start + error.offset)
      throw .invalidJSON(
        file: file.name, line: line, reason: "it is not JSON from byte \(error.offset + 1) of the file on")
    }
    var rows: [[String: JSONValue]] = []
    for (index, element) in (value.array ?? []).enumerated() {
      guard let members = element.object else {
        throw .notAnObjectInList(file: file.name, element: index, found: element.kind)
      }
      rows.append(members)
    }
    return rows
  }
}
