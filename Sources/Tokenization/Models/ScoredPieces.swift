/// SentencePiece's merging as llama.cpp does it: two neighbours merge when they are a token together, the highest score first.
struct ScoredPieces: MergeRule, Sendable {
  let vocabulary: Vocabulary
  /// The rank of each token by its score; see ``rank(of:)``.
  private let ranks: [UInt32]
  private let unknownID: Int32?

  init(vocabulary: Vocabulary, scores: [Float], unknownID: Int?) {
    self.vocabulary = vocabulary
    ranks = scores.map(Self.rank)
    self.unknownID = unknownID.map { Int32($0) }
  }

  /// A number that is lower for a higher score.
  private static func rank(of score: Float) -> UInt32 {
    // Adding zero makes -0 the same as 0.
    let bits = (score + 0).bitPattern
    return ~(bits >> 31 == 1 ? ~bits : bits | 0x8000_0000)
  }

  func appendSymbols(of word: UnsafeBufferPointer<UInt8>, to symbols: inout [Symbol]) {
    var start = 0
    while start < word.count {
      let length = UTF8Length.ofScalar(withLead: word[start])
      let id = vocabulary.id(of: UnsafeBufferPointer(rebasing: word[start..<start + length]))
      symbols.append(Symbol(id: Int32(id ?? -1), start: Int32(start), length: Int32(length)))
      start += length
    }
  }

  @inline(__always)
  func merge(_ left: Symbol, _ right: Symbol, in word: UnsafeBufferPointer<UInt8>) -> Merge? {
    let length = Int(left.length + right.length)
    guard length <= vocabulary.longest else { return nil }
    let start = Int(left.start)
    guard let id = vocabulary.id(of: UnsafeBufferPointer(rebasing: word[start..<start + length])) else { return nil }
    return Merge(rank: ranks[id], id: Int32(id))
  }

  /// A character that is no token becomes the tokens of its bytes, and the unknown token where there are none.
  func appendTokens(of symbol: Symbol, in word: UnsafeBufferPointer<UInt8>, to tokens: inout [Int32]) {
    if symbol.id != Symbol.none { return tokens.append(symbol.id) }
    for byte in word[Int(symbol.start)..<Int(symbol.start + symbol.length)] {
      let id = vocabulary.idOfByte[Int(byte)]
      if id != Symbol.none { tokens.append(id) } else if let unknownID { tokens.append(unknownID) }
    }
  }

  func wholeToken(of word: UnsafeBufferPointer<UInt8>) -> Int32? { nil }
}
