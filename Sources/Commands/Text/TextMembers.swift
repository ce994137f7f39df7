import CommandLanguage
import Generation
import Tokenization

// What generations, tokens and matrices of numbers can be asked.
extension TextCommands {
  static let generationMembers: [Command] = [
    .property("text", of: GenerationValue.self, returns: .string, "What was added to the prompt.") {
      $0.generation.text.value
    },
    .property("prompt", of: GenerationValue.self, returns: .string, "The text that was continued.") {
      $0.generation.prompt.value
    },
    .property(
      "tokens", of: GenerationValue.self, returns: "[Token]", "The tokens that were added, with their probabilities."
    ) { value in
      .array(
        value.generation.steps.map {
          TokenValue(token: Token(id: $0.id, text: $0.text), probability: $0.probability).value
        })
    },
    .property("promptTokens", of: GenerationValue.self, returns: .int, "How many tokens the prompt had.") {
      $0.generation.promptTokens.value
    },
    .property(
      "reusedTokens", of: GenerationValue.self, returns: .int,
      "How many of the prompt's tokens came from the cache, because they had been read before."
    ) { $0.generation.reusedTokens.value },
    .property(
      "draftedTokens", of: GenerationValue.self, returns: .int,
      "How many tokens were guessed ahead, with `draftTokens:`."
    ) { $0.generation.draftedTokens.value },
    .property(
      "acceptedTokens", of: GenerationValue.self, returns: .int, "How many of the guessed tokens were right."
    ) { $0.generation.acceptedTokens.value },
    .property("tokensPerSecond", of: GenerationValue.self, returns: .double, "How fast tokens were added.") {
      $0.generation.tokensPerSecond.value
    },
    .property(
      "stopReason", of: GenerationValue.self, returns: .string,
      "Why it ended: endOfText, maxTokens, stopText or contextFull."
    ) { $0.generation.stopReason.rawValue.value },
  ]

  static let tokenMembers: [Command] = [
    .property("id", of: TokenValue.self, returns: .int, "The token's number in the vocabulary.") { $0.token.id.value },
    .property("text", of: TokenValue.self, returns: .string, "The token's text.") { $0.token.text.value },
    .property(
      "probability", of: TokenValue.self, returns: "Double?", "The probability that the model gave it, if a model did."
    ) { $0.probability.value },
  ]

  static let matrixMembers: [Command] = [
    .property("shape", of: MatrixValue.self, returns: .array, "Rows and columns.") { [$0.rows, $0.columns].value },
    .property("values", of: MatrixValue.self, returns: .array, "All numbers, row by row.") {
      .array($0.values.map(\.value))
    },
    .method(
      "row", of: MatrixValue.self, [.unlabelled("index", .int, in: 0..., "Which row, counted from 0.")],
      returns: .array, "The numbers of one row."
    ) { matrix, call in
      let index = call.int("index")
      guard index < matrix.rows else { throw RowOutOfRange(index: index, rows: matrix.rows) }
      return .array(matrix.row(index).map(\.value))
    },
  ]
}

/// A matrix was asked for a row that it does not have.
struct RowOutOfRange: CommandFailure {
  let index: Int
  let rows: Int
  var message: String { "row \(index) of a matrix with \(rows) rows" }
  var help: String? { "rows are counted from 0 to \(rows - 1)" }
  var argument: String? { "index" }
}
