import CTensorKernels
import TensorCore

// The gated feed-forward part: Shazeer, "GLU Variants Improve Transformer", 2020, arXiv:2002.05202.
extension CPUBackend {
  package func gate(_ gate: MatrixView, _ up: MatrixView, by activation: Activation, into out: MatrixView) {
    precondition(gate.count == up.count && up.count == out.count, "shapes differ")
    pool.runRanges(out.count, minimum: 4096) { range in
      let (gate, up, out) = (gate.base + range.lowerBound, up.base + range.lowerBound, out.base + range.lowerBound)
      self.gate(gate, up, by: activation, into: out, count: range.count)
    }
  }

  /// The same for some numbers, on this thread.
  func gate(
    _ gate: UnsafePointer<Float>, _ up: UnsafePointer<Float>, by activation: Activation,
    into out: UnsafeMutablePointer<Float>, count: Int
  ) {
    switch activation {
    case .silu: kernels.silu_product(gate, up, out, count)
    case .geluTanh: GELU(kernels: kernels).product(gate, up, into: out, count: count)
    }
  }

  /// Some numbers of gate and up become their gradients, on this thread.
  func gateBackward(
    _ gate: UnsafeMutablePointer<Float>, _ up: UnsafeMutablePointer<Float>, by activation: Activation,
    _ gradient: UnsafePointer<Float>, count: Int
  ) {
    switch activation {
    case .silu: kernels.silu_product_backward(gate, up, gradient, count)
    case .geluTanh: GELU(kernels: kernels).productBackward(gate, up, gradient: gradient, count: count)
    }
  }
}

/// GELU by the hyperbolic tangent, in the form x · σ(z) with z = √(8/π) · (x + 0.044715 x³).
///
/// It is the same function as ½x · (1 + tanh(z / 2)), and needs an exponential alone.
private struct GELU {
  let kernels: tk_kernels

  private static let slope = (8 / Float.pi).squareRoot()
  private static let cube: Float = 0.044715
  /// Numbers whose exponentials lie in the first-level cache.
  private static let chunk = 1024

  /// out = gelu(gate) · up; out may be gate.
  func product(
    _ gate: UnsafePointer<Float>, _ up: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>, count: Int
  ) {
    forEachChunk(of: gate, count) { start, exponentials, count in
      for index in 0..<count {
        out[start + index] = gate[start + index] / (1 + exponentials[index]) * up[start + index]
      }
    }
  }

  // d(x σ(z))/dx = σ · (1 + x (1 − σ) dz/dx)
  func productBackward(
    _ gate: UnsafeMutablePointer<Float>, _ up: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, count: Int
  ) {
    forEachChunk(of: gate, count) { start, exponentials, count in
      for index in 0..<count {
        let (x, factor, along) = (gate[start + index], up[start + index], gradient[start + index])
        let sigmoid = 1 / (1 + exponentials[index])
        let rise = Self.slope * (1 + 3 * Self.cube * x * x)
        up[start + index] = along * x * sigmoid
        gate[start + index] = along * factor * sigmoid * (1 + x * (1 - sigmoid) * rise)
      }
    }
  }

  /// Hands over exp(−z) of some numbers at a time.
  private func forEachChunk(
    of x: UnsafePointer<Float>, _ count: Int, _ body: (Int, UnsafeMutablePointer<Float>, Int) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.chunk) { memory in
      let exponentials = memory.baseAddress!
      for start in stride(from: 0, to: count, by: Self.chunk) {
        let length = min(Self.chunk, count - start)
        for index in 0..<length {
          let value = x[start + index]
          exponentials[index] = -Self.slope * value * (1 + Self.cube * value * value)
        }
        _ = kernels.exponentials(exponentials, 0, length)
        body(start, exponentials, length)
      }
    }
  }
}
