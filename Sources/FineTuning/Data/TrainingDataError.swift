/// Why no rows of training can be made of a data set.
package enum TrainingDataError: Error, Sendable, Hashable {
  case noRows
  /// Only completions are to be learned, but rows of text have none.
  case noCompletions(columns: [String])
  /// Rows are conversations, but the model has no template to write them down with.
  case noChatTemplate(form: String)
  /// The chat template refuses a row.
  case templateFailed(row: Int, line: Int, reason: String)
  /// Where a turn of the assistant begins or ends in the text is not known, because the template writes it otherwise
  /// when the conversation goes on.
  case turnNotFound(row: Int, message: Int)
  /// The model's tokenizer has no token that ends a text.
  case noEndOfSequence
  /// In no row is there a token to learn.
  case nothingToLearn(rows: Int, truncated: Int, maxLength: Int)
}

extension TrainingDataError: CustomStringConvertible {
  /// The message: what was found and what was expected, lower case, without a final period.
  package var description: String {
    switch self {
    case .noRows: "the data set has no rows"
    case .noCompletions(let columns):
      "only completions are to be learned, and rows with the columns \(columns.joined(separator: ", ")) have none"
    case .noChatTemplate(let form): "\(form) are conversations, and the model has no chat template to write them with"
    case .templateFailed(let row, let line, let reason):
      "the chat template cannot write row \(row): \(reason) (line \(line) of the template)"
    case .turnNotFound(let row, let message):
      "the chat template does not tell where message \(message) of row \(row) stands in the text"
    case .noEndOfSequence: "the model has no end-of-sequence token to put behind completions"
    case .nothingToLearn(let rows, let truncated, let maxLength):
      "none of the \(rows) rows has a token to learn"
        + (truncated > 0 ? "; \(truncated) of them were cut to \(maxLength) tokens" : "")
    }
  }

  /// What to do next, or `nil` when the message says it.
  package var help: String? {
    switch self {
    case .noRows: "look at the data set: a filter may have left nothing"
    case .noCompletions(let columns) where columns.contains("text") && columns.contains("label"):
      """
      make prompts and completions: .map { ["prompt": "Review: " + $0.text + " Sentiment:", \
      "completion": $0["label"] == 1 ? " positive" : " negative"] }
      """
    case .noCompletions: "completionOnly: false learns the whole texts; or make columns prompt and completion by .map"
    case .noChatTemplate:
      "instruct models have one; or make prompts and completions by .map { [\"prompt\": …, \"completion\": …] }"
    case .templateFailed: "take such rows out with .filter, or change their roles with .map"
    case .turnNotFound:
      "completionOnly: false learns whole conversations; or keep one answer a row, in columns prompt and completion"
    case .noEndOfSequence: "completionOnly and prompts need a model that can end; rows with a column 'text' do not"
    case .nothingToLearn(_, let truncated, let maxLength):
      truncated > 0
        ? "give more room: maxLength: \(2 * maxLength)"
        : "a row needs two tokens: one that is read and one that is predicted"
    }
  }
}
