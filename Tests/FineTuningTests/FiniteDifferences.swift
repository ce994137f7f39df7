import TensorCore
import Testing

/// A matrix of random numbers in ±`scale`.
func randomMatrix(_ rows: Int, _ columns: Int, seed: UInt64, scale: Double = 1) -> Matrix {
  var generator = SplitMix64(seed: seed)
  let values = (0..<rows * columns).map { _ in Float((generator.nextUniform() * 2 - 1) * scale) }
  return Matrix(rows: rows, columns: columns, values: values)
}

/// The sum of all elements, each times its weight: a loss whose gradient is the weights.
func weightedSum(_ values: MatrixView, _ weights: Matrix) -> Double {
  zip(values.buffer, weights.view.buffer).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

/// Checks a gradient against central differences of `loss`, element by element of `input`.
///
/// - Parameters:
///   - count: How many elements are checked, evenly spread; `nil` for all.
///   - tolerance: Of a difference, relative to the largest element of the gradient.
func expectGradient(
  _ gradient: MatrixView, of input: Matrix, count: Int? = nil, step: Float = 1e-2, tolerance: Float = 2e-3,
  sourceLocation: SourceLocation = #_sourceLocation, loss: () throws -> Double
) rethrows {
  let largest = gradient.buffer.map(abs).max() ?? 0
  #expect(largest > 0, "the gradient is zero everywhere", sourceLocation: sourceLocation)
  // A step that is no divisor of usual row lengths meets all columns.
  let spacing = count.map { max(1, gradient.count / $0) | 1 } ?? 1
  for index in stride(from: 0, to: gradient.count, by: spacing) {
    let value = input.view.base[index]
    input.view.base[index] = value + step
    let above = try loss()
    input.view.base[index] = value - step
    let below = try loss()
    input.view.base[index] = value
    let slope = Float((above - below) / Double(2 * step))
    #expect(
      abs(slope - gradient.base[index]) <= tolerance * largest,
      "element \(index): \(gradient.base[index]), by differences \(slope)", sourceLocation: sourceLocation)
  }
}
