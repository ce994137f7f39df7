/// Llama 3's pattern:
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
enum Llama3Pattern {
  static func endOfWord(in text: ClassifiedText, from start: Int) -> Int {
    let (first, next) = text.scalar(at: start)
    switch first {
    case .letter:
      return text.endOfRun(of: .letter, from: next)
    case .number:
      return endOfNumber(in: text, from: next)
    case .other:
      if let end = endOfContraction(in: text, from: start) { return end }
      if text.classIfAny(at: next) == .letter { return text.endOfRun(of: .letter, from: next) }
      return endOfPunctuation(in: text, from: next)
    case .whitespace:
      let following = text.classIfAny(at: next)
      if following == .letter, !isNewline(text.bytes[start]) { return text.endOfRun(of: .letter, from: next) }
      if following == .other, text.bytes[start] == UInt8(ascii: " ") { return endOfPunctuation(in: text, from: next) }
      return endOfWhitespace(in: text, from: start)
    }
  }

  /// The end of at most three numbers of which the first ends at `position`.
  private static func endOfNumber(in text: ClassifiedText, from position: Int) -> Int {
    var end = position
    for _ in 0..<2 where text.classIfAny(at: end) == .number { end = text.scalar(at: end).next }
    return end
  }

  /// The end of a run of punctuation and of the line breaks behind it.
  private static func endOfPunctuation(in text: ClassifiedText, from position: Int) -> Int {
    var end = text.endOfRun(of: .other, from: position)
    while end < text.count, isNewline(text.bytes[end]) { end += 1 }
    return end
  }

  /// White space up to its last line break; without one all of it, but the last scalar when a word follows.
  private static func endOfWhitespace(in text: ClassifiedText, from start: Int) -> Int {
    let end = text.endOfRun(of: .whitespace, from: start)
    var afterNewline = end
    while afterNewline > start, !isNewline(text.bytes[afterNewline - 1]) { afterNewline -= 1 }
    if afterNewline > start { return afterNewline }
    if end == text.count { return end }
    let last = text.start(ofScalarBefore: end)
    return last > start ? last : end
  }

  private static func isNewline(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }

  /// The end of a contraction in upper or lower case, or `nil`; `ſ` is a lower-case s.
  private static func endOfContraction(in text: ClassifiedText, from start: Int) -> Int? {
    guard text.bytes[start] == UInt8(ascii: "'"), start + 1 < text.count else { return nil }
    let first = text.bytes[start + 1] | 0x20
    switch first {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
      return start + 2
    default:
      guard start + 2 < text.count else { return nil }
      if text.bytes[start + 1] == 0xc5, text.bytes[start + 2] == 0xbf { return start + 3 }
      switch (first, text.bytes[start + 2] | 0x20) {
      case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
        (UInt8(ascii: "l"), UInt8(ascii: "l")):
        return start + 3
      default:
        return nil
      }
    }
  }
}
