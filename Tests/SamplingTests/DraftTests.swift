import Generation
import TensorCore
import Testing

/// What is guessed, and how much.
struct DraftTests {
  /// The same as a search from the end for the longest run of last tokens.
  @Test(arguments: [2, 3, 12, 300])
  func theLongestRunBeforeIsFound(vocabulary: Int) {
    let generator = SplitMix64(seed: UInt64(vocabulary))
    var index = NGramIndex()
    var tokens: [Int] = []
    var found = 0
    for step in 0..<600 {
      let expected = naiveDraft(tokens, 5)
      #expect(index.draft(5) == expected)
      found += expected.isEmpty ? 0 : 1
      tokens.append(Int(generator.uniform(at: UInt64(step)) * Float(vocabulary)))
      index.append(tokens[step])
    }
    #expect(found > (vocabulary < 100 ? 300 : 0))
    #expect(NGramIndex(tokens).draft(5) == index.draft(5))
  }

  @Test func whatRepeatsGoesOnInTheDraft() {
    #expect(NGramIndex([7, 8, 7, 8]).draft(5) == [7, 8, 7, 8, 7])
    #expect(NGramIndex([1, 2, 3]).draft(5) == [])
    #expect(NGramIndex([1, 2, 1, 2]).draft(0) == [])
  }

  @Test func wrongGuessesAreFew() {
    var length = DraftLength(limit: 15)
    var wrong = 0
    for _ in 0..<1000 {
      length.countToken()
      wrong += length.next
      length.count(right: 0, of: length.next)
    }
    #expect(wrong <= 45)
  }

  @Test func rightGuessesGrowToTheLimit() {
    var length = DraftLength(limit: 15)
    for _ in 0..<6 { length.count(right: length.next, of: length.next) }
    #expect(length.next == 15)
    length.count(right: 3, of: 15)
    #expect(length.next == 3)
  }

  private func naiveDraft(_ tokens: [Int], _ count: Int) -> [Int] {
    for length in NGramIndex.lengths where tokens.count > length {
      let end = Array(tokens.suffix(length))
      for start in stride(from: tokens.count - length - 1, through: 0, by: -1)
      where Array(tokens[start..<start + length]) == end {
        var text = tokens
        for position in start + length..<start + length + count { text.append(text[position]) }
        return Array(text.suffix(count))
      }
    }
    return []
  }
}
