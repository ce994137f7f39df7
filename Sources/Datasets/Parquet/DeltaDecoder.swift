/// Reads whole numbers written as differences: blocks, each with its least difference and what is above it in few bits.
///
/// - SeeAlso: parquet-format, Encodings.md, "Delta Encoding".
enum DeltaDecoder {
  /// The numbers at `position`, which then stands behind them.
  ///
  /// - Parameter limit: How many numbers there may be.
  static func integers(
    _ bytes: UnsafeRawBufferPointer, _ position: inout Int, limit: Int
  ) throws(ParquetFault) -> [Int64] {
    let what = "differences"
    let blockSize = try HybridDecoder.variableLength(bytes, &position, what)
    let miniblocks = try HybridDecoder.variableLength(bytes, &position, what)
    let count = try HybridDecoder.variableLength(bytes, &position, what)
    var value = zigzag(try HybridDecoder.variableLength(bytes, &position, what))
    guard count <= UInt64(limit) else {
      throw .wrongCount(what: "values", found: Int(clamping: count), expected: limit)
    }
    guard 1...65536 ~= blockSize, 1...blockSize ~= miniblocks, blockSize % (8 * miniblocks) == 0 else {
      throw .shortOf(what: what)
    }
    guard count > 0 else { return [] }
    let miniblockSize = Int(blockSize / miniblocks)
    var values = [value]
    while values.count < Int(count) {
      let least = zigzag(try HybridDecoder.variableLength(bytes, &position, what))
      guard Int(miniblocks) <= bytes.count - position else { throw .shortOf(what: what) }
      let widths = bytes[position..<position + Int(miniblocks)]
      position += Int(miniblocks)
      for width in widths where values.count < Int(count) {
        let wanted = min(miniblockSize, Int(count) - values.count)
        let left = bytes.count - position
        guard width <= 64, (wanted * Int(width) + 7) / 8 <= left else { throw .shortOf(what: what) }
        let reader = BitReader(UnsafeRawBufferPointer(rebasing: bytes[position...]))
        for index in 0..<wanted {
          value = value &+ least &+ Int64(bitPattern: reader.value(index, bitWidth: Int(width)))
          values.append(value)
        }
        position += min(miniblockSize * Int(width) / 8, left)
      }
    }
    return values
  }

  private static func zigzag(_ bits: UInt64) -> Int64 { Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1) }
}
