import CTensorKernels
import TensorCore

extension CPUBackend {
  package func normalize(_ x: MatrixView, gain: [Float], epsilon: Float, into y: MatrixView) {
    precondition(x.count == y.count && gain.count == x.columns, "shapes differ")
    let kernels = kernels
    gain.withUnsafeBufferPointer { gain in
      let gains = gain.baseAddress!
      pool.runRanges(x.rows, minimum: 32) { range in
        let (columns, xs, ys) = (x.columns, x.base, y.base)
        for row in range {
          let (source, target) = (xs + row * columns, ys + row * columns)
          let inverse = Self.inverseRootMeanSquare(kernels.sum_of_squares(source, columns), columns, epsilon)
          for column in 0..<columns { target[column] = source[column] * inverse * gains[column] }
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
          let (columns, dys, xs, dxs) = (x.columns, dy.base, x.base, dx.base)
          for row in range {
            let (gradient, source, target) = (dys + row * columns, xs + row * columns, dxs + row * columns)
            let inverse = Self.inverseRootMeanSquare(kernels.sum_of_squares(source, columns), columns, epsilon)
            for column in 0..<columns { weighted[column] = gradient[column] * gains[column] }
            let along = kernels.dot(weighted, source, columns)
            if !adding { target.update(repeating: 0, count: columns) }
            kernels.add_scaled(inverse, weighted, target, columns)
            kernels.add_scaled(-inverse * inverse * inverse * along / Float(columns), source, target, columns)
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
