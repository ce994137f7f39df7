/// What is wrong with a file of rows, or with what was asked of a data set.
package enum DatasetError: Error, Sendable, Hashable {
  case unreadable(path: String, reason: String)
  case unknownFormat(path: String, known: [String])
  case wrongChecksum(path: String, found: String, expected: String)
  case invalidUTF8(file: String, line: Int, offset: Int)
  case fieldTooLarge(file: String, line: Int, bytes: Int, limit: Int)
  case unterminatedQuote(file: String, line: Int)
  case textAfterQuote(file: String, line: Int, character: String)
  case wrongColumnCount(file: String, line: Int, found: Int, expected: Int)
  case emptyFile(file: String)
  case duplicateColumn(file: String, name: String)
  case invalidJSON(file: String, line: Int, reason: String)
  case notAnObject(file: String, line: Int, found: String)
  case notAnObjectInList(file: String, element: Int, found: String)
  case damagedGzip(path: String)
  case parquet(file: String, place: ParquetPlace, fault: ParquetFault)
  case unevenRow(row: Int, missing: [String], extra: [String])
  case differentColumns(file: String, found: [String], expected: [String])
  case noColumn(name: String, columns: [String])
  case notText(column: String, row: Int, found: String)
  case unknownRowForm(columns: [String])
  /// A column should hold a conversation; `message` counts from 0, `nil` for the whole column.
  case badConversation(column: String, row: Int, message: Int?, found: String)
  case unknownSpeaker(row: Int, message: Int, name: String, known: [String])
  case validationOutOfRange(value: Double)
  case splitLeavesNothing(part: String, rows: Int, validation: Double)
}

extension DatasetError: CustomStringConvertible {
  /// The message: what was found and what was expected, lower case, without a final period.
  package var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "cannot read '\(path)': \(reason)"
    case .unknownFormat(let path, let known):
      "'\(path)' is no kind of file that rows are read from; known are \(known.joined(separator: ", "))"
    case .wrongChecksum(let path, let found, let expected):
      "'\(path)' has the sha256 \(found.prefix(12))…; it should be \(expected.prefix(12))…"
    case .invalidUTF8(let file, let line, let offset):
      "\(file), line \(line): the text is not UTF-8 (byte \(offset) of the file)"
    case .fieldTooLarge(let file, let line, let bytes, let limit):
      "\(file), line \(line): a field has \(bytes) bytes, more than the \(limit) that are allowed"
    case .unterminatedQuote(let file, let line):
      "\(file), line \(line): a field begins with a quotation mark that is never closed"
    case .textAfterQuote(let file, let line, let character):
      "\(file), line \(line): '\(character)' stands behind a closing quotation mark; a comma or a new line was expected"
    case .wrongColumnCount(let file, let line, let found, let expected):
      "\(file), line \(line): \(found) fields where the header has \(expected)"
    case .emptyFile(let file):
      "\(file) is empty; a header with the names of the columns was expected"
    case .duplicateColumn(let file, let name):
      "\(file), line 1: two columns are named '\(name)'"
    case .invalidJSON(let file, let line, let reason):
      "\(file), line \(line): this is not JSON: \(reason)"
    case .notAnObject(let file, let line, let found):
      "\(file), line \(line): found \(found) where an object such as {\"text\": \"…\"} was expected"
    case .notAnObjectInList(let file, let element, let found):
      "\(file), element \(element): found \(found) where an object such as {\"text\": \"…\"} was expected"
    case .damagedGzip(let path):
      "'\(path)' is no whole gzip file, or it unpacks to more than \(TextFile.longestUnpacked) bytes"
    case .parquet(let file, let place, let fault):
      "\(file)\(place.description.isEmpty ? "" : ", \(place)"): \(fault)"
    case .unevenRow(let row, let missing, let extra):
      "row \(row) differs from row 0:" + (missing.isEmpty ? "" : " it lacks \(missing.joined(separator: ", "))")
        + (missing.isEmpty || extra.isEmpty ? "" : " and")
        + (extra.isEmpty ? "" : " it has \(extra.joined(separator: ", ")), which row 0 has not")
    case .differentColumns(let file, let found, let expected):
      "\(file) has the columns \(found.joined(separator: ", ")); the files before it have \(expected.joined(separator: ", "))"
    case .noColumn(let name, let columns):
      "there is no column '\(name)'; columns are \(columns.joined(separator: ", "))"
    case .notText(let column, let row, let found):
      "column '\(column)' has \(found) in row \(row) where text was expected"
    case .unknownRowForm(let columns):
      "rows with the columns \(columns.joined(separator: ", ")) have no form that can be trained on; known are "
        + RowForm.Kind.allCases.map { "\($0.rawValue) (\($0.required.joined(separator: ", ")))" }.joined(
          separator: ", ")
    case .badConversation(let column, let row, let message, let found):
      "column '\(column)' has \(found) in row \(row)" + (message.map { ", message \($0)," } ?? "")
        + " where \(message == nil ? "a list of messages" : "an object with role and content") was expected"
    case .unknownSpeaker(let row, let message, let name, let known):
      "row \(row), message \(message): nobody is known as '\(name)'; known are \(known.joined(separator: ", "))"
    case .validationOutOfRange(let value):
      "'validation' is \(value); it goes from above 0 to below 1"
    case .splitLeavesNothing(let part, let rows, let validation):
      "splitting \(rows) rows with validation \(validation) leaves no rows for \(part)"
    }
  }

  /// What to do next, or `nil` when the message says it.
  package var help: String? {
    switch self {
    case .unreadable: "check the path; a relative one starts at the folder of the notebook"
    case .unknownFormat: "rows come from .parquet, .jsonl, .json, .csv and .tsv files; save the file as one of them"
    case .damagedGzip: "the file was not loaded whole; download it again"
    case .parquet(_, _, let fault): fault.help
    case .wrongChecksum: "the file is damaged or another version; download it again"
    case .invalidUTF8: "save the file as UTF-8"
    case .fieldTooLarge, .unterminatedQuote, .textAfterQuote:
      "a quotation mark inside a quoted field is written twice: \"she said \"\"no\"\"\""
    case .wrongColumnCount: "a field with a comma or a line break in it goes in quotation marks"
    case .invalidJSON, .notAnObject: "JSON Lines has one object a line, without commas between the lines"
    case .differentColumns: "open the files one by one, and rename or select columns so that they agree"
    case .unknownRowForm(let columns):
      "give columns these names, as .renaming(\"\(columns.first ?? "…")\", to: \"text\"), or make rows by .map { [\"text\": …] }"
    case .badConversation:
      "a conversation is written [{\"role\": \"user\", \"content\": \"…\"}, {\"role\": \"assistant\", …}]"
    case .noColumn(name: "text", let columns): columns.first.map { "renaming(\"\($0)\", to: \"text\")" }
    default: nil
    }
  }
}
