/// Weights of a softmax, `exp(scale * (x - maximum))`, sixteen at a time.
///
/// - SeeAlso: the reduction by powers of two and the polynomial of Cephes' `expf`; the error is below 2e-7 of the value.
enum Exponential {
  /// Returns the sum of the weights of all logits and writes them to `weights`, of the same length, if there is such.
  ///
  /// - Complexity: O(V); about 1 ns a logit.
  static func weights(
    of logits: UnsafeBufferPointer<Float>, maximum: Float, scale: Float,
    into weights: UnsafeMutableBufferPointer<Float>? = nil
  ) -> Double {
    let vectorized = logits.count & ~15
    let source = UnsafeRawBufferPointer(logits)
    let target = weights.map { UnsafeMutableRawBufferPointer($0) }
    var sum = 0.0
    for start in stride(from: 0, to: vectorized, by: 16) {
      let offset = start * MemoryLayout<Float>.stride
      let values = source.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
      let result = exponential((values - maximum) * scale)
      target?.storeBytes(of: result, toByteOffset: offset, as: SIMD16<Float>.self)
      sum += Double(result.sum())
    }
    for index in vectorized..<logits.count {
      let result = exponential(SIMD16(repeating: (logits[index] - maximum) * scale))[0]
      weights?[index] = result
      sum += Double(result)
    }
    return sum
  }

  /// `exp(x)` for `x` of at most 0; 0 below -87.
  @inline(__always)
  static func exponential(_ x: SIMD16<Float>) -> SIMD16<Float> {
    let shifter: Float = 0x1.8p23
    let clamped = x.clamped(lowerBound: SIMD16(repeating: -87), upperBound: SIMD16(repeating: 0))
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
    let result = unsafeBitCast(unsafeBitCast(polynomial, to: SIMD16<UInt32>.self) &+ exponent, to: SIMD16<Float>.self)
    return result.replacing(with: 0, where: x .< -87)
  }
}
