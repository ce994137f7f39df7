/// What is wrong with a tokenizer's description or with the ids that are given to it.
package enum TokenizerError: Error, Sendable, Hashable {
  case noTokens
  case tooManyTokens(count: Int, limit: Int)
  case duplicateToken(text: String, first: Int, second: Int)
  case typeCount(types: Int, tokens: Int)
  case unknownType(id: Int, type: Int)
  case scoreCount(scores: Int, tokens: Int)
  case scoreNotANumber(id: Int)
  case tokenTooLong(id: Int, bytes: Int, limit: Int)
  case malformedByteToken(id: Int, text: String)
  case malformedMerge(index: Int, text: String)
  case mergeOutsideVocabulary(index: Int, text: String, missing: String)
  case specialTokenOutOfRange(role: String, id: Int, tokens: Int)
  case missingBeginningOfSequence
  case missingEndOfSequence
  case unknownPreTokenizer(name: String, known: [String])
  case tokenOutOfRange(id: Int, tokens: Int)
  // tokenizer.json and its companions
  case noTokenizerFile(folder: String)
  case syntax(file: String, offset: Int)
  case component(_ place: String, expected: String)
  case unknownComponent(place: String, type: String)
  case unknownPattern(place: String, regex: String)
  case duplicateID(id: Int, first: String, second: String)
  case idTooLarge(id: Int, tokens: Int)
  case malformedSentencePiece(offset: Int)
  case notInGGUF(what: String)
}

extension TokenizerError: CustomStringConvertible {
  /// The message: what was found and what was expected, lower case, without a final period.
  package var description: String {
    switch self {
    case .noTokens:
      "the vocabulary is empty"
    case .tooManyTokens(let count, let limit):
      "the vocabulary has \(count) tokens, more than the \(limit) that are possible"
    case .duplicateToken(let text, let first, let second):
      "tokens \(first) and \(second) of the vocabulary are both '\(text)'"
    case .typeCount(let types, let tokens):
      "the vocabulary has \(tokens) tokens but \(types) token types"
    case .unknownType(let id, let type):
      "token \(id) has the type \(type); types are 1 to 6"
    case .scoreCount(let scores, let tokens):
      "the vocabulary has \(tokens) tokens but \(scores) scores"
    case .scoreNotANumber(let id):
      "the score of token \(id) is not a number"
    case .tokenTooLong(let id, let bytes, let limit):
      "token \(id) has \(bytes) bytes, more than the \(limit) that are possible"
    case .malformedByteToken(let id, let text):
      "token \(id) is '\(text)'; a byte token is '<0x', two hexadecimal digits and '>'"
    case .malformedMerge(let index, let text):
      "merge \(index) is '\(text)'; it should be two tokens with one space between"
    case .mergeOutsideVocabulary(let index, let text, let missing):
      "merge \(index), '\(text)', needs the token '\(missing)', which the vocabulary does not have"
    case .specialTokenOutOfRange(let role, let id, let tokens):
      "the \(role) token has the id \(id); the vocabulary has ids 0 to \(tokens - 1)"
    case .missingBeginningOfSequence:
      "the tokenizer begins every text with a beginning-of-sequence token but does not say which"
    case .missingEndOfSequence:
      "the tokenizer ends every text with an end-of-sequence token but does not say which"
    case .unknownPreTokenizer(let name, let known):
      "unknown pre-tokenizer '\(name)'; known are \(known.joined(separator: ", "))"
    case .noTokenizerFile(let folder):
      "there is no tokenizer.json in '\(folder)'"
    case .syntax(let file, let offset):
      "\(file) is no JSON: stopped at byte \(offset)"
    case .component(let place, let expected):
      "wrong \(place) in tokenizer.json; expected \(expected)"
    case .unknownComponent(let place, let type):
      "unknown \(place) '\(type)' in tokenizer.json"
    case .unknownPattern(let place, let regex):
      "unknown regular expression '\(regex)' of \(place) in tokenizer.json"
    case .duplicateID(let id, let first, let second):
      "the tokens '\(first)' and '\(second)' of the vocabulary both have the id \(id)"
    case .idTooLarge(let id, let tokens):
      "a token has the id \(id), though there are only \(tokens) tokens"
    case .malformedSentencePiece(let offset):
      "tokenizer.model is damaged at byte \(offset)"
    case .notInGGUF(let what):
      "GGUF has no name for the \(what) of this tokenizer"
    case .tokenOutOfRange(let id, let tokens):
      "there is no token \(id); the vocabulary has ids 0 to \(tokens - 1)"
    }
  }

  /// What to do next, or `nil` when the message says it.
  package var help: String? {
    switch self {
    case .notInGGUF:
      "save the model as a Hugging Face folder instead, which keeps its tokenizer.json"
    case .noTokenizerFile:
      "load the tokenizer in Python with AutoTokenizer and save it with save_pretrained, which writes that file"
    case .unknownComponent, .unknownPattern:
      "use a model of one of the known families, or its GGUF file"
    case .unknownPreTokenizer:
      "the way text is cut into words decides the tokens; use a model with one of the known pre-tokenizers"
    case .tokenOutOfRange:
      "ids belong to one model's vocabulary; take them from the same model's tokens(of:)"
    default:
      "the model file is damaged or was converted wrongly; download or convert it again"
    }
  }
}
