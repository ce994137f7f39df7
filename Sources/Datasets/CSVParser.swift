/// A field of a CSV file: where its text stands, without the quotation marks around it.
struct CSVField: Sendable {
  let start: Int
  let count: Int32
  /// Whether the text has doubled quotation marks, each of which stands for one.
  let hasDoubledQuotes: Bool
}

/// Finds the fields of comma-separated values.
///
/// - SeeAlso: RFC 4180. Lines end with CRLF, LF or CR; empty lines are passed over; a quotation mark inside a field that
///   did not begin with one is taken as it stands.
struct CSVParser {
  /// The longest field, in bytes: a longer one is a quotation mark that was forgotten, not a text.
  static let longestField = 16 << 20

  private static let quote = UInt8(ascii: "\"")
  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  private let file: TextFile
  private let bytes: UnsafeBufferPointer<UInt8>
  private let separator: UInt8
  private var position: Int

  init(_ file: TextFile, _ bytes: UnsafeBufferPointer<UInt8>, separator: UInt8) {
    self.file = file
    self.bytes = bytes
    self.separator = separator
    position = file.start
  }

  /// Where the record that comes next begins, behind empty lines, or `nil` at the end of the file.
  mutating func startOfRecord() -> Int? {
    while position < bytes.count, isLineEnd(bytes[position]) { position += 1 }
    return position < bytes.count ? position : nil
  }

  /// Appends the fields of one record to `fields`.
  ///
  /// - Throws: ``DatasetError`` with the line of the field.
  mutating func parseRecord(into fields: inout [CSVField]) throws(DatasetError) {
    while true {
      let isQuoted = position < bytes.count && bytes[position] == Self.quote
      fields.append(isQuoted ? try parseQuoted() : try parsePlain())
      guard position < bytes.count, bytes[position] == separator else { return endLine() }
      position += 1
    }
  }

  private mutating func endLine() {
    guard position < bytes.count else { return }
    let isPair =
      bytes[position] == Self.carriageReturn && position + 1 < bytes.count && bytes[position + 1] == Self.newline
    position += isPair ? 2 : 1
  }

  private mutating func parsePlain() throws(DatasetError) -> CSVField {
    let start = position
    while position < bytes.count, bytes[position] != separator, !isLineEnd(bytes[position]) { position += 1 }
    return try field(start..<position, hasDoubledQuotes: false)
  }

  private mutating func parseQuoted() throws(DatasetError) -> CSVField {
    let opening = position
    var hasDoubledQuotes = false
    position += 1
    while true {
      while position < bytes.count, bytes[position] != Self.quote { position += 1 }
      if position == bytes.count { throw .unterminatedQuote(file: file.name, line: file.line(at: opening)) }
      position += 1
      if position < bytes.count, bytes[position] == Self.quote {
        hasDoubledQuotes = true
        position += 1
      } else {
        break
      }
    }
    try checkEndOfQuoted()
    return try field(opening + 1..<position - 1, hasDoubledQuotes: hasDoubledQuotes)
  }

  private func checkEndOfQuoted() throws(DatasetError) {
    guard position < bytes.count, bytes[position] != separator, !isLineEnd(bytes[position]) else { return }
    let rest = String(decoding: bytes[position..<min(position + 4, bytes.count)], as: UTF8.self)
    throw .textAfterQuote(
      file: file.name, line: file.line(at: position), character: String(rest.unicodeScalars.prefix(1)))
  }

  private func field(_ range: Range<Int>, hasDoubledQuotes: Bool) throws(DatasetError) -> CSVField {
    if range.count > Self.longestField {
      throw .fieldTooLarge(
        file: file.name, line: file.line(at: range.lowerBound), bytes: range.count, limit: Self.longestField)
    }
    return CSVField(start: range.lowerBound, count: Int32(range.count), hasDoubledQuotes: hasDoubledQuotes)
  }

  @inline(__always)
  private func isLineEnd(_ byte: UInt8) -> Bool { byte == Self.newline || byte == Self.carriageReturn }
}
