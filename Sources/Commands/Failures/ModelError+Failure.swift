import CommandLanguage
import Figures
import LanguageModels

extension ModelError: CommandFailure {
  package var message: String {
    switch self {
    case .contextExceeded(let tokens, let limit):
      "\(NumberText.count(tokens)) tokens do not fit: the model's context holds \(NumberText.count(limit))"
    case .tokenOutOfRange(let id, let vocabulary):
      "there is no token \(id); the model has ids 0 to \(vocabulary - 1)"
    case .noTokens: "the text has no tokens, so there is nothing to go on from"
    }
  }

  package var help: String? {
    switch self {
    case .contextExceeded: "shorten the text, or ask for fewer new tokens"
    case .tokenOutOfRange: "ids belong to one model's vocabulary: take them from the same model's tokens(of:)"
    case .noTokens: "give at least one character"
    }
  }
}
