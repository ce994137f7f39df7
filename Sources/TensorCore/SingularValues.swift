import COpenBLAS

/// The singular value decomposition of a matrix, W = U diag(S) Vᵀ, by LAPACK's divide and conquer (`sgesdd`), as
/// `torch.linalg.svd` computes it on the CPU.
///
/// Axes: W is `[m, n]`, and `k` is the smaller of both.
package struct SingularValues: Sendable {
  /// U, `[m, k]`.
  package let left: Matrix
  /// S, `[k]`, the largest first.
  package let values: [Float]
  /// Vᵀ, `[k, n]`.
  package let right: Matrix

  /// Decomposes a matrix; `nil` when it has numbers that are not finite.
  ///
  /// - Complexity: O(m · n · k), on one thread.
  package init?(of matrix: Matrix) {
    guard matrix.view.buffer.allSatisfy(\.isFinite) else { return nil }
    MatrixProduct.prepare()
    // LAPACK reads the rows as columns: what it decomposes is Wᵀ = V diag(S) Uᵀ, and it gives V and Uᵀ in columns, which
    // are the rows of Vᵀ and U.
    let (columns, rows, count) = (
      blasint(matrix.columns), blasint(matrix.rows), blasint(min(matrix.rows, matrix.columns))
    )
    let overwritten = matrix.copy()
    let left = Matrix(rows: matrix.rows, columns: Int(count))
    let right = Matrix(rows: Int(count), columns: matrix.columns)
    var singular = [Float](repeating: 0, count: Int(count))
    var integers = [blasint](repeating: 0, count: 8 * Int(count))
    var info: blasint = 0
    func decompose(_ work: inout [Float], _ size: blasint) {
      sgesdd_(
        "S", [columns], [rows], overwritten.view.base, [columns], &singular, right.view.base, [columns], left.view.base,
        [count], &work, [size], &integers, &info, 1)
    }
    // Asked with -1 it says how much memory it wants; the number comes as a float.
    var wanted: [Float] = [0]
    decompose(&wanted, -1)
    let size = max(1, Int(wanted[0].nextUp.rounded(.up)))
    var work = [Float](repeating: 0, count: size)
    decompose(&work, blasint(size))
    guard info == 0 else { return nil }
    self.left = left
    self.right = right
    values = singular
  }
}
