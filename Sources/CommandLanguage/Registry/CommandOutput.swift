import JSONValue

/// Where the output of a cell goes: a notebook, a terminal, a test.
package protocol CommandOutput: Sendable {
  /// Writes text; the output decides when it is flushed.
  func write(_ text: String, to stream: TextStream)

  /// Shows a MIME bundle and returns a handle to replace it by.
  func display(_ bundle: [String: JSONValue]) -> any UpdatableDisplay

  /// Removes what the cell has shown so far, at once or when the next output comes.
  func clear(wait: Bool)

  /// Shows a bundle in the pager.
  func page(_ bundle: [String: JSONValue])

  /// Asks the user for a line of text.
  ///
  /// - Throws: A ``CommandFailure`` when nobody can answer.
  func readLine(prompt: String, isPassword: Bool) throws -> String
}

/// The two text streams of a cell.
package enum TextStream: String, Sendable {
  case standardOutput = "stdout"
  case standardError = "stderr"
}

/// Something shown that can be replaced in place, such as a progress line.
package protocol UpdatableDisplay: Sendable {
  /// Replaces what is shown.
  func update(_ bundle: [String: JSONValue])
}
