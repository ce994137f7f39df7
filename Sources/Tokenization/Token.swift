/// What a token stands for, in the numbers of GGUF's `tokenizer.ggml.token_type`.
package enum TokenType: UInt8, Sendable {
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
