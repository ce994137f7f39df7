/// GPT-2's pattern, run on the stretches between digits, each digit being a word of its own:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
enum GPT2Pattern {
  static func endOfWord(in text: ClassifiedText, from start: Int) -> Int {
    let (first, next) = text.scalar(at: start)
    switch first {
    case .number:
      return next
    case .letter:
      return text.endOfRun(of: .letter, from: next)
    case .other:
      return endOfContraction(in: text, from: start) ?? text.endOfRun(of: .other, from: next)
    case .whitespace:
      if text.bytes[start] == UInt8(ascii: " "), let following = text.classIfAny(at: next) {
        if following == .letter || following == .other { return text.endOfRun(of: following, from: next) }
      }
      return endOfWhitespace(in: text, from: start)
    }
  }

  /// All of a run of white space, but the last scalar when a word follows.
  ///
  /// A digit ends the stretch, so nothing is left to it.
  private static func endOfWhitespace(in text: ClassifiedText, from start: Int) -> Int {
    let end = text.endOfRun(of: .whitespace, from: start)
    guard let following = text.classIfAny(at: end), following != .number else { return end }
    let last = text.start(ofScalarBefore: end)
    return last > start ? last : end
  }

  /// The end of `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d`, or `nil`.
  private static func endOfContraction(in text: ClassifiedText, from start: Int) -> Int? {
    guard text.bytes[start] == UInt8(ascii: "'"), start + 1 < text.count else { return nil }
    let first = text.bytes[start + 1]
    switch first {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
      return start + 2
    default:
      guard start + 2 < text.count else { return nil }
      switch (first, text.bytes[start + 2]) {
      case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
        (UInt8(ascii: "l"), UInt8(ascii: "l")):
        return start + 3
      default:
        return nil
      }
    }
  }
}
