/// The byte-level alphabet of GPT-2: one printable character for each byte, so that any bytes can be written as text.
///
/// Printable Latin-1 characters stand for themselves, the other 68 bytes for U+0100 and up, in order: `Ġ` is a space.
///
/// - SeeAlso: Radford et al., "Language Models are Unsupervised Multitask Learners", 2019, `bytes_to_unicode`.
enum ByteAlphabet {
  /// The byte for each scalar below U+0144, or -1.
  private static let byteOfScalar: [Int16] = {
    var table = [Int16](repeating: -1, count: 0x144)
    var substitute = 0x100
    for byte in 0..<256 {
      switch byte {
      case 0x21...0x7e, 0xa1...0xac, 0xae...0xff:
        table[byte] = Int16(byte)
      default:
        table[substitute] = Int16(byte)
        substitute += 1
      }
    }
    return table
  }()

  /// The bytes that `text` writes, or `nil` when a character is not of the alphabet.
  static func bytes(of text: some StringProtocol) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var iterator = text.utf8.makeIterator()
    while let first = iterator.next() {
      var scalar = Int(first)
      if first >= 0x80 {
        // All of the alphabet beyond ASCII has two bytes in UTF-8.
        guard first & 0xe0 == 0xc0, let second = iterator.next() else { return nil }
        scalar = Int(first & 0x1f) << 6 | Int(second & 0x3f)
      }
      guard scalar < byteOfScalar.count, byteOfScalar[scalar] >= 0 else { return nil }
      bytes.append(UInt8(byteOfScalar[scalar]))
    }
    return bytes
  }
}
