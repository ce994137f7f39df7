/// The tokens of words that came before, as a text has far more words than different words.
struct WordCache: Sendable {
  private static let longestWord = 32
  private static let capacity = 1 << 16

  private var words = ByteStringTable(capacity: 512, bytes: 4096)
  /// Where the tokens of the n-th word begin; one more entry than there are words.
  private var starts: [Int32] = [0]
  private var tokens: [Int32] = []

  /// Appends the tokens of `word` to `ids`, made by `encode` if the word is new.
  @inline(__always)
  mutating func appendTokens(
    of word: UnsafeBufferPointer<UInt8>, to ids: inout [Int],
    encode: (UnsafeBufferPointer<UInt8>, inout [Int32]) -> Void
  ) {
    if word.count > Self.longestWord {
      var made: [Int32] = []
      encode(word, &made)
      for token in made { ids.append(Int(token)) }
      return
    }
    let number = words.number(of: word) ?? add(word, encode)
    for index in Int(starts[number])..<Int(starts[number + 1]) { ids.append(Int(tokens[index])) }
  }

  /// A full cache begins anew: common words are back at once.
  private mutating func add(
    _ word: UnsafeBufferPointer<UInt8>, _ encode: (UnsafeBufferPointer<UInt8>, inout [Int32]) -> Void
  ) -> Int {
    if words.count == Self.capacity { self = WordCache() }
    encode(word, &tokens)
    starts.append(Int32(tokens.count))
    words.append(word)
    return words.indexLast()
  }
}
