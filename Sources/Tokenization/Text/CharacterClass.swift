/// What the patterns of pre-tokenizers tell apart.
package enum CharacterClass: UInt8, Sendable {
  case other
  /// `\p{L}`
  case letter
  /// `\p{N}`
  case number
  /// `\s`: Unicode's White_Space, as in the regex engine of Hugging Face tokenizers
  case whitespace

  /// The class of a scalar, by the Unicode version of the Swift standard library.
  package init(_ scalar: Unicode.Scalar) {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: self = .letter
    case .decimalNumber, .letterNumber, .otherNumber: self = .number
    default: self = scalar.properties.isWhitespace ? .whitespace : .other
    }
  }

  /// The classes of U+0000…U+007F.
  static let ascii: [CharacterClass] = (0..<0x80).map { CharacterClass(Unicode.Scalar(UInt8($0))) }

  /// The classes of all scalars below U+34000; there are no letters, numbers and white space above.
  ///
  /// Made when the first text that is not ASCII comes, as that takes some 30 ms.
  static let table: [CharacterClass] = (0..<0x34000).map { value in
    Unicode.Scalar(UInt32(value)).map { CharacterClass($0) } ?? .other
  }
}

/// UTF-8 text, known to be valid, whose scalars are looked at by position.
struct ClassifiedText {
  let bytes: UnsafeBufferPointer<UInt8>
  private let ascii = CharacterClass.ascii

  var count: Int { bytes.count }

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The class of the scalar at `position` and where the next one begins.
  @inline(__always)
  func scalar(at position: Int) -> (class: CharacterClass, next: Int) {
    let byte = bytes[position]
    if byte < 0x80 { return (ascii[Int(byte)], position + 1) }
    return multibyteScalar(at: position)
  }

  /// The end of the run of scalars of `wanted` that begins at `position`, which is `position` when there is none.
  @inline(__always)
  func endOfRun(of wanted: CharacterClass, from position: Int) -> Int {
    var end = position
    while end < count {
      let (found, next) = scalar(at: end)
      if found != wanted { break }
      end = next
    }
    return end
  }

  /// The class at `position`, or `nil` at the end of the text.
  @inline(__always)
  func classIfAny(at position: Int) -> CharacterClass? { position < count ? scalar(at: position).class : nil }

  /// Where the scalar before `position` begins.
  func start(ofScalarBefore position: Int) -> Int {
    var start = position - 1
    while start > 0, bytes[start] & 0xc0 == 0x80 { start -= 1 }
    return start
  }

  private func multibyteScalar(at position: Int) -> (class: CharacterClass, next: Int) {
    let lead = bytes[position]
    let length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
    var value = Int(lead) & (0x7f >> length)
    for offset in 1..<length { value = value << 6 | Int(bytes[position + offset] & 0x3f) }
    return (value < CharacterClass.table.count ? CharacterClass.table[value] : .other, position + length)
  }
}
