/// Two texts as words, with those marked that the other text does not have at that place.
///
/// The fewest changes that lead from one to the other, after Myers, "An O(ND) Difference Algorithm", 1986.
package struct WordDifference: Sendable, Hashable {
  /// A word, or white space between words.
  package struct Word: Sendable, Hashable {
    package var text: String
    package var isChanged: Bool
  }

  package let old: [Word]
  package let new: [Word]

  package init(from oldText: String, to newText: String) {
    let (oldWords, newWords) = (Self.words(oldText), Self.words(newText))
    let difference = newWords.difference(from: oldWords)
    var (removed, inserted): (Set<Int>, Set<Int>) = ([], [])
    for change in difference {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    old = oldWords.enumerated().map { Word(text: String($1), isChanged: removed.contains($0)) }
    new = newWords.enumerated().map { Word(text: String($1), isChanged: inserted.contains($0)) }
  }

  /// Neighbouring words of one kind joined, without marking white space at the ends of a marked run.
  package static func runs(_ words: [Word]) -> [Word] {
    var marked = words
    for index in words.indices where words[index].text.allSatisfy(\.isWhitespace) {
      let before = index > 0 && words[index - 1].isChanged
      let after = index + 1 < words.count && words[index + 1].isChanged
      marked[index].isChanged = before && after
    }
    return marked.reduce(into: []) { runs, word in
      if runs.last?.isChanged == word.isChanged {
        runs[runs.count - 1].text += word.text
      } else {
        runs.append(word)
      }
    }
  }

  /// The text cut before and after each stretch of white space; nothing is lost.
  private static func words(_ text: String) -> [Substring] {
    var words: [Substring] = []
    var start = text.startIndex
    for index in text.indices
    where index > start && text[index].isWhitespace != text[text.index(before: index)].isWhitespace {
      words.append(text[start..<index])
      start = index
    }
    if start < text.endIndex { words.append(text[start...]) }
    return words
  }
}
