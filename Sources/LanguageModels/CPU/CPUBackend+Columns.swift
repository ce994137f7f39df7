import TensorCore

// What DoRA does to outputs: each column has a factor of its own.
extension CPUBackend {
  package func multiply(columnsOf x: MatrixView, by factors: [Float]) {
    precondition(x.columns == factors.count, "\(factors.count) factors for \(x.columns) columns")
    pool.runRanges(x.rows, minimum: max(1, 16_384 / max(1, x.columns))) { range in
      factors.withUnsafeBufferPointer { factors in
        for row in range {
          let numbers = x.base + row * x.columns
          for column in factors.indices { numbers[column] *= factors[column] }
        }
      }
    }
  }

  package func addProducts(ofColumns x: MatrixView, _ y: MatrixView, times factors: [Float], to sums: MatrixView) {
    precondition(
      x.rows == y.rows && x.columns == y.columns && sums.count == x.columns && factors.count == x.columns,
      "shapes do not fit")
    // A range of columns each, so that sums do not depend on the number of threads.
    pool.runRanges(x.columns, minimum: max(1, 16_384 / max(1, x.rows))) { columns in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: columns.count) { own in
        own.initialize(repeating: 0)
        for row in 0..<x.rows {
          let (a, b) = (x.base + row * x.columns + columns.lowerBound, y.base + row * y.columns + columns.lowerBound)
          for index in own.indices { own[index] += a[index] * b[index] }
        }
        for index in own.indices {
          sums.base[columns.lowerBound + index] += own[index] * factors[columns.lowerBound + index]
        }
      }
    }
  }
}
