/// A tokenizer as plain values, the way a GGUF file describes it.
///
/// Nothing here is checked; ``Tokenizer/init(_:)-(TokenizerModel)`` does that.
package struct TokenizerModel: Sendable {
  /// What makes tokens of a word, by GGUF's `tokenizer.ggml.model`.
  package enum Kind: String, Sendable, CaseIterable {
    /// Byte-level byte-pair encoding with a list of merges.
    case bytePairs = "gpt2"
    /// SentencePiece's merging by scores.
    case pieces = "llama"
  }

  package var kind: Kind
  /// The text of each token, by id: bytes written in the byte-level alphabet of GPT-2 (`Ġ` for a space), or pieces with `▁`.
  package var tokens: TextList
  /// The kind of each token in the numbers of GGUF's `tokenizer.ggml.token_type`; empty when all are normal.
  package var types: [Int32]
  /// The score of each token, the highest merging first; only of pieces.
  package var scores: [Float]
  /// Pairs that merge, best first, each written as two tokens with a space between: `"Ġ t"`; only of byte pairs.
  package var merges: TextList
  /// How text is cut into words before merging, by GGUF's `tokenizer.ggml.pre`: one of ``knownPreTokenizers``.
  package var preTokenizer: String
  package var specialTokens: SpecialTokens
  /// Whether an encoded text begins with the beginning-of-sequence token; `nil` leaves it to the kind's habit.
  package var addsBeginningOfSequence: Bool?
  /// Whether an encoded text ends with the end-of-sequence token; `nil` is no.
  package var addsEndOfSequence: Bool?
  /// Whether a separator stands between two texts, which is only carried over.
  package var addsSeparator: Bool?
  /// Whether pieces begin with a space before the text; `nil` leaves it to the kind's habit.
  package var addsSpacePrefix: Bool?
  package var chatTemplate: String?

  package init(
    kind: Kind = .bytePairs, tokens: TextList, types: [Int32] = [], scores: [Float] = [], merges: TextList = [],
    preTokenizer: String = "default", specialTokens: SpecialTokens = SpecialTokens(),
    addsBeginningOfSequence: Bool? = nil, addsEndOfSequence: Bool? = nil, addsSpacePrefix: Bool? = nil,
    chatTemplate: String? = nil
  ) {
    self.kind = kind
    self.tokens = tokens
    self.types = types
    self.scores = scores
    self.merges = merges
    self.preTokenizer = preTokenizer
    self.specialTokens = specialTokens
    self.addsBeginningOfSequence = addsBeginningOfSequence
    self.addsEndOfSequence = addsEndOfSequence
    self.addsSpacePrefix = addsSpacePrefix
    self.chatTemplate = chatTemplate
  }

  /// The names of pre-tokenizers that ``preTokenizer`` may have.
  package static var knownPreTokenizers: [String] { GGUFPreTokenizer.allCases.map(\.rawValue) }
}
