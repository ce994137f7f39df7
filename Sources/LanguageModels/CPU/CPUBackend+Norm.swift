import CTensorKernels
import TensorCore

extension CPUBackend {
  package func normalize(_ x: MatrixView, gain: [Float], epsilon: Float, into y: MatrixView) {
    precondition(x.count == y.count && gain.count == x.columns, "shapes differ")
    let kernels = kernels
    gain.withUnsafeBufferPointer { gain in
      let gains = gain.baseAddress!
      pool.runRanges(x.rows, minimum: 32) { range in
        for row in range {
          let (source, target) = (x.row(row), y.row(row))
          let inverse = Self.inverseRootMeanSquare(kernels.sum_of_squares(source, x.columns), x.columns, epsilon)
          for column in 0..<x.columns { target[column] = source[column] * inverse * gains[column] }
        }
      }
    }
  }

  // With r = 1/√(mean(x²) + ε) and s = Σ dy·gain·x:  dx = r·(dy·gain) − x·r³·s/D.
  package func normalizeBackward(
    _ dy: MatrixView, x: MatrixView, gain: [Float], epsilon: Float, into dx: MatrixView, adding: Bool
  ) {
    precondition(x.count == dy.count && dx.count == x.count && gain.count == x.columns, "shapes differ")
    let kernels = kernels
    gain.withUnsafeBufferPointer { gain in
      let gains = gain.baseAddress!
      pool.runRanges(x.rows, minimum: 32) { range in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: x.columns) { scaled in
          let weighted = scaled.baseAddress!
          for row in range {
            let (gradient, source, target) = (dy.row(row), x.row(row), dx.row(row))
            let inverse = Self.inverseRootMeanSquare(kernels.sum_of_squares(source, x.columns), x.columns, epsilon)
            for column in 0..<x.columns { weighted[column] = gradient[column] * gains[column] }
            let along = kernels.dot(weighted, source, x.columns)
            if !adding { target.update(repeating: 0, count: x.columns) }
            kernels.add_scaled(inverse, weighted, target, x.columns)
            kernels.add_scaled(-inverse * inverse * inverse * along / Float(x.columns), source, target, x.columns)
          }
        }
      }
    }
  }

  package func add(_ bias: [Float], toRowsOf x: MatrixView) {
    precondition(bias.count == x.columns, "\(bias.count) numbers for \(x.columns) columns")
    let kernels = kernels
    bias.withUnsafeBufferPointer { bias in
      let numbers = bias.baseAddress!
      pool.runRanges(x.rows, minimum: 32) { range in
        for row in range { kernels.add_scaled(1, numbers, x.row(row), x.columns) }
      }
    }
  }

  private static func inverseRootMeanSquare(_ sumOfSquares: Float, _ count: Int, _ epsilon: Float) -> Float {
    1 / (sumOfSquares / Float(count) + epsilon).squareRoot()
  }
}
