/// What the patterns of pre-tokenizers tell apart: a set of Unicode general categories.
package struct CharacterClass: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Upper and title case: `\p{Lu}` and `\p{Lt}`.
  package static let upperCase = CharacterClass(rawValue: 1)
  /// Lower case: `\p{Ll}`.
  package static let lowerCase = CharacterClass(rawValue: 2)
  /// Letters without case: `\p{Lm}` and `\p{Lo}`.
  package static let caseless = CharacterClass(rawValue: 4)
  /// Marks: `\p{M}`.
  package static let mark = CharacterClass(rawValue: 8)
  /// Numbers: `\p{N}`.
  package static let number = CharacterClass(rawValue: 16)
  /// White space as the regex engine of Hugging Face tokenizers has it, Unicode's White_Space: `\s`.
  package static let whitespace = CharacterClass(rawValue: 32)
  /// Punctuation: `\p{P}`.
  package static let punctuation = CharacterClass(rawValue: 64)

  /// Letters: `\p{L}`.
  package static let letter: CharacterClass = [.upperCase, .lowerCase, .caseless]
  /// What `[^\s\p{L}\p{N}]` leaves out.
  static let wordOrSpace: CharacterClass = [.letter, .number, .whitespace]

  /// The class of a scalar, by the Unicode version of the Swift standard library.
  package init(_ scalar: Unicode.Scalar) {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .titlecaseLetter: self = .upperCase
    case .lowercaseLetter: self = .lowerCase
    case .modifierLetter, .otherLetter: self = .caseless
    case .nonspacingMark, .spacingMark, .enclosingMark: self = .mark
    case .decimalNumber, .letterNumber, .otherNumber: self = .number
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation:
      self = .punctuation
    default: self = scalar.properties.isWhitespace ? .whitespace : []
    }
  }

  /// The classes of U+0000…U+007F.
  static let ascii: [CharacterClass] = (0..<0x80).map { CharacterClass(Unicode.Scalar(UInt8($0))) }

  /// The classes of all scalars below U+34000.
  ///
  /// Made when the first text that is not ASCII comes, as that takes some 30 ms.
  static let table: [CharacterClass] = (0..<0x34000).map { value in
    Unicode.Scalar(UInt32(value)).map { CharacterClass($0) } ?? []
  }

  /// Above the table there are no letters, numbers, punctuation and white space, and only these marks: variation selectors.
  static let marksAboveTable = 0xe0100...0xe01ef
}
