/// A pattern that cuts text: the hand-written scanner of a regular expression, or a simple class of characters.
///
/// Patterns are told apart by the exact text that stands in tokenizer.json; each is linear on any text.
enum SplitPattern: Sendable, Hashable {
  case gpt2
  case llama3(Llama3Pattern)
  case tekken(TekkenPattern)
  /// The pattern `\p{N}`.
  case number
  /// The pattern `\p{N}+`.
  case numbers
  /// The pattern `[0-9][0-9][0-9]`.
  case threeDigits
  /// The pattern `[\p{P}\$\+<=>\^~\|]+` of llama.cpp's `default`.
  case symbols
  /// Punctuation of Unicode and of ASCII, each character for itself.
  case punctuation
  /// The pattern `\s+`.
  case whitespace
  /// The pattern `\w+|[^\w\s]+`.
  case wordsAndSymbols
  case literal([UInt8])
  /// The places before `▁` that no merge crosses; see ``WordBorders``.
  case wordBorder(WordBorders)

  /// The part that begins at `start`: a match, or the text up to the next match.
  @inline(__always)
  func part(of text: ClassifiedText, from start: Int) -> (end: Int, isMatch: Bool) {
    switch self {
    case .gpt2: return (GPT2Pattern.endOfWord(in: text, from: start), true)
    case .llama3(let pattern): return (pattern.endOfWord(in: text, from: start), true)
    case .tekken(let pattern): return (pattern.endOfWord(in: text, from: start), true)
    case .wordBorder(let borders): return (borders.endOfWord(in: text.bytes, from: start), true)
    default: return simplePart(of: text, from: start)
    }
  }

  private func simplePart(of text: ClassifiedText, from start: Int) -> (end: Int, isMatch: Bool) {
    if let end = endOfMatch(in: text, at: start) { return (end, true) }
    var end = text.scalar(at: start).next
    while end < text.count, endOfMatch(in: text, at: end) == nil { end = text.scalar(at: end).next }
    return (end, false)
  }

  private func endOfMatch(in text: ClassifiedText, at position: Int) -> Int? {
    switch self {
    case .number: return text.has(.number, at: position) ? text.scalar(at: position).next : nil
    case .numbers: return Self.run(text.endOfRun(of: .number, from: position), position)
    case .whitespace: return Self.run(text.endOfRun(of: .whitespace, from: position), position)
    case .threeDigits:
      let end = position + 3
      return end <= text.count && text.bytes[position..<end].allSatisfy { (0x30...0x39).contains($0) } ? end : nil
    case .symbols: return Self.run(Self.endOfSymbols(in: text, from: position), position)
    case .punctuation:
      let (found, next) = text.scalar(at: position)
      return found == .punctuation || Self.isASCIISymbol(text.bytes[position]) ? next : nil
    case .wordsAndSymbols: return WordCharacter.endOfPart(in: text, from: position)
    case .literal(let bytes):
      let end = position + bytes.count
      return end <= text.count && text.bytes[position..<end].elementsEqual(bytes) ? end : nil
    default: return nil
    }
  }

  private static func run(_ end: Int, _ start: Int) -> Int? { end > start ? end : nil }

  private static func endOfSymbols(in text: ClassifiedText, from start: Int) -> Int {
    var end = start
    while end < text.count {
      let (found, next) = text.scalar(at: end)
      guard found == .punctuation || "$+<=>^~|".utf8.contains(text.bytes[end]) else { break }
      end = next
    }
    return end
  }

  /// The nine characters of ASCII's punctuation that Unicode calls symbols.
  private static func isASCIISymbol(_ byte: UInt8) -> Bool { "$+<=>^`|~".utf8.contains(byte) }
}

// MARK: - Texts of regular expressions

extension SplitPattern {
  private static let contractions = #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|"#
  private static let contractionsInBothCases =
    #"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|"#
  private static let lettersOfLlama3 = #"[^\r\n\p{L}\p{N}]?\p{L}+|"#
  private static let restOfLlama3 = #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  private static let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
  private static let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#

  /// The text of GPT-2's pattern, which tokenizer.json leaves out where it means it.
  static let textOfGPT2 = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
  static let textOfLlama3 = contractions + lettersOfLlama3 + #"\p{N}{1,3}"# + restOfLlama3
  static let textOfQwen2 = contractions + lettersOfLlama3 + #"\p{N}"# + restOfLlama3
  static let textOfTekken =
    #"[^\r\n\p{L}\p{N}]?"# + upper + "*" + lower + "+|" + #"[^\r\n\p{L}\p{N}]?"# + upper + "+" + lower + "*"
    + #"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  static let textOfSymbols = #"[\p{P}\$\+<=>\^~\|]+"#

  /// The patterns that are known by their text.
  private static let byText: [String: SplitPattern] = [
    textOfGPT2: .gpt2,
    textOfLlama3: .llama3(Llama3Pattern(digits: 3, takesLongS: true)),
    textOfQwen2: .llama3(Llama3Pattern(digits: 1, takesLongS: true)),
    contractionsInBothCases + lettersOfLlama3 + #"\p{N}{1,3}"# + restOfLlama3:
      .llama3(Llama3Pattern(digits: 3, takesLongS: false)),
    contractionsInBothCases + lettersOfLlama3 + #"\p{N}"# + restOfLlama3:
      .llama3(Llama3Pattern(digits: 1, takesLongS: false)),
    textOfTekken: .tekken(TekkenPattern(asciiCaseOnly: false)),
    #"\p{N}"#: .number, #"\d"#: .number, #"\p{N}+"#: .numbers, "[0-9][0-9][0-9]": .threeDigits,
    textOfSymbols: .symbols, #"\s+"#: .whitespace,
  ]

  /// The pattern of a regular expression, or `nil` when it is not known.
  init?(regex: String) {
    guard let pattern = Self.byText[regex] else { return nil }
    self = pattern
  }
}
