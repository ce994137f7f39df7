/// The bytes at the end of a stream that begin a character but do not end it yet.
struct UTF8Tail {
  private(set) var bytes: [UInt8] = []

  /// Takes more bytes of the stream and returns the text that is whole by now.
  ///
  /// What can never become UTF-8 turns into U+FFFD at once.
  mutating func append(_ new: [UInt8]) -> String {
    let all = bytes + new
    let whole = all.count - Self.incompleteCount(all)
    bytes = Array(all[whole...])
    return String(decoding: all[..<whole], as: UTF8.self)
  }

  /// How many bytes at the end are the beginning of one character, 0 to 3.
  private static func incompleteCount(_ bytes: [UInt8]) -> Int {
    for count in 1...3 where count <= bytes.count {
      let byte = bytes[bytes.count - count]
      if byte & 0b1100_0000 == 0b1000_0000 { continue }
      return length(ofCharacterBeginningWith: byte) > count ? count : 0
    }
    return 0
  }

  private static func length(ofCharacterBeginningWith byte: UInt8) -> Int {
    switch byte {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }
}
