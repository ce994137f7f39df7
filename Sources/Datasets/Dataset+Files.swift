import Foundation

extension Dataset {
  /// The endings of files that rows are read from.
  package static let knownFormats =
    [".parquet"] + [".jsonl", ".ndjson", ".json", ".csv", ".tsv"].flatMap { [$0, $0 + ".gz"] }

  /// The rows of a file, by its ending: Parquet, JSON Lines, a JSON list of objects, CSV and TSV with a header; text also
  /// packed by gzip.
  ///
  /// - Throws: ``DatasetError`` that names the line where the file is wrong.
  package init(path: String) throws(DatasetError) {
    switch Self.format(of: path) {
    case "csv": self = try .csv(path: path)
    case "tsv": self = try .csv(path: path, separator: "\t")
    case "jsonl", "ndjson": self = try .jsonLines(path: path)
    case "json": self = try .json(path: path)
    case "parquet": self = try .parquet(path: path)
    default: throw .unknownFormat(path: path, known: Self.knownFormats)
    }
  }

  private static func format(of path: String) -> String {
    let url = URL(fileURLWithPath: path.lowercased())
    return url.pathExtension == "gz" ? url.deletingPathExtension().pathExtension : url.pathExtension
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

  /// The rows of a file with a JSON list of objects; JSON Lines by that name are read too.
  ///
  /// - Throws: ``DatasetError`` that names the line where the file is wrong.
  package static func json(path: String) throws(DatasetError) -> Dataset {
    Dataset(MemoryRows(try JSONList.rows(of: TextFile(path: path))))
  }

  /// The rows of a Parquet file, with lists and structures as JSON has them.
  ///
  /// - Throws: ``DatasetError/parquet(file:place:fault:)`` with the place where the file is wrong.
  /// - Complexity: O(unpacked bytes); texts become strings when a row is looked at.
  package static func parquet(path: String) throws(DatasetError) -> Dataset {
    let url = URL(fileURLWithPath: path)
    return Dataset(try ParquetRows(TextFile.contents(of: url), file: url.lastPathComponent))
  }
}
