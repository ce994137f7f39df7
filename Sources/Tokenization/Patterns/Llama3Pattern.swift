/// The pattern of Llama 3 and, with one digit in place of three, of Qwen:
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
struct Llama3Pattern: Sendable, Hashable {
  /// How many numbers make one word: 3, or 1 for Qwen.
  let digits: Int
  /// Whether `'ſ` is a contraction; see ``Contraction``.
  let takesLongS: Bool

  func endOfWord(in text: ClassifiedText, from start: Int) -> Int {
    let (first, next) = text.scalar(at: start)
    if !first.isDisjoint(with: .letter) { return text.endOfRun(of: .letter, from: next) }
    if first == .number { return Self.endOfNumber(in: text, from: next, atMost: digits) }
    if first == .whitespace {
      if text.has(.letter, at: next), !Whitespace.isLineBreak(text.bytes[start]) {
        return text.endOfRun(of: .letter, from: next)
      }
      if text.bytes[start] == UInt8(ascii: " "), text.hasSymbol(at: next) {
        return Self.endOfSymbols(in: text, from: next)
      }
      return Whitespace.endWithLineBreaks(in: text, from: start)
    }
    if let end = Contraction.end(in: text, from: start, ignoringCase: true, takingLongS: takesLongS) { return end }
    if text.has(.letter, at: next) { return text.endOfRun(of: .letter, from: next) }
    return Self.endOfSymbols(in: text, from: start)
  }

  /// The end of at most `count` numbers of which the first ends at `position`.
  static func endOfNumber(in text: ClassifiedText, from position: Int, atMost count: Int) -> Int {
    var end = position
    for _ in 1..<max(count, 1) where text.has(.number, at: end) { end = text.scalar(at: end).next }
    return end
  }

  /// The end of `[^\s\p{L}\p{N}]+[\r\n]*`.
  private static func endOfSymbols(in text: ClassifiedText, from position: Int) -> Int {
    var end = text.endOfRun(outside: .wordOrSpace, from: position)
    while end < text.count, Whitespace.isLineBreak(text.bytes[end]) { end += 1 }
    return end
  }
}
