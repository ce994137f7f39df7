/// Where in a Parquet file something is.
package struct ParquetPlace: Sendable, Hashable, CustomStringConvertible {
  package var column: String?
  /// Counted from 0, as pages are.
  package var rowGroup: Int?
  package var page: Int?

  package init(column: String? = nil, rowGroup: Int? = nil, page: Int? = nil) {
    self.column = column
    self.rowGroup = rowGroup
    self.page = page
  }

  package var description: String {
    let parts = [
      column.map { "column '\($0)'" }, rowGroup.map { "row group \($0)" }, page.map { "page \($0)" },
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }
}

/// What is wrong with a Parquet file.
package enum ParquetFault: Error, Sendable, Hashable {
  case noMagic
  case encrypted
  case footerLength(found: Int, limit: Int)
  /// The footer or a page header is no Thrift structure that can be read.
  case thrift(reason: String)
  case schema(reason: String)
  case outOfFile(offset: Int, count: Int, fileCount: Int)
  case elsewhere
  case codec(name: String)
  case encoding(name: String)
  case type(name: String)
  case pageTooLarge(bytes: Int, limit: Int)
  case tooManyValues(count: Int, limit: Int)
  case damagedCompression(codec: String)
  case wrongChecksum
  case wrongSize(found: Int, expected: Int)
  case shortOf(what: String)
  case invalidLevel(found: Int, limit: Int)
  case invalidIndex(found: Int, count: Int)
  case noDictionary
  case wrongCount(what: String, found: Int, expected: Int)
  case notUTF8(value: Int)
}

extension ParquetFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noMagic: "this is no Parquet file: it does not begin and end with PAR1"
    case .encrypted: "the file is encrypted"
    case .footerLength(let found, let limit): "the footer claims \(found) bytes, the file has room for \(limit)"
    case .thrift(let reason): "the description cannot be read: \(reason)"
    case .schema(let reason): "the schema makes no sense: \(reason)"
    case .outOfFile(let offset, let count, let fileCount):
      "\(count) bytes at \(offset) are claimed, and the file has \(fileCount)"
    case .elsewhere: "the pages are in another file"
    case .codec(let name): "pages compressed with \(name) are not read; known are none, Snappy, gzip and Zstandard"
    case .encoding(let name): "values in the encoding \(name) are not read"
    case .type(let name): "values of type \(name) are not read"
    case .pageTooLarge(let bytes, let limit): "a page claims \(bytes) bytes, more than the \(limit) that are allowed"
    case .tooManyValues(let count, let limit): "\(count) values are claimed, more than the \(limit) that are allowed"
    case .damagedCompression(let codec): "the bytes are no whole \(codec) data"
    case .wrongChecksum: "the checksum is another than that of the bytes"
    case .wrongSize(let found, let expected): "\(found) bytes were unpacked where \(expected) are claimed"
    case .shortOf(let what): "the page ends before its \(what) do"
    case .invalidLevel(let found, let limit): "a level is \(found), the schema has at most \(limit)"
    case .invalidIndex(let found, let count): "entry \(found) of a dictionary with \(count) entries"
    case .noDictionary: "values point into a dictionary that is not there"
    case .wrongCount(let what, let found, let expected): "\(found) \(what) where \(expected) are claimed"
    case .notUTF8(let value): "value \(value) is no UTF-8 text"
    }
  }

  var help: String? {
    switch self {
    case .codec, .encoding, .encrypted, .elsewhere:
      "write it anew in Python: pandas.read_parquet(\"…\").to_parquet(\"rows.parquet\", compression=\"zstd\")"
    case .tooManyValues, .pageTooLarge, .type: nil
    default: "the file is damaged or was not loaded whole; download it again"
    }
  }
}

extension ThriftReader.Failure {
  /// The failure in words.
  var reason: String {
    switch self {
    case .endOfBytes: "it ends too soon"
    case .numberTooLong: "a number has too many bytes"
    case .unexpectedType(let found): "a field has the unexpected type \(found)"
    case .nestedTooDeep: "it is nested too deep"
    case .tooManyElements(let count): "a list claims \(count) elements, more than there are bytes"
    case .notUTF8: "a name is no UTF-8 text"
    case .missingField(let number): "field \(number) is missing or unknown"
    }
  }
}
