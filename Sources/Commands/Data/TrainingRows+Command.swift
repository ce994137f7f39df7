import CommandLanguage
import Datasets
import Figures
import FineTuning
import LanguageModels

/// The rows of a data set as a trainer takes them; says in a line what was made of them.
///
/// - Parameter call: Its output gets the line, and its cancellation ends the work.
/// - Throws: `TrainingDataError`, `DatasetError`, `Interruption`.
func trainingRows(
  of dataset: Dataset, model: LanguageModel, maxLength: Int, packing: Bool, completionOnly: Bool, call: Invocation
) throws -> TrainingRows {
  let options = TrainingRowOptions(maxLength: maxLength, packing: packing, completionOnly: completionOnly)
  let rows = try interruptible {
    try TrainingRows(dataset, tokenizer: model.tokenizer, options: options, isCancelled: call.isCancelled)
  }
  call.output.write(rows.summary + "\n", to: .standardOutput)
  return rows
}

extension TrainingRows {
  /// Form, tokens, and what was cut, dropped and packed, in a line; a note where prompts and completions run together.
  var summary: String {
    var parts = ["\(NumberText.count(sourceCount)) \(form)", "\(NumberText.count(tokenCount)) tokens"]
    if labelCount < tokenCount { parts.append("\(NumberText.count(labelCount)) of them learned") }
    if truncatedCount > 0 { parts.append("\(NumberText.count(truncatedCount)) cut to \(options.maxLength) tokens") }
    if droppedCount > 0 { parts.append("\(NumberText.count(droppedCount)) dropped: nothing in them to learn") }
    if options.packing { parts.append("packed into \(NumberText.count(rows.count)) rows") }
    let line = parts.joined(separator: ", ")
    guard crossedCount > 0 else { return line }
    return line + """

      note: in \(NumberText.count(crossedCount)) rows a token reaches from the prompt into the completion
        help: end prompts without a space, and begin completions with it: "Sentiment:" and " positive"
      """
  }
}

extension TrainingDataError: CommandFailure {
  package var message: String { description }

  package var argument: String? {
    switch self {
    case .noCompletions, .turnNotFound, .noEndOfSequence: "completionOnly"
    default: nil
    }
  }
}
