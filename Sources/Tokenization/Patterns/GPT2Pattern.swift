/// GPT-2's pattern: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
enum GPT2Pattern {
  static func endOfWord(in text: ClassifiedText, from start: Int) -> Int {
    let (first, next) = text.scalar(at: start)
    if first == .whitespace {
      let isSpace = text.bytes[start] == UInt8(ascii: " ")
      if isSpace, let end = endOfRun(in: text, from: next) { return end }
      return Whitespace.end(in: text, from: start)
    }
    return Contraction.end(in: text, from: start, ignoringCase: false) ?? endOfRun(in: text, from: start) ?? next
  }

  /// The end of the letters, numbers or symbols that begin at `start`, or `nil` when there is white space or nothing.
  private static func endOfRun(in text: ClassifiedText, from start: Int) -> Int? {
    guard start < text.count else { return nil }
    let (first, next) = text.scalar(at: start)
    if !first.isDisjoint(with: .letter) { return text.endOfRun(of: .letter, from: next) }
    if first == .number { return text.endOfRun(of: .number, from: next) }
    return first == .whitespace ? nil : text.endOfRun(outside: .wordOrSpace, from: next)
  }
}

/// The white space at the end of every pattern: `\s+(?!\S)|\s+`.
enum Whitespace {
  /// All of a run of white space, but the last scalar when something follows.
  static func end(in text: ClassifiedText, from start: Int) -> Int {
    let end = text.endOfRun(of: .whitespace, from: start)
    guard end < text.count else { return end }
    let last = text.start(ofScalarBefore: end)
    return last > start ? last : end
  }

  /// The same with `\s*[\r\n]+` before it: white space up to its last line break goes first.
  static func endWithLineBreaks(in text: ClassifiedText, from start: Int) -> Int {
    let end = text.endOfRun(of: .whitespace, from: start)
    var afterBreak = end
    while afterBreak > start, !isLineBreak(text.bytes[afterBreak - 1]) { afterBreak -= 1 }
    if afterBreak > start { return afterBreak }
    if end == text.count { return end }
    let last = text.start(ofScalarBefore: end)
    return last > start ? last : end
  }

  static func isLineBreak(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
}

/// English contractions: `'s|'t|'re|'ve|'m|'ll|'d`.
enum Contraction {
  /// The end of a contraction, or `nil`.
  ///
  /// - Parameters:
  ///   - ignoringCase: Whether upper case counts too.
  ///   - takingLongS: Whether `ſ` counts as an s, as for a regex engine that ignores case; for llama.cpp it does not.
  static func end(
    in text: ClassifiedText, from start: Int, ignoringCase: Bool, takingLongS: Bool = false
  ) -> Int? {
    guard text.bytes[start] == UInt8(ascii: "'"), start + 1 < text.count else { return nil }
    let caseBit: UInt8 = ignoringCase ? 0x20 : 0
    let first = text.bytes[start + 1] | caseBit
    switch first {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
    default: break
    }
    guard start + 2 < text.count else { return nil }
    if takingLongS, text.bytes[start + 1] == 0xc5, text.bytes[start + 2] == 0xbf { return start + 3 }
    switch (first, text.bytes[start + 2] | caseBit) {
    case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
      (UInt8(ascii: "l"), UInt8(ascii: "l")):
      return start + 3
    default: return nil
    }
  }
}
