import TensorCore

/// How llama.cpp rounds activations before it multiplies them with weights of a format: it computes with the rounded
/// numbers alone, which makes its products fast and its logits a little different from float32.
///
/// The functions followed are `quantize_row_q8_0` of ggml's x86 code and `quantize_row_q8_K_ref`. What q8_1 does to a block's sum beside
/// weights with offsets (q4_1, q5_1) is left out.
package enum ActivationRounding: Sendable, Hashable {
  /// 8-bit codes, and a float16 scale for 32 numbers.
  case q8_0
  /// 8-bit codes, and a float32 scale for 256 numbers.
  case q8_K
  case f16
  case bf16

  /// The rounding beside weights of a format; `nil` where llama.cpp rounds nothing, or does not know the format.
  package init?(beside weight: WeightMatrix) {
    guard case .blocks(let format, _) = weight.storage else { return nil }
    switch format {
    case .f32: return nil
    case .f16: self = .f16
    case .bf16: self = .bf16
    case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .iq4_NL, .mxfp4: self = .q8_0
    case .q2_K, .q3_K, .q4_K, .q5_K, .q6_K, .iq4_XS, .tq1_0, .tq2_0: self = .q8_K
    }
  }

  /// Writes the rounded numbers of x over y; a row is a whole number of blocks, as the weights' rows are.
  package func round(_ x: MatrixView, into y: MatrixView) {
    precondition(x.count == y.count, "shapes differ")
    let (source, target) = (x.base, y.base)
    switch self {
    case .f16:
      for index in 0..<x.count { target[index] = Float(Float16(source[index])) }
    case .bf16:
      for index in 0..<x.count { target[index] = Self.bfloat16(source[index]) }
    case .q8_0:
      for start in stride(from: 0, to: x.count, by: 32) { Self.roundQ8_0(source + start, target + start) }
    case .q8_K:
      for start in stride(from: 0, to: x.count, by: 256) { Self.roundQ8_K(source + start, target + start) }
    }
  }

  private static func bfloat16(_ value: Float) -> Float {
    let bits = value.bitPattern
    return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
  }

  private static func roundQ8_0(_ x: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
    var largest: Float = 0
    for index in 0..<32 { largest = max(largest, abs(x[index])) }
    let scale = Float(Float16(largest / 127))
    let inverse = largest == 0 ? 0 : 127 / largest
    for index in 0..<32 { y[index] = scale * nearest(x[index] * inverse) }
  }

  private static func roundQ8_K(_ x: UnsafeMutablePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
    var extreme: Float = 0
    for index in 0..<256 where abs(x[index]) > abs(extreme) { extreme = x[index] }
    let inverse = extreme == 0 ? 0 : -127 / extreme
    let scale = extreme == 0 ? 0 : 1 / inverse
    for index in 0..<256 { y[index] = scale * min(127, nearest(x[index] * inverse)) }
  }

  /// The nearest whole number, the even one of two, of a number below 2²²: adding 1.5 · 2²³ leaves no room for a fraction.
  @inline(__always) private static func nearest(_ value: Float) -> Float { (value + 12_582_912) - 12_582_912 }
}
