/// The characters of words in the sense of `\w`, as the regex engine of Hugging Face tokenizers has them.
enum WordCharacter {
  static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
    default: return properties.isAlphabetic || properties.isJoinControl
    }
  }

  /// The end of `\w+|[^\w\s]+` at `start`, or `nil` at white space.
  static func endOfPart(in text: ClassifiedText, from start: Int) -> Int? {
    if text.has(.whitespace, at: start) { return nil }
    let isWord = isWord(text.value(at: start))
    var end = text.scalar(at: start).next
    while end < text.count, !text.has(.whitespace, at: end), Self.isWord(text.value(at: end)) == isWord {
      end = text.scalar(at: end).next
    }
    return end
  }
}
