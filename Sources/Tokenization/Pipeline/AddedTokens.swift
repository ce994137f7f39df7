/// A token that is matched in a text as it stands, before the text is cut into words.
package struct AddedToken: Sendable, Hashable {
  package var id: Int
  package var content: String
  /// Whether it steers the model: such a token is not taken from text that comes from strangers.
  package var isSpecial: Bool
  /// Whether only a match with no word character beside it counts.
  package var isSingleWord = false
  /// Whether the match takes in the white space before it.
  package var stripsLeft = false
  /// Whether the match takes in the white space behind it.
  package var stripsRight = false
  /// Whether it is matched in the normalized text.
  package var isNormalized = false

  package init(id: Int, content: String, isSpecial: Bool) {
    self.id = id
    self.content = content
    self.isSpecial = isSpecial
  }
}

/// Finds the added tokens in a text.
struct AddedTokens: Sendable {
  /// Which of overlapping matches counts.
  enum Precedence: Sendable {
    /// The leftmost, of several at one place the longest: Hugging Face tokenizers.
    case leftmost
    /// The longest, of equals the leftmost: llama.cpp.
    case longest
  }

  struct Match {
    let range: Range<Int>
    let id: Int
  }

  private let tokens: [AddedToken]
  private let precedence: Precedence
  private var trie = ByteTrie()
  /// The tokens that are not special, for `longest`, where a special token that is not wanted hides nothing.
  private var plain = ByteTrie()
  /// The lengths of the tokens, each once, longest first.
  private let lengths: [Int]

  /// - Parameter texts: How the tokens stand in the text that is searched, one for each.
  init(_ tokens: [AddedToken], texts: [[UInt8]], precedence: Precedence) {
    self.tokens = tokens
    self.precedence = precedence
    lengths = Set(texts.map(\.count)).sorted(by: >)
    for (index, token) in tokens.enumerated() {
      trie.insert(texts[index], number: index)
      if !token.isSpecial { plain.insert(texts[index], number: index) }
    }
  }

  var isEmpty: Bool { tokens.isEmpty }

  /// Calls `body` with each stretch of text between matches and each matched token, in order.
  func forEachPart(
    of text: UnsafeBufferPointer<UInt8>, parsingSpecial: Bool, _ body: (Range<Int>, _ id: Int?) -> Void
  ) {
    var end = 0
    func report(_ match: Match) {
      if match.range.lowerBound > end { body(end..<match.range.lowerBound, nil) }
      body(match.range, match.id)
      end = match.range.upperBound
    }
    if !tokens.isEmpty {
      switch precedence {
      case .leftmost: forEachLeftmost(in: text, parsingSpecial: parsingSpecial, report)
      case .longest: forEachLongest(in: text, parsingSpecial ? trie : plain, report)
      }
    }
    if end < text.count { body(end..<text.count, nil) }
  }

  // MARK: - Leftmost

  private func forEachLeftmost(
    in text: UnsafeBufferPointer<UInt8>, parsingSpecial: Bool, _ body: (Match) -> Void
  ) {
    var position = 0
    var lastEnd = 0
    while position < text.count {
      guard trie.mayBegin(with: text[position]),
        let (length, number) = trie.longestMatch(in: text, at: position, limit: text.count - position)
      else {
        position += 1
        continue
      }
      let found = position..<position + length
      position = found.upperBound
      let token = tokens[number]
      if token.isSpecial, !parsingSpecial { continue }
      if token.isSingleWord, !Self.standsAlone(found, in: text) { continue }
      let range = Self.stripped(found, token, in: text, after: lastEnd)
      if range.isEmpty { continue }
      body(Match(range: range, id: token.id))
      lastEnd = range.upperBound
      position = max(position, lastEnd)
    }
  }

  private static func standsAlone(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let text = ClassifiedText(bytes)
    let before = range.lowerBound > 0 ? text.value(at: text.start(ofScalarBefore: range.lowerBound)) : " "
    let behind = range.upperBound < text.count ? text.value(at: range.upperBound) : " "
    return !WordCharacter.isWord(before) && !WordCharacter.isWord(behind)
  }

  private static func stripped(
    _ range: Range<Int>, _ token: AddedToken, in bytes: UnsafeBufferPointer<UInt8>, after lastEnd: Int
  ) -> Range<Int> {
    let text = ClassifiedText(bytes)
    var start = range.lowerBound
    while token.stripsLeft, start > lastEnd {
      let before = text.start(ofScalarBefore: start)
      guard before >= lastEnd, text.has(.whitespace, at: before) else { break }
      start = before
    }
    let end = token.stripsRight ? text.endOfRun(of: .whitespace, from: range.upperBound) : range.upperBound
    return start..<end
  }

  // MARK: - Longest

  private func forEachLongest(in text: UnsafeBufferPointer<UInt8>, _ trie: ByteTrie, _ body: (Match) -> Void) {
    var position = 0
    while position < text.count {
      guard trie.mayBegin(with: text[position]) else {
        position += 1
        continue
      }
      // Matches that overlap, directly or by others between them, are settled together.
      var end = position
      var start = position
      repeat {
        if trie.mayBegin(with: text[start]),
          let match = trie.longestMatch(in: text, at: start, limit: text.count - start)
        {
          end = max(end, start + match.length)
        }
        start += 1
      } while start < end
      settle(position..<end, in: text, trie, body)
      position = max(end, position + 1)
    }
  }

  /// Takes the matches in `range` length by length, the longest first, each from the left in what is left by the longer ones.
  private func settle(
    _ range: Range<Int>, in text: UnsafeBufferPointer<UInt8>, _ trie: ByteTrie, _ body: (Match) -> Void
  ) {
    if let match = trie.longestMatch(in: text, at: range.lowerBound, limit: range.count), match.length == range.count {
      return body(Match(range: range, id: tokens[match.number].id))
    }
    var matches: [Match] = []
    var stretches = [range]
    for length in lengths where length <= range.count && !stretches.isEmpty {
      var rest: [Range<Int>] = []
      for stretch in stretches {
        take(length, from: stretch, of: text, trie, into: &matches, leaving: &rest)
      }
      stretches = rest
    }
    for match in matches.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) { body(match) }
  }

  private func take(
    _ length: Int, from stretch: Range<Int>, of text: UnsafeBufferPointer<UInt8>, _ trie: ByteTrie,
    into matches: inout [Match], leaving rest: inout [Range<Int>]
  ) {
    var start = stretch.lowerBound
    var restStart = start
    while start + length <= stretch.upperBound {
      if trie.mayBegin(with: text[start]), let match = trie.longestMatch(in: text, at: start, limit: length),
        match.length == length
      {
        if restStart < start { rest.append(restStart..<start) }
        matches.append(Match(range: start..<start + length, id: tokens[match.number].id))
        start += length
        restStart = start
      } else {
        start += 1
      }
    }
    if restStart < stretch.upperBound { rest.append(restStart..<stretch.upperBound) }
  }
}
