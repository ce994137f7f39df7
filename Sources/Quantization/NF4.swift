/// 4-bit NormalFloat: sixteen levels that lie where normally distributed weights do.
///
/// Each level stands for as many weights as every other when weights are normally distributed; one of them is exactly
/// zero. How a block of weights is encoded is in ``CodeBook``. Dettmers et al., "QLoRA", 2023, section 3,
/// arXiv:2305.14314.
package enum NF4 {
  /// The sixteen levels, ascending from -1 to 1, as bit patterns because a decimal may round to the next number.
  package static let levels: [Float] = [
    0xbf80_0000, 0xbf32_39b1, 0xbf06_6b30, 0xbeca_32a0, 0xbe91_a24d, 0xbe3d_353f, 0xbdba_7871, 0x0000_0000,
    0x3da2_faff, 0x3e24_cae3, 0x3e7c_04dd, 0x3ead_033a, 0x3ee1_a4b8, 0x3f10_07ab, 0x3f39_13b3, 0x3f80_0000,
  ].map(Float.init(bitPattern:))

  /// The fifteen borders between neighbouring levels, half-way.
  package static var thresholds: [Float] { CodeBook.nf4.thresholds }

  /// The code of a value that was scaled to lie between -1 and 1: how many borders lie below it.
  package static func code(of value: Float) -> UInt8 { CodeBook.nf4.code(of: value) }
}

extension CodeBook {
  /// 4-bit NormalFloat, QLoRA's format.
  package static let nf4 = CodeBook(name: "nf4", levels: NF4.levels)
}
