/// A token or character of a word while its parts merge.
struct Symbol {
  /// The token, or ``Symbol/none`` for a character that has none.
  var id: Int32
  /// Where it begins in the word, and how many bytes of the word it takes.
  var start: Int32
  var length: Int32

  static let none: Int32 = -1
}

/// A merge of two neighbours: its rank, of which the lowest comes first, and the id of the merged token.
struct Merge {
  let rank: UInt32
  let id: Int32
}

/// What tells the two kinds of merging apart: by a list of pairs, or by the scores of the outcomes.
protocol MergeRule {
  /// Appends the parts with which the merging of a word begins.
  func appendSymbols(of word: UnsafeBufferPointer<UInt8>, to symbols: inout [Symbol])

  /// The merge of two neighbours, or `nil` when they stay apart.
  func merge(_ left: Symbol, _ right: Symbol, in word: UnsafeBufferPointer<UInt8>) -> Merge?

  /// Appends the tokens of a part that no merge took.
  func appendTokens(of symbol: Symbol, in word: UnsafeBufferPointer<UInt8>, to tokens: inout [Int32])

  /// The token that a whole word is without merging, if there is one.
  func wholeToken(of word: UnsafeBufferPointer<UInt8>) -> Int32?
}
