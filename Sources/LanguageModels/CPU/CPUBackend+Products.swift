import CTensorKernels
import Quantization
import TensorCore

// Products with packed weights. A few tokens: each row is unpacked into the first-level cache and multiplied at once,
// so that weights are read once at the speed of memory. Many tokens: tiles over unpacked panels.
extension CPUBackend {
  /// Rows of x up to which unpacking row by row is faster than a matrix product.
  static let fewRows = 6

  package func multiply(_ x: MatrixView, by weight: WeightMatrix, into y: MatrixView) {
    checkShapes(x, weight, y)
    if x.rows <= Self.fewRows {
      multiplyFewRows(x, weight, y)
    } else {
      multiplyManyRows(x, [weight], [y], bfloats: bfloats)
    }
  }

  package func multiply(_ x: MatrixView, by weights: [WeightMatrix], into ys: [MatrixView]) {
    if x.rows <= Self.fewRows {
      for (weight, y) in zip(weights, ys) { multiply(x, by: weight, into: y) }
      return
    }
    multiplyManyRows(x, weights, ys, bfloats: bfloats)
  }

  /// Makes sure that y `[T, out]` = x `[T, in]` Wᵀ can be.
  func checkShapes(_ x: MatrixView, _ weight: WeightMatrix, _ y: MatrixView) {
    precondition(
      x.columns == weight.columns && y.columns == weight.rows && x.rows == y.rows,
      "[\(x.rows), \(x.columns)] by [\(weight.rows), \(weight.columns)] into [\(y.rows), \(y.columns)]")
  }

  private func multiplyFewRows(_ x: MatrixView, _ weight: WeightMatrix, _ y: MatrixView) {
    pool.runRanges(weight.rows, minimum: max(1, 16_384 / weight.columns)) { range in
      for token in 0..<x.rows {
        weight.multiply(
          rows: range, by: x.base + token * x.columns, into: y.base + token * y.columns + range.lowerBound,
          with: kernels)
      }
    }
  }
}
