import CommandLanguage
import Figures
import Generation
import JSONValue
import Tokenization

/// A token: its number and its text.
package struct TokenValue: CommandObject {
  package static let typeName = "Token"
  package let token: Token
  /// The probability that the model gave it, where a model did.
  package let probability: Float?

  package var description: String { "\(token.id) \(token.text.debugDescription)" }
}

/// What `generate` made.
package struct GenerationValue: CommandObject {
  package static let typeName = "Generation"
  package let generation: Generation

  package var description: String {
    let reason =
      switch generation.stopReason {
      case .endOfText: "the model ended the text"
      case .maxTokens: "maxTokens reached"
      case .stopText: "a stop text came"
      case .contextFull: "the context is full"
      }
    let rate = NumberText.tokensPerSecond(generation.tokensPerSecond)
    return "\(generation.steps.count) tokens, \(rate), \(reason)\(reuse)\(guesses)"
  }

  private var reuse: String {
    if generation.reusedTokens == 0 { return "" }
    return "; \(generation.reusedTokens) of \(generation.promptTokens) prompt tokens from the cache"
  }

  private var guesses: String {
    if generation.draftedTokens == 0 { return "" }
    return "; \(generation.acceptedTokens) of \(generation.draftedTokens) guessed tokens were right"
  }
}

/// Numbers in rows and columns, such as logits by token.
package struct MatrixValue: CommandObject {
  package static let typeName = "Matrix"
  package let rows: Int
  package let columns: Int
  package let values: [Float]

  package init(rows: Int, columns: Int, values: [Float]) {
    precondition(values.count == rows * columns)
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  package var description: String { "Matrix [\(rows), \(columns)]" }

  /// The numbers of a row.
  package func row(_ index: Int) -> ArraySlice<Float> { values[index * columns..<(index + 1) * columns] }
}
