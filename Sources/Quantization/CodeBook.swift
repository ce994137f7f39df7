import CTensorKernels
import TensorCore

/// Sixteen levels between -1 and 1 that 4-bit codes stand for.
///
/// Each block of weights is divided by its largest magnitude; then every weight is replaced by the number of the
/// nearest level. Blocks run over the flattened tensor, not over its rows. The first of two codes is the high nibble.
///
/// Bit for bit bitsandbytes' `quantize_4bit` on the CPU. Dettmers et al., "QLoRA", 2023, section 3, arXiv:2305.14314.
package struct CodeBook: Sendable, Hashable {
  /// How tables and files call it: `nf4`, `fp4`.
  package let name: String
  /// The level of each code.
  package let levels: [Float]
  /// The fifteen borders between neighbouring levels, ascending: a value above a border goes up, one on it stays below.
  package let thresholds: [Float]
  /// The codes in the order of their levels.
  private let order: [UInt8]
  /// Whether codes and levels have the same order, as NF4's do.
  private let isAscending: Bool

  /// - Parameters:
  ///   - name: How tables and files call it.
  ///   - levels: The level of each of the sixteen codes, in any order; of equal levels the first is the lower one.
  package init(name: String, levels: [Float]) {
    precondition(levels.count == 16, "\(levels.count) levels")
    let order = levels.indices.sorted { (levels[$0], $0) < (levels[$1], $1) }
    self.name = name
    self.levels = levels
    self.order = order.map(UInt8.init)
    isAscending = order == Array(levels.indices)
    thresholds = zip(order, order.dropFirst()).map { (levels[$0] + levels[$1]) / 2 }
  }

  /// The code book of a checkpoint, from the float32 numbers of its `quant_map`.
  ///
  /// - Throws: ``QuantizationError/partLength(_:bytes:expected:)`` when there are not sixteen.
  package init(name: String, quantMap: Bytes) throws(QuantizationError) {
    try QuantizationError.check(.quantMap, quantMap.count, is: 64)
    self.init(name: name, levels: quantMap.array(of: Float.self))
  }

  /// The code of a value that was scaled to lie between -1 and 1.
  package func code(of value: Float) -> UInt8 { order[thresholds.count { value > $0 }] }

  /// The least magnitude that a block is divided by: 1e-38 in float32, a denormal.
  private static let leastScale = Float(bitPattern: 0x006c_e3ee)

  /// Encodes one whole block.
  ///
  /// - Parameters:
  ///   - block: The weights of the block.
  ///   - out: Receives one code a byte.
  /// - Returns: The block's largest magnitude, its scale. A block of zeros gets the code of the level 0.
  func encode(
    _ block: UnsafeBufferPointer<Float>, into out: UnsafeMutablePointer<UInt8>, with kernels: tk_kernels
  ) -> Float {
    let largest = kernels.largest_magnitude(block.baseAddress, block.count)
    kernels.encode_nibbles(block.baseAddress, block.count, 1 / max(largest, Self.leastScale), thresholds, out)
    if !isAscending { for index in block.indices { out[index] = order[Int(out[index])] } }
    return largest
  }

  /// Encodes the last block of a tensor when it is not full.
  ///
  /// bitsandbytes divides here instead of multiplying by the reciprocal, and stores a scale of at least 1e-38.
  func encodeRest(_ block: UnsafeBufferPointer<Float>, into out: UnsafeMutablePointer<UInt8>) -> Float {
    let largest = max(block.reduce(0) { max($0, abs($1)) }, Self.leastScale)
    for (index, weight) in block.enumerated() { out[index] = code(of: min(1, max(-1, weight / largest))) }
    return largest
  }
}
