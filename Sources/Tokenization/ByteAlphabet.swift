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
    for scalar in text.unicodeScalars {
      guard scalar.value < byteOfScalar.count, byteOfScalar[Int(scalar.value)] >= 0 else { return nil }
      bytes.append(UInt8(byteOfScalar[Int(scalar.value)]))
    }
    return bytes
  }
}
