import Foundation

extension MersenneTwister {
  /// Fills `values` with normally distributed numbers of mean 0, as `tensor.normal_(std=deviation)` does.
  ///
  /// torch draws as many even numbers as there are values and turns them, sixteen at a time, the first eight with the
  /// second eight, into normal ones (Box and Muller, 1958). When the last sixteen are not whole they are drawn anew and
  /// overlap those before. Vector units compute logarithm and angle with other last digits than ours.
  package mutating func fill(
    _ values: UnsafeMutableBufferPointer<Float>, normalWithDeviation deviation: Float
  ) {
    guard values.count >= 16 else { return fillFew(values, deviation) }
    fill(values, uniformIn: 0..<1)
    for start in stride(from: 0, through: values.count - 16, by: 16) {
      Self.transform(UnsafeMutableBufferPointer(rebasing: values[start..<start + 16]), deviation)
    }
    guard !values.count.isMultiple(of: 16) else { return }
    let last = UnsafeMutableBufferPointer(rebasing: values.suffix(16))
    fill(last, uniformIn: 0..<1)
    Self.transform(last, deviation)
  }

  private static func transform(_ values: UnsafeMutableBufferPointer<Float>, _ deviation: Float) {
    for index in 0..<8 {
      let radius = (-2 * log(1 - values[index])).squareRoot()
      let angle = 2 * Float.pi * values[index + 8]
      values[index] = radius * cos(angle) * deviation
      values[index + 8] = radius * sin(angle) * deviation
    }
  }

  /// Fewer than sixteen numbers come in pairs of double precision; the second of a pair waits for the next call.
  private mutating func fillFew(_ values: UnsafeMutableBufferPointer<Float>, _ deviation: Float) {
    for index in values.indices {
      if let waiting = nextNormal {
        values[index] = Float(waiting * Double(deviation))
        nextNormal = nil
        continue
      }
      let (angle, share) = (2 * Double.pi * uniformDouble(), uniformDouble())
      let radius = (-2 * log1p(-share)).squareRoot()
      nextNormal = radius * sin(angle)
      values[index] = Float(radius * cos(angle) * Double(deviation))
    }
  }

  /// 53 random bits.
  private mutating func uniformDouble() -> Double { Double(next() & (1 << 53 - 1)) * 0x1p-53 }
}
