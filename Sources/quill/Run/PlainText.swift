import CommandLanguage
import JSONValue

extension [String: JSONValue] {
  /// The text form of a MIME bundle; where there is none, the names of the forms there are.
  var plainText: String {
    guard let text = self["text/plain"]?.string else { return "[\(keys.sorted().joined(separator: ", "))]" }
    return text.last?.isNewline == true ? String(text.dropLast()) : text
  }
}

extension CellError {
  /// The error with its line and what to do next.
  func text(isColoured: Bool) -> String { DiagnosticRenderer(isColoured ? .coloured : .none).text(of: self) }
}
