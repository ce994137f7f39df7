import Foundation

/// The bytes of a Parquet file and what its footer says.
struct ParquetFile {
  /// The most bytes that a page may unpack to.
  static let longestPage = 1 << 30
  private static let magic = Array("PAR1".utf8)

  /// The whole file; valid as long as the closure that has it runs.
  let bytes: UnsafeRawBufferPointer
  let footer: ParquetFooter
  /// Where the footer begins and no page reaches.
  let dataEnd: Int

  /// - Throws: ``ParquetFault``, `ThriftReader.Failure`.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    self.bytes = bytes
    if bytes.count >= 12, bytes.suffix(4).elementsEqual(Array("PARE".utf8)) { throw ParquetFault.encrypted }
    guard bytes.count >= 12, bytes.prefix(4).elementsEqual(Self.magic), bytes.suffix(4).elementsEqual(Self.magic) else {
      throw ParquetFault.noMagic
    }
    let length = Int(bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt32.self))
    guard length <= bytes.count - 12 else {
      throw ParquetFault.footerLength(found: length, limit: bytes.count - 12)
    }
    dataEnd = bytes.count - 8 - length
    var reader = ThriftReader(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 8)]), at: dataEnd)
    footer = try ParquetFooter(&reader)
    try checkCounts()
  }

  /// Nulls and repeated values take next to no bytes, so their number is bounded by itself.
  private func checkCounts() throws(ParquetFault) {
    let limit = 1 << 24 + 4096 * min(bytes.count, 1 << 40)
    var (rows, values) = (0, 0)
    for group in footer.rowGroups {
      guard group.rowCount >= 0, group.rowCount <= limit - rows else {
        throw .tooManyValues(count: group.rowCount, limit: limit)
      }
      rows += group.rowCount
      for column in group.columns {
        guard 0...limit - values ~= column.valueCount else {
          throw .tooManyValues(count: column.valueCount, limit: limit)
        }
        values += column.valueCount
      }
    }
    guard rows == footer.rowCount else {
      throw .wrongCount(what: "rows in row groups", found: rows, expected: footer.rowCount)
    }
    guard values <= Int(Int32.max) else { throw .tooManyValues(count: values, limit: Int(Int32.max)) }
  }
}
