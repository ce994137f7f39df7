import CSnappy
import CZlib
import CZstd

/// What the pages of a column are compressed with.
enum ParquetCodec: Int {
  case none = 0
  case snappy = 1
  case gzip = 2
  case zstandard = 6

  private static let names = ["no compression", "Snappy", "gzip", "LZO", "Brotli", "LZ4", "Zstandard", "LZ4"]

  /// - Throws: ``ParquetFault/codec(name:)``.
  init(number: Int) throws(ParquetFault) {
    guard let codec = Self(rawValue: number) else {
      throw .codec(name: Self.names.indices.contains(number) ? Self.names[number] : "codec \(number)")
    }
    self = codec
  }

  private var name: String { Self.names[rawValue] }

  /// The most bytes that one compressed byte can stand for.
  private var largestRatio: Int {
    switch self {
    case .none: 1
    case .snappy: 32
    case .gzip: 1040
    case .zstandard: 1 << 15
    }
  }

  /// Unpacks a page, which must come out as long as its header says.
  ///
  /// - Throws: ``ParquetFault``; nothing is allocated that the compressed bytes could not fill.
  func unpacked(_ bytes: UnsafeRawBufferPointer, count: Int) throws(ParquetFault) -> [UInt8] {
    if self == .none {
      guard bytes.count == count else { throw .wrongSize(found: bytes.count, expected: count) }
      return Array(bytes)
    }
    let limit = min(ParquetFile.longestPage, 1024 + bytes.count * largestRatio)
    guard count <= limit else { throw .pageTooLarge(bytes: count, limit: limit) }
    guard count > 0 else { return [] }
    var written = -1
    let unpacked = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
      written = unpack(
        bytes, into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(target)[..<count]))
      initialized = max(written, 0)
    }
    guard written >= 0 else { throw .damagedCompression(codec: name) }
    guard written == count else { throw .wrongSize(found: written, expected: count) }
    return unpacked
  }

  /// How many bytes were written, or -1.
  private func unpack(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Int {
    switch self {
    case .none: return -1
    case .snappy:
      var count = 0
      let source = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
      guard snappy_uncompressed_length(source, bytes.count, &count) == SNAPPY_OK, count <= target.count else {
        return -1
      }
      count = target.count
      let output = target.baseAddress?.assumingMemoryBound(to: CChar.self)
      return snappy_uncompress(source, bytes.count, output, &count) == SNAPPY_OK ? count : -1
    case .gzip: return Gzip.inflate(bytes, into: target)
    case .zstandard:
      let count = ZSTD_decompress(target.baseAddress, target.count, bytes.baseAddress, bytes.count)
      return ZSTD_isError(count) == 0 ? count : -1
    }
  }

  /// The checksum that a page header can name, over the bytes as they lie in the file.
  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    UInt32(truncatingIfNeeded: crc32_z(0, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
  }
}
