/// The pattern of Mistral's tekken, which begins a new word where lower case turns into upper case:
/// `[^\r\n\p{L}\p{N}]?U*L+|[^\r\n\p{L}\p{N}]?U+L*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
///
/// In tokenizer.json `U` is `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]` and `L` is `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`. llama.cpp, whose regular
/// expressions know no case beyond ASCII, takes every other letter for both and a mark for neither.
struct TekkenPattern: Sendable, Hashable {
  /// Whether only ASCII letters have case, as in llama.cpp.
  let asciiCaseOnly: Bool

  func endOfWord(in text: ClassifiedText, from start: Int) -> Int {
    if let end = endOfLetters(in: text, from: start) { return end }
    let (first, next) = text.scalar(at: start)
    // The optional scalar before the letters: no line break, letter or number.
    if first.isDisjoint(with: [.letter, .number]), !Whitespace.isLineBreak(text.bytes[start]),
      let end = endOfLetters(in: text, from: next)
    {
      return end
    }
    if first == .number { return next }
    if first == .whitespace {
      if text.bytes[start] == UInt8(ascii: " "), text.hasSymbol(at: next) { return endOfSymbols(in: text, from: next) }
      return Whitespace.endWithLineBreaks(in: text, from: start)
    }
    return endOfSymbols(in: text, from: start)
  }

  /// The end of `U*L+` or else `U+L*`, or `nil` when there is neither.
  ///
  /// `U*` takes all that it can and gives back one scalar if `L+` finds none behind; it can only if that one is of both kinds.
  private func endOfLetters(in text: ClassifiedText, from start: Int) -> Int? {
    var end = start
    var lastIsLower = false
    var endOfLastLower = start
    while end < text.count, let letter = letter(in: text, at: end), letter.isUpper {
      lastIsLower = letter.isLower
      end = letter.next
      if lastIsLower { endOfLastLower = end }
    }
    let endOfUpper = end
    while end < text.count, let letter = letter(in: text, at: end), letter.isLower { end = letter.next }
    if end > endOfUpper || lastIsLower { return end }
    // Upper case without lower case behind: the first way can still end after a scalar of both kinds further left.
    if endOfLastLower > start { return endOfLastLower }
    return endOfUpper > start ? endOfUpper : nil
  }

  private struct Letter {
    let isUpper: Bool
    let isLower: Bool
    let next: Int
  }

  private func letter(in text: ClassifiedText, at position: Int) -> Letter? {
    let (found, next) = text.scalar(at: position)
    let isASCII = next == position + 1
    let isBoth = asciiCaseOnly ? !isASCII && !found.isDisjoint(with: .letter) : found == .caseless || found == .mark
    if isBoth { return Letter(isUpper: true, isLower: true, next: next) }
    if found == .upperCase { return Letter(isUpper: true, isLower: false, next: next) }
    return found == .lowerCase ? Letter(isUpper: false, isLower: true, next: next) : nil
  }

  /// The end of `[^\s\p{L}\p{N}]+[\r\n/]*`.
  private func endOfSymbols(in text: ClassifiedText, from position: Int) -> Int {
    var end = text.endOfRun(outside: .wordOrSpace, from: position)
    while end < text.count, Whitespace.isLineBreak(text.bytes[end]) || text.bytes[end] == UInt8(ascii: "/") { end += 1 }
    return end
  }
}
