import TensorCore

/// The scales of quantized blocks, themselves quantized to one byte each: QLoRA's double quantization.
///
/// The mean of all scales is taken away; what is left is divided by the largest magnitude of its group of 256 and
/// replaced by the nearest value of ``DynamicMap/signed``. Storage: 8 / 64 + 32 / (64 · 256) bits per weight instead of
/// 32 / 64. Bit for bit bitsandbytes' `compress_statistics=True` on the CPU.
package struct DoubleQuantizedScales: Sendable {
  /// Scales that share one group scale, as the encoder makes them.
  package static let groupSize = 256

  /// Scales that share one group scale.
  package let groupSize: Int
  /// One byte for each scale.
  package let codes: Bytes
  /// The largest magnitude of each group.
  package let groupScales: [Float]
  /// The mean of the scales.
  package let offset: Float
  /// The 256 values that the codes stand for; a file brings its own.
  package let map: [Float]

  private init(codes: Bytes, groupScales: [Float], offset: Float) {
    self.codes = codes
    self.groupScales = groupScales
    self.offset = offset
    groupSize = Self.groupSize
    map = DynamicMap.signed
  }

  /// The parts of a checkpoint.
  ///
  /// - Parameters:
  ///   - codes: `absmax`, one byte for each block of weights.
  ///   - groupScales: `nested_absmax`, float32, one for each `groupSize` codes.
  ///   - groupSize: `nested_blocksize`, at least 1.
  ///   - offset: `nested_offset`.
  ///   - map: `nested_quant_map`, 256 float32.
  /// - Throws: ``QuantizationError`` when a length does not fit.
  package init(
    codes: Bytes, groupScales: Bytes, groupSize: Int, offset: Float, map: Bytes
  ) throws(QuantizationError) {
    guard groupSize > 0 else { throw .blockSize(groupSize, format: "double quantization") }
    let groups = codes.count / groupSize + (codes.count % groupSize == 0 ? 0 : 1)
    try QuantizationError.check(.nestedAbsmax, groupScales.count, is: groups * 4)
    try QuantizationError.check(.nestedQuantMap, map.count, is: 1024)
    self.codes = codes
    self.groupScales = groupScales.array(of: Float.self)
    self.groupSize = groupSize
    self.offset = offset
    self.map = map.array(of: Float.self)
  }

  package var byteCount: Int { codes.count + groupScales.count * 4 + 4 }

  /// The scale of a block.
  package func scale(of block: Int) -> Float {
    map[Int(codes.pointer.load(fromByteOffset: block, as: UInt8.self))] * groupScales[block / groupSize] + offset
  }

  /// The scales of consecutive blocks, which must exist.
  func decode(_ range: Range<Int>, into out: UnsafeMutablePointer<Float>) {
    let codes = codes.pointer.assumingMemoryBound(to: UInt8.self)
    map.withUnsafeBufferPointer { map in
      groupScales.withUnsafeBufferPointer { groupScales in
        for block in range {
          out[block - range.lowerBound] = map[Int(codes[block])] * groupScales[block / groupSize] + offset
        }
      }
    }
  }
}

// MARK: - Encoding

extension DoubleQuantizedScales {
  /// Quantizes the scales of a tensor.
  ///
  /// - Complexity: O(`scales.count`).
  package init(_ scales: [Float]) {
    let offset = scales.isEmpty ? 0 : CascadeSum.sum(scales) / Float(scales.count)
    var groupScales: [Float] = []
    var codes: [UInt8] = []
    codes.reserveCapacity(scales.count)
    for start in stride(from: 0, to: scales.count, by: Self.groupSize) {
      let group = scales[start..<min(start + Self.groupSize, scales.count)].map { $0 - offset }
      let largest = group.reduce(0) { max($0, abs($1)) }
      groupScales.append(largest)
      let inverse = 1 / largest
      codes += group.map { inverse.isFinite ? Self.code(of: min(1, max(-1, $0 * inverse))) : 0 }
    }
    self.init(codes: Bytes(codes), groupScales: groupScales, offset: offset)
  }

  /// The code of a value between -1 and 1, looked up on a grid of 65,536 steps as bitsandbytes does on the CPU.
  ///
  /// The grid is coarse near zero, so this is not always the nearest value of the map: zero gets 131, not 127.
  private static func code(of value: Float) -> UInt8 { grid[Int((value + 1) * 0.5 * 65_535 + 0.5)] }

  private static let grid: [UInt8] = {
    let map = DynamicMap.signed
    let borders = (0..<255).map { 0.5 * (map[$0] + map[$0 + 1]) }
    var below = 0
    return (0..<65_536).map { step in
      let value = -1 + Float(2 * step) / 65_535
      while below < borders.count && borders[below] < value { below += 1 }
      return UInt8(below)
    }
  }()
}
