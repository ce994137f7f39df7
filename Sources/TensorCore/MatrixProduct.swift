import COpenBLAS

/// Float32 matrix products by OpenBLAS, one thread a call: the engine's own pool splits the work.
package enum MatrixProduct {
  /// Prepares OpenBLAS: its threads would compete with the pool's for the same processors.
  private static let configured: Void = openblas_set_num_threads(1)

  /// Makes sure that OpenBLAS is prepared, for its other functions.
  static func prepare() { _ = configured }

  /// A matrix as OpenBLAS sees it: rows lie `stride` numbers apart.
  package struct Operand: @unchecked Sendable {
    let base: UnsafePointer<Float>
    let stride: Int
    let transposed: Bool

    package init(_ base: UnsafePointer<Float>, stride: Int, transposed: Bool = false) {
      self.base = base
      self.stride = stride
      self.transposed = transposed
    }

    /// A whole view, or its transpose.
    package init(_ view: MatrixView, transposed: Bool = false) {
      self.init(view.base, stride: view.columns, transposed: transposed)
    }
  }

  /// C `[m, n]` = `scale` · A `[m, k]` · B `[k, n]` + `keep` · C.
  ///
  /// Shapes are those after transposition; the caller answers for the memory behind the operands.
  package static func multiply(
    _ m: Int, _ n: Int, _ k: Int, _ a: Operand, _ b: Operand, into c: UnsafeMutablePointer<Float>, stride: Int,
    scale: Float = 1, keep: Float = 0
  ) {
    _ = configured
    if m == 0 || n == 0 { return }
    cblas_sgemm(
      CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans, b.transposed ? CblasTrans : CblasNoTrans,
      blasint(m), blasint(n), blasint(k), scale, a.base, blasint(a.stride), b.base, blasint(b.stride), keep, c,
      blasint(stride))
  }

  /// C = A Bᵀ or with either side transposed, over whole views; `keep` 1 adds to what C holds.
  package static func multiply(
    _ a: MatrixView, transposed aTransposed: Bool = false, by b: MatrixView, transposed bTransposed: Bool = false,
    into c: MatrixView, scale: Float = 1, keep: Float = 0
  ) {
    let (m, k) = aTransposed ? (a.columns, a.rows) : (a.rows, a.columns)
    let (k2, n) = bTransposed ? (b.columns, b.rows) : (b.rows, b.columns)
    precondition(
      k == k2 && c.rows == m && c.columns == n, "[\(m), \(k)] x [\(k2), \(n)] into [\(c.rows), \(c.columns)]")
    multiply(
      m, n, k, Operand(a, transposed: aTransposed), Operand(b, transposed: bTransposed), into: c.base, stride: n,
      scale: scale, keep: keep)
  }

  /// The name of the kernels that OpenBLAS chose for this processor.
  package static var coreName: String { String(cString: openblas_get_corename()) }

  /// OpenBLAS's own description of how it was built.
  package static var configuration: String { String(cString: openblas_get_config()) }
}
