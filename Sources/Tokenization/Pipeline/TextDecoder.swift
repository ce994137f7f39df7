/// Turns ids into bytes of text, one by one.
struct TextDecoder: Sendable {
  /// What happens to spaces at the beginning of a text.
  struct Options: Sendable, Hashable {
    /// How many spaces are taken from the beginning of the text, where encoding has put them.
    var strippedSpaces = 0
    /// Whether all spaces of the first token go.
    var dropsSpacesOfFirstToken = false
  }

  private let options: Options
  private var isFirstToken = true
  private var spacesLeft: Int

  init(_ options: Options) {
    self.options = options
    spacesLeft = options.strippedSpaces
  }

  /// Appends the bytes of the next token.
  mutating func append(_ id: Int, of vocabulary: Vocabulary, to bytes: inout [UInt8]) {
    let start = bytes.count
    vocabulary.appendBytes(of: id, to: &bytes)
    if isFirstToken, options.dropsSpacesOfFirstToken {
      bytes[start...].removeAll { $0 == UInt8(ascii: " ") }
    }
    isFirstToken = false
    while spacesLeft > 0, start < bytes.count {
      guard bytes[start] == UInt8(ascii: " ") else { return spacesLeft = 0 }
      bytes.remove(at: start)
      spacesLeft -= 1
    }
  }
}
