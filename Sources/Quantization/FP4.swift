/// bitsandbytes' 4-bit float: a sign, two bits of exponent and one of mantissa, scaled so that the largest is 1.
///
/// The levels lie as those of a float do, close together around zero and far apart at the ends, and the codes are the
/// bits of the number and so not in the order of the levels. bitsandbytes' default; NF4 loses less on usual weights.
package enum FP4 {
  /// The levels by code: the bits stand for 0, 1/16, 8, 12, 4, 6, 2, 3 twelfths of the scale, with the sign in bit 3.
  package static let levels: [Float] = {
    let magnitudes: [Float] = [0, 0.0625, 8, 12, 4, 6, 2, 3].map { $0 / 12 }
    return magnitudes + magnitudes.map { 0 - $0 }
  }()
}

extension CodeBook {
  /// bitsandbytes' 4-bit float.
  package static let fp4 = CodeBook(name: "fp4", levels: FP4.levels)
}
