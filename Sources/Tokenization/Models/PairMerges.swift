/// Byte-pair encoding: a list says which pairs of tokens merge, and the first in the list comes first.
struct PairMerges: MergeRule, Sendable {
  /// What Hugging Face's BPE model lets one choose.
  struct Options: Sendable, Hashable {
    /// Whether a word that is a token is taken as that token without merging.
    var ignoresMerges = false
    /// Whether a character without a token becomes the tokens of its bytes.
    var fallsBackToBytes = false
    /// The token of characters that have none, or `nil` when they are left out.
    var unknownID: Int?
    /// Whether neighbouring unknown characters make one token.
    var fusesUnknown = false
    /// Whether a byte without a token keeps its neighbours from merging over it, as in llama.cpp.
    ///
    /// Hugging Face tokenizers leave such a byte out before anything merges. Either way nothing is left of it.
    var unknownBytesSeparate = false
  }

  let vocabulary: Vocabulary
  let merges: MergeTable
  let options: Options

  func appendSymbols(of word: UnsafeBufferPointer<UInt8>, to symbols: inout [Symbol]) {
    if vocabulary.writing == .byteLevel {
      for (start, byte) in word.enumerated() {
        let id = vocabulary.idOfByte[Int(byte)]
        if id == Symbol.none, !options.unknownBytesSeparate { continue }
        symbols.append(Symbol(id: id, start: Int32(start), length: 1))
      }
      return
    }
    var start = 0
    var lastIsUnknown = false
    while start < word.count {
      let length = UTF8Length.ofScalar(withLead: word[start])
      let character = UnsafeBufferPointer(rebasing: word[start..<start + length])
      if let id = vocabulary.id(of: character) {
        symbols.append(Symbol(id: Int32(id), start: Int32(start), length: Int32(length)))
        lastIsUnknown = false
      } else if options.fallsBackToBytes, character.allSatisfy({ vocabulary.idOfByte[Int($0)] != Symbol.none }) {
        for (offset, byte) in character.enumerated() {
          symbols.append(Symbol(id: vocabulary.idOfByte[Int(byte)], start: Int32(start + offset), length: 1))
        }
        lastIsUnknown = false
      } else if let unknown = options.unknownID {
        if lastIsUnknown, options.fusesUnknown {
          symbols[symbols.count - 1].length += Int32(length)
        } else {
          symbols.append(Symbol(id: Int32(unknown), start: Int32(start), length: Int32(length)))
        }
        lastIsUnknown = true
      }
      start += length
    }
  }

  @inline(__always)
  func merge(_ left: Symbol, _ right: Symbol, in word: UnsafeBufferPointer<UInt8>) -> Merge? {
    merges.merge(left.id, right.id)
  }

  @inline(__always)
  func appendTokens(of symbol: Symbol, in word: UnsafeBufferPointer<UInt8>, to tokens: inout [Int32]) {
    if symbol.id != Symbol.none { tokens.append(symbol.id) }
  }

  @inline(__always)
  func wholeToken(of word: UnsafeBufferPointer<UInt8>) -> Int32? {
    guard options.ignoresMerges || word.count == 1 else { return nil }
    return vocabulary.id(of: word).map { Int32($0) }
  }
}
