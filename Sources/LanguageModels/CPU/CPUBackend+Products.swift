import CTensorKernels
import Quantization
import TensorCore

// Products with packed weights. A few tokens: each row is unpacked into the first-level cache and multiplied at once,
// so that weights are read once at the speed of memory. Many tokens: panels of rows are unpacked for OpenBLAS.
extension CPUBackend {
  /// Rows of x up to which unpacking row by row is faster than a matrix product.
  private static let fewRows = 6

  /// Numbers in an unpacked panel: 16 MiB, half of a usual third-level cache.
  private static let panelSize = 4 << 20

  package func multiply(_ x: MatrixView, by weight: WeightMatrix, into y: MatrixView) {
    precondition(
      x.columns == weight.columns && y.columns == weight.rows && x.rows == y.rows,
      "[\(x.rows), \(x.columns)] by [\(weight.rows), \(weight.columns)] into [\(y.rows), \(y.columns)]")
    if x.rows <= Self.fewRows { multiplyFewRows(x, weight, y) } else { multiplyManyRows(x, weight, y) }
  }

  package func multiplyTransposed(_ dy: MatrixView, by weight: WeightMatrix, into dx: MatrixView, adding: Bool) {
    precondition(
      dy.columns == weight.rows && dx.columns == weight.columns && dy.rows == dx.rows,
      "[\(dy.rows), \(dy.columns)] by [\(weight.rows), \(weight.columns)] into [\(dx.rows), \(dx.columns)]")
    forEachPanel(of: weight) { panel, rows in
      let keep: Float = adding || rows.lowerBound > 0 ? 1 : 0
      split(dx.rows) { tokens in
        MatrixProduct.multiply(
          tokens.count, weight.columns, rows.count,
          .init(dy.base + tokens.lowerBound * dy.columns + rows.lowerBound, stride: dy.columns),
          .init(panel, stride: weight.columns), into: dx.row(tokens.lowerBound), stride: dx.columns, keep: keep)
      }
    }
  }

  package func multiply(
    _ a: MatrixView, transposed aTransposed: Bool, by b: MatrixView, transposed bTransposed: Bool, into c: MatrixView,
    scale: Float, keep: Float
  ) {
    let inner = aTransposed ? a.rows : a.columns
    precondition(
      (aTransposed ? a.columns : a.rows) == c.rows && (bTransposed ? b.columns : b.rows) == inner
        && (bTransposed ? b.rows : b.columns) == c.columns, "shapes do not fit")
    let right = MatrixProduct.Operand(b, transposed: bTransposed)
    func rows(_ range: Range<Int>) {
      let left = MatrixProduct.Operand(
        a.base + range.lowerBound * (aTransposed ? 1 : a.columns), stride: a.columns, transposed: aTransposed)
      MatrixProduct.multiply(
        range.count, c.columns, inner, left, right, into: c.row(range.lowerBound), stride: c.columns, scale: scale,
        keep: keep)
    }
    // Below some 100,000 operations waking a thread costs more than it gives.
    if c.rows * c.columns * inner < 1 << 17 { rows(0..<c.rows) } else { split(c.rows, rows) }
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

  private func multiplyManyRows(_ x: MatrixView, _ weight: WeightMatrix, _ y: MatrixView) {
    forEachPanel(of: weight) { panel, rows in
      split(x.rows) { tokens in
        MatrixProduct.multiply(
          tokens.count, rows.count, weight.columns, .init(x.row(tokens.lowerBound), stride: x.columns),
          .init(panel, stride: weight.columns, transposed: true),
          into: y.base + tokens.lowerBound * y.columns + rows.lowerBound, stride: y.columns)
      }
    }
  }

  /// Unpacks the weight panel by panel, on all threads, and hands each over.
  private func forEachPanel(of weight: WeightMatrix, _ body: (UnsafeMutablePointer<Float>, Range<Int>) -> Void) {
    let height = max(1, min(weight.rows, Self.panelSize / weight.columns))
    scratch.lend(height * weight.columns) { panel in
      for start in stride(from: 0, to: weight.rows, by: height) {
        let rows = start..<min(start + height, weight.rows)
        pool.runRanges(rows.count, minimum: 16) { part in
          if part.isEmpty { return }
          weight.decode(
            rows: start + part.lowerBound..<start + part.upperBound, into: panel + part.lowerBound * weight.columns)
        }
        body(panel, rows)
      }
    }
  }

  /// Splits rows evenly, one range for each thread: OpenBLAS is fastest on large pieces.
  private func split(_ count: Int, _ body: (Range<Int>) -> Void) {
    let pieces = max(1, min(pool.threads, count))
    pool.run(pieces) { piece in body(count * piece / pieces..<count * (piece + 1) / pieces) }
  }
}
