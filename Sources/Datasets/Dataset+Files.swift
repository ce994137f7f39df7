import Foundation

extension Dataset {
  /// The endings of files that rows are read from.
  package static let knownFormats = [".csv", ".tsv", ".jsonl", ".ndjson"]

  /// The rows of a file, by its ending: CSV and TSV with a header, JSON Lines.
  ///
  /// - Throws: ``DatasetError`` that names the line where the file is wrong.
  package init(path: String) throws(DatasetError) {
    switch URL(fileURLWithPath: path).pathExtension.lowercased() {
    case "csv": self = try .csv(path: path)
    case "tsv": self = try .csv(path: path, separator: "\t")
    case "jsonl", "ndjson": self = try .jsonLines(path: path)
    default: throw .unknownFormat(path: path, known: Self.knownFormats)
    }
  }

  /// The rows of several files, one after the other.
  ///
  /// - Parameter paths: At least one.
  /// - Throws: ``DatasetError``; ``DatasetError/differentColumns(file:found:expected:)`` when the files have different columns.
  package init(paths: [String]) throws(DatasetError) {
    var parts: [any RowStorage] = []
    for path in paths {
      let part = try Dataset(path: path)
      if let first = parts.first, part.columns != first.columns {
        throw .differentColumns(file: path, found: part.columns, expected: first.columns)
      }
      parts.append(part.storage)
    }
    self.init(parts.count == 1 ? parts[0] : JoinedRows(parts))
  }

  /// The rows of a file of comma-separated values with a header; columns in which all values are numbers are numbers.
  ///
  /// - Parameter separator: One ASCII character.
  /// - Throws: ``DatasetError`` that names the line where the file is wrong.
  /// - SeeAlso: RFC 4180.
  package static func csv(path: String, separator: Character = ",") throws(DatasetError) -> Dataset {
    guard let byte = separator.asciiValue else { preconditionFailure("'\(separator)' is not ASCII") }
    return Dataset(try CSVRows(TextFile(path: path), separator: byte))
  }

  /// The rows of a file with one JSON object a line.
  ///
  /// - Throws: ``DatasetError`` that names the line where the file is wrong.
  package static func jsonLines(path: String) throws(DatasetError) -> Dataset {
    Dataset(MemoryRows(try JSONLines.rows(of: TextFile(path: path))))
  }
}
