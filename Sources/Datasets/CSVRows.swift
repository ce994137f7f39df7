import JSONValue

/// The rows of a CSV file: the file's bytes and where each field is.
///
/// Texts become strings when a row is looked at.
struct CSVRows: RowStorage {
  let columns: [String]
  let count: Int
  private let file: TextFile
  /// Row by row, without the header.
  private let fields: [CSVField]
  private let kinds: [ColumnKind]

  /// - Throws: ``DatasetError`` with the line where the file is wrong.
  /// - Complexity: O(bytes), some 400 MB/s.
  init(_ file: TextFile, separator: UInt8 = UInt8(ascii: ",")) throws(DatasetError) {
    let (header, fields) = try Self.parse(file, separator: separator)
    columns = try Self.names(header, of: file)
    count = fields.count / header.count
    self.file = file
    self.fields = fields
    let (names, rowCount) = (columns, count)
    kinds = file.withBytes { bytes in
      names.indices.map { column in
        if names[column] == "text" { return .text }
        return ColumnKind(of: (0..<rowCount).lazy.map { Self.text(of: fields[$0 * names.count + column], bytes) })
      }
    }
  }

  func value(row: Int, column: Int) -> JSONValue {
    let text = file.withBytes { Self.text(of: fields[row * columns.count + column], $0) }
    return kinds[column].value(of: text)
  }

  private static func parse(
    _ file: TextFile, separator: UInt8
  ) throws(DatasetError) -> (header: [String], fields: [CSVField]) {
    var fields: [CSVField] = []
    do {
      return try file.withBytes { bytes in
        var parser = CSVParser(file, bytes, separator: separator)
        guard parser.startOfRecord() != nil else { throw DatasetError.emptyFile(file: file.name) }
        try parser.parseRecord(into: &fields)
        let header = fields.map { text(of: $0, bytes) }
        fields.removeAll()
        while let start = parser.startOfRecord() {
          let before = fields.count
          try parser.parseRecord(into: &fields)
          let found = fields.count - before
          if found != header.count {
            throw DatasetError.wrongColumnCount(
              file: file.name, line: file.line(at: start), found: found, expected: header.count)
          }
        }
        return (header, fields)
      }
    } catch let error as DatasetError {
      throw error
    } catch {
      preconditionFailure("parsing throws DatasetError only, not \(error)")
    }
  }

  /// The names of the columns; one without a name, as an index has, is called by its place, as pandas does.
  private static func names(_ header: [String], of file: TextFile) throws(DatasetError) -> [String] {
    var names: [String] = []
    for (index, name) in header.enumerated() {
      let name = name.isEmpty ? "Unnamed: \(index)" : name
      if names.contains(name) { throw .duplicateColumn(file: file.name, name: name) }
      names.append(name)
    }
    return names
  }

  private static func text(of field: CSVField, _ bytes: UnsafeBufferPointer<UInt8>) -> String {
    let slice = UnsafeBufferPointer(rebasing: bytes[field.start..<field.start + Int(field.count)])
    guard field.hasDoubledQuotes else { return String(decoding: slice, as: UTF8.self) }
    return String(unsafeUninitializedCapacity: slice.count) { target in
      var written = 0
      var index = 0
      while index < slice.count {
        target[written] = slice[index]
        written += 1
        index += slice[index] == UInt8(ascii: "\"") ? 2 : 1
      }
      return written
    }
  }
}

/// What all values of a column are.
enum ColumnKind: Sendable {
  case integer
  case number
  case text

  /// The narrowest kind that holds all values; empty ones do not count.
  init(of values: some Sequence<String>) {
    var kind: ColumnKind?
    for value in values where !value.isEmpty {
      if kind != .number, Self.integer(value) != nil {
        kind = .integer
      } else if Self.number(value) != nil {
        kind = .number
      } else {
        self = .text
        return
      }
    }
    self = kind ?? .text
  }

  /// A field as a value of this kind; an empty number is null.
  func value(of text: String) -> JSONValue {
    switch self {
    case .text: .string(text)
    case .integer: Self.integer(text).map { .integer($0) } ?? .null
    case .number: Self.number(text).map { .number($0) } ?? .null
    }
  }

  /// A whole number as it is usually written: `007` and `+7` are codes, not numbers.
  private static func integer(_ text: String) -> Int? {
    let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
    guard let first = digits.first, 0x30...0x39 ~= first, first != 0x30 || digits.count == 1 else { return nil }
    return Int(text)
  }

  private static func number(_ text: String) -> Double? {
    guard let first = text.utf8.first(where: { $0 != UInt8(ascii: "-") }), 0x30...0x39 ~= first else { return nil }
    let integerDigits = text.utf8.drop { $0 == UInt8(ascii: "-") }.prefix { 0x30...0x39 ~= $0 }
    guard first != 0x30 || integerDigits.count == 1, !text.utf8.contains(UInt8(ascii: "x")) else { return nil }
    return Double(text).flatMap { $0.isFinite ? $0 : nil }
  }
}
