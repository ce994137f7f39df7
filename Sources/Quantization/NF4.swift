import CTensorKernels
import TensorCore

/// 4-bit NormalFloat: sixteen levels that lie where normally distributed weights do.
///
/// Each block of weights is divided by its largest magnitude; then every weight is replaced by the number of the
/// nearest level. Blocks run over the flattened tensor, not over its rows. The first of two codes is the high nibble.
///
/// Bit for bit bitsandbytes' `quantize_4bit(quant_type="nf4")` on the CPU. Dettmers et al., "QLoRA", 2023,
/// section 3, arXiv:2305.14314.
package enum NF4 {
  /// The sixteen levels, ascending from -1 to 1.
  package static let levels: [Float] = [
    0xbf80_0000, 0xbf32_39b1, 0xbf06_6b30, 0xbeca_32a0, 0xbe91_a24d, 0xbe3d_353f, 0xbdba_7871, 0x0000_0000,
    0x3da2_faff, 0x3e24_cae3, 0x3e7c_04dd, 0x3ead_033a, 0x3ee1_a4b8, 0x3f10_07ab, 0x3f39_13b3, 0x3f80_0000,
  ].map(Float.init(bitPattern:))

  /// The fifteen borders between neighbouring levels, as bit patterns because a decimal may round to the next number.
  ///
  /// A value above a border goes up, a value on it stays below.
  package static let thresholds: [Float] = [
    0xbf59_1cd8, 0xbf1c_5270, 0xbeeb_8480, 0xbead_ea76, 0xbe70_3cec, 0xbe0d_38bc, 0xbd3a_7871, 0x3d22_faff,
    0x3df6_4862, 0x3e50_67e0, 0x3e95_82d4, 0x3ec7_53f9, 0x3f00_6d04, 0x3f24_8daf, 0x3f5c_89da,
  ].map(Float.init(bitPattern:))

  /// The code of a value that was scaled to lie between -1 and 1: how many borders lie below it.
  package static func code(of value: Float) -> UInt8 {
    UInt8(thresholds.count { value > $0 })
  }

  /// The least magnitude that a block is divided by: 1e-38 in float32, a denormal.
  private static let leastScale = Float(bitPattern: 0x006c_e3ee)

  /// Encodes one whole block.
  ///
  /// - Parameters:
  ///   - block: The weights of the block.
  ///   - codes: Receives one code a byte.
  /// - Returns: The block's largest magnitude, its scale. A block of zeros gets code 7, the level 0.
  static func encode(
    _ block: UnsafeBufferPointer<Float>, into codes: UnsafeMutablePointer<UInt8>, with kernels: tk_kernels
  ) -> Float {
    let largest = kernels.largest_magnitude(block.baseAddress, block.count)
    kernels.encode_nibbles(block.baseAddress, block.count, 1 / max(largest, leastScale), thresholds, codes)
    return largest
  }

  /// Encodes the last block of a tensor when it is not full.
  ///
  /// bitsandbytes divides here instead of multiplying by the reciprocal, and stores a scale of at least 1e-38.
  static func encodeRest(_ block: UnsafeBufferPointer<Float>, into codes: UnsafeMutablePointer<UInt8>) -> Float {
    let largest = max(block.reduce(0) { max($0, abs($1)) }, leastScale)
    for (index, weight) in block.enumerated() { codes[index] = code(of: min(1, max(-1, weight / largest))) }
    return largest
  }
}
