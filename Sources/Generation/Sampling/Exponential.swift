/// Weights of a softmax, `exp(scale * (x - maximum))`, sixteen at a time.
///
/// - SeeAlso: the reduction by powers of two and the polynomial of Cephes' `expf`; the error is below 2e-7 of the value.
enum Exponential {
  /// Returns the sum of the weights of all logits and writes them to `weights`, of the same length, if there is such.
  ///
  /// - Complexity: O(V), about 1 ns a logit.
  static func weights(
    of logits: UnsafeBufferPointer<Float>, maximum: Float, scale: Float,
    into weights: UnsafeMutableBufferPointer<Float>? = nil
  ) -> Double {
    let vectorized = logits.count & ~15
    let source = UnsafeRawBufferPointer(logits)
    let target = weights.map { UnsafeMutableRawBufferPointer($0) }
    var sum = 0.0
    // Short partial sums keep float32 exact enough.
    for start in stride(from: 0, to: vectorized, by: 1024) {
      var partial = SIMD16<Float>(repeating: 0)
      for index in stride(from: start, to: min(start + 1024, vectorized), by: 16) {
        let offset = index * MemoryLayout<Float>.stride
        let values = source.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
        let result = exponential((values - maximum) * scale)
        target?.storeBytes(of: result, toByteOffset: offset, as: SIMD16<Float>.self)
        partial += result
      }
      sum += Double(partial.sum())
    }
    for index in vectorized..<logits.count {
      let result = exponential((logits[index] - maximum) * scale)
      weights?[index] = result
      sum += Double(result)
    }
    return sum
  }

  /// The exponential of one number of at most 0.
  static func exponential(_ x: Float) -> Float { exponential(SIMD16(repeating: x))[0] }

  /// `exp(x)` for `x` of at most 0; what is below -87 counts as -87, a weight of 1e-38.
  @inline(__always)
  static func exponential(_ x: SIMD16<Float>) -> SIMD16<Float> {
    let shifter: Float = 0x1.8p23
    let clamped = x.replacing(with: -87, where: x .< -87)
    // Adding the shifter rounds to a whole number that then stands in the low bits.
    let shifted = clamped * 1.442_695_04 + shifter
    let whole = shifted - shifter
    let rest = clamped - whole * 0.693_359_375 + whole * 2.121_944_4e-4
    var polynomial = rest * 1.987_569_15e-4 + 1.398_199_95e-3
    polynomial = polynomial * rest + 8.333_451_9e-3
    polynomial = polynomial * rest + 4.166_579_6e-2
    polynomial = polynomial * rest + 1.666_666_55e-1
    polynomial = polynomial * rest + 5.000_000_1e-1
    polynomial = polynomial * rest * rest + rest + 1
    let exponent = unsafeBitCast(shifted, to: SIMD16<UInt32>.self) &<< 23
    return unsafeBitCast(unsafeBitCast(polynomial, to: SIMD16<UInt32>.self) &+ exponent, to: SIMD16<Float>.self)
  }
}
