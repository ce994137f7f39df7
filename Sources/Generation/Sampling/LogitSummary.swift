/// The largest of the logits, known after all were found to be finite.
enum LogitSummary {
  /// The largest logit.
  ///
  /// - Throws: ``SamplingError/noLogits`` or ``SamplingError/nonFiniteLogits(count:firstToken:)``.
  static func maximum(ofFinite logits: UnsafeBufferPointer<Float>) throws(SamplingError) -> Float {
    if logits.isEmpty { throw .noLogits }
    let maximum = maximum(of: logits)
    // Zero times anything finite is zero, times infinity or NaN it is NaN and stays so.
    var poison = SIMD16<Float>(repeating: 0)
    forEachVector(of: logits) { poison += $0 * 0 }
    if poison.sum().isNaN {
      let broken = logits.indices.filter { !logits[$0].isFinite }
      throw .nonFiniteLogits(count: broken.count, firstToken: broken[0])
    }
    return maximum
  }

  /// The largest of some numbers that are not NaN; there must be one.
  static func maximum(of values: UnsafeBufferPointer<Float>) -> Float {
    var largest = SIMD16(repeating: values[0])
    forEachVector(of: values) { largest.replace(with: $0, where: $0 .> largest) }
    return largest.max()
  }

  /// Sixteen values at a time, the last ones filled up with the first.
  @inline(__always)
  private static func forEachVector(of values: UnsafeBufferPointer<Float>, _ body: (SIMD16<Float>) -> Void) {
    let raw = UnsafeRawBufferPointer(values)
    let vectorized = values.count & ~15
    for start in stride(from: 0, to: vectorized, by: 16) {
      body(raw.loadUnaligned(fromByteOffset: start * MemoryLayout<Float>.stride, as: SIMD16<Float>.self))
    }
    if vectorized == values.count { return }
    var rest = SIMD16(repeating: values[0])
    for index in vectorized..<values.count { rest[index - vectorized] = values[index] }
    body(rest)
  }
}
