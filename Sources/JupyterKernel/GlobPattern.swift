/// A pattern in which `*` stands for any text and `?` for one character, as in a shell.
struct GlobPattern {
  private let pattern: [Unicode.Scalar]

  init(_ pattern: String) {
    self.pattern = Array(pattern.unicodeScalars)
  }

  /// Whether the whole text matches.
  ///
  /// - Complexity: O(length of the pattern × length of the text).
  func matches(_ text: String) -> Bool {
    let text = Array(text.unicodeScalars)
    var position = 0
    var patternPosition = 0
    // Where to go on when what follows the last star does not match: the star takes one character more.
    var star: (pattern: Int, text: Int)?
    while position < text.count {
      if patternPosition < pattern.count, pattern[patternPosition] == "*" {
        star = (patternPosition, position)
        patternPosition += 1
      } else if patternPosition < pattern.count, [text[position], "?"].contains(pattern[patternPosition]) {
        position += 1
        patternPosition += 1
      } else if let last = star {
        star = (last.pattern, last.text + 1)
        position = last.text + 1
        patternPosition = last.pattern + 1
      } else {
        return false
      }
    }
    return pattern[patternPosition...].allSatisfy { $0 == "*" }
  }
}
