/// Reads small numbers written in runs: a value and how often it comes, or values of a few bits side by side.
///
/// Levels, dictionary indices and truth values come so.
///
/// - SeeAlso: parquet-format, Encodings.md, "Run Length Encoding / Bit-Packing Hybrid".
enum HybridDecoder {
  /// Hands over `count` values in runs.
  ///
  /// - Parameters:
  ///   - bitWidth: The bits of a value, at most 32.
  ///   - what: What the values are, for an error.
  ///   - append: Receives a value and how often it comes.
  static func decode(
    _ bytes: UnsafeRawBufferPointer, bitWidth: Int, count: Int, what: String, append: (UInt32, Int) throws -> Void
  ) throws {
    guard 0...32 ~= bitWidth else { throw ParquetFault.shortOf(what: what) }
    var (position, left) = (0, count)
    while left > 0 {
      let header = try variableLength(bytes, &position, what)
      if header & 1 == 0 {
        let width = (bitWidth + 7) / 8
        guard width <= bytes.count - position else { throw ParquetFault.shortOf(what: what) }
        var value: UInt32 = 0
        for index in 0..<width { value |= UInt32(bytes[position + index]) << UInt32(8 * index) }
        position += width
        let run = Int(min(header >> 1, UInt64(left)))
        guard run > 0 else { throw ParquetFault.shortOf(what: what) }
        try append(value, run)
        left -= run
      } else {
        let values = Int(min(header >> 1, UInt64(Int32.max))) * 8
        let wanted = min(values, left)
        let reader = BitReader(UnsafeRawBufferPointer(rebasing: bytes[position...]))
        guard wanted > 0, wanted * bitWidth <= 8 * (bytes.count - position) else {
          throw ParquetFault.shortOf(what: what)
        }
        for index in 0..<wanted { try append(UInt32(truncatingIfNeeded: reader.value(index, bitWidth: bitWidth)), 1) }
        position += min(values / 8 * bitWidth, bytes.count - position)
        left -= wanted
      }
    }
  }

  /// A number of up to ten bytes, seven bits in each.
  static func variableLength(
    _ bytes: UnsafeRawBufferPointer, _ position: inout Int, _ what: String
  ) throws(ParquetFault) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard position < bytes.count else { throw .shortOf(what: what) }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    throw .shortOf(what: what)
  }
}

/// Numbers of a few bits side by side, the lowest bits first.
struct BitReader {
  private let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The number at a place, which must lie in the bytes.
  ///
  /// - Parameter bitWidth: At most 64.
  func value(_ index: Int, bitWidth: Int) -> UInt64 {
    guard bitWidth > 0 else { return 0 }
    let bit = index * bitWidth
    var (value, taken, place) = (UInt64(0), -(bit % 8), bit / 8)
    while taken < bitWidth {
      let byte = UInt64(bytes[place])
      value |= taken < 0 ? byte >> UInt64(-taken) : byte << UInt64(taken)
      taken += 8
      place += 1
    }
    return bitWidth == 64 ? value : value & (1 << UInt64(bitWidth) - 1)
  }
}
