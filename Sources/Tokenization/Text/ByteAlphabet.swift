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

  /// The scalar that stands for each byte.
  private static let scalarOfByte: [Unicode.Scalar] = {
    var scalars = [Unicode.Scalar](repeating: " ", count: 256)
    for (value, byte) in byteOfScalar.enumerated() where byte >= 0 {
      scalars[Int(byte)] = Unicode.Scalar(UInt16(value)) ?? " "
    }
    return scalars
  }()

  /// Appends the bytes that `text` writes, up to the first character that is not of the alphabet.
  ///
  /// - Parameter bytes: Has room for as many bytes as `text` has.
  /// - Returns: How many bytes of `text` were read: all when every character is of the alphabet.
  static func decode(_ text: UnsafeBufferPointer<UInt8>, appendingTo bytes: inout OutputSpan<UInt8>) -> Int {
    byteOfScalar.withUnsafeBufferPointer { byteOfScalar in
      var position = 0
      while position < text.count {
        var scalar = Int(text[position])
        var length = 1
        if scalar >= 0x80 {
          // All of the alphabet beyond ASCII has two bytes in UTF-8.
          guard scalar & 0xe0 == 0xc0, position + 1 < text.count else { break }
          scalar = (scalar & 0x1f) << 6 | Int(text[position + 1] & 0x3f)
          length = 2
        }
        guard scalar < byteOfScalar.count, byteOfScalar[scalar] >= 0 else { break }
        bytes.append(UInt8(truncatingIfNeeded: byteOfScalar[scalar]))
        position += length
      }
      return position
    }
  }

  /// The text that writes these bytes.
  static func text(of bytes: some Sequence<UInt8>) -> String {
    var text = ""
    for byte in bytes { text.unicodeScalars.append(scalarOfByte[Int(byte)]) }
    return text
  }
}
