/// The largest logit, known after all were found to be finite.
struct LogitSummary {
  let maximum: Float

  /// - Throws: ``SamplingError/noLogits`` or ``SamplingError/nonFiniteLogits(count:firstToken:)``.
  init(_ logits: UnsafeBufferPointer<Float>) throws(SamplingError) {
    if logits.isEmpty { throw .noLogits }
    var largest = SIMD16<Float>(repeating: logits[0])
    var poison = SIMD16<Float>(repeating: 0)
    let vectorized = logits.count & ~15
    let raw = UnsafeRawBufferPointer(logits)
    for start in stride(from: 0, to: vectorized, by: 16) {
      let values = raw.loadUnaligned(fromByteOffset: start * MemoryLayout<Float>.stride, as: SIMD16<Float>.self)
      largest = pointwiseMax(largest, values)
      // Zero times anything finite is zero, times infinity or NaN it is NaN and stays so.
      poison += values * 0
    }
    var maximum = largest.max()
    for index in vectorized..<logits.count {
      maximum = max(maximum, logits[index])
      poison[0] += logits[index] * 0
    }
    if poison.sum().isNaN {
      let broken = logits.indices.filter { !logits[$0].isFinite }
      throw .nonFiniteLogits(count: broken.count, firstToken: broken.first ?? 0)
    }
    self.maximum = maximum
  }
}
