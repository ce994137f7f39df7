/// A byte-level BPE tokenizer as plain values, the way a model file describes it.
///
/// Nothing here is checked; ``Tokenizer/init(_:)`` does that.
package struct TokenizerModel: Sendable {
  /// The text of each token, by id, bytes written in the byte-level alphabet of GPT-2 (`Ġ` for a space).
  package var tokens: [String]
  /// The kind of each token in the numbers of GGUF's `tokenizer.ggml.token_type`; empty when all are normal.
  package var types: [Int]
  /// Pairs that merge, best first, each written as two tokens with a space between: `"Ġ t"`.
  package var merges: [String]
  /// How text is cut into words before merging, by GGUF's `tokenizer.ggml.pre`: one of ``PreTokenizer/knownNames``.
  package var preTokenizer: String
  package var beginningOfSequenceID: Int?
  package var endOfSequenceID: Int?
  package var unknownID: Int?
  package var paddingID: Int?
  /// Whether an encoded text begins with the beginning-of-sequence token; `nil` leaves it to the pre-tokenizer's habit.
  package var addsBeginningOfSequence: Bool?
  package var addsEndOfSequence: Bool

  package init(
    tokens: [String], types: [Int] = [], merges: [String], preTokenizer: String, beginningOfSequenceID: Int? = nil,
    endOfSequenceID: Int? = nil, unknownID: Int? = nil, paddingID: Int? = nil,
    addsBeginningOfSequence: Bool? = nil, addsEndOfSequence: Bool = false
  ) {
    self.tokens = tokens
    self.types = types
    self.merges = merges
    self.preTokenizer = preTokenizer
    self.beginningOfSequenceID = beginningOfSequenceID
    self.endOfSequenceID = endOfSequenceID
    self.unknownID = unknownID
    self.paddingID = paddingID
    self.addsBeginningOfSequence = addsBeginningOfSequence
    self.addsEndOfSequence = addsEndOfSequence
  }
}

/// What a token stands for, in the numbers of GGUF's `tokenizer.ggml.token_type`.
package enum TokenType: Int, Sendable {
  case normal = 1
  case unknown = 2
  /// Steers the model and is no text of its own, as `<|im_end|>`.
  case control = 3
  /// Text that is kept whole, whatever the merges would do.
  case userDefined = 4
  case unused = 5
  case byte = 6
}

/// A token as people look at it.
package struct Token: Sendable, Hashable {
  package let id: Int
  /// The token's text; bytes that are no whole character are written as `<0xE2>`.
  package let text: String

  package init(id: Int, text: String) {
    self.id = id
    self.text = text
  }
}
