import TensorCore

/// What the pair of an adapter adds to a product with the weight beside it: scale · left `[T, r]` right `[r, n]`.
package struct LowRankTerm: Sendable {
  package let left: MatrixView
  /// `[r, n]`, or `[n, r]` if it is transposed.
  package let right: MatrixView
  package let isTransposed: Bool
  package let scale: Float

  package init(_ left: MatrixView, _ right: MatrixView, transposed: Bool, scale: Float) {
    self.left = left
    self.right = right
    isTransposed = transposed
    self.scale = scale
  }
}

extension ComputeBackend {
  /// y += the term.
  package func add(_ term: LowRankTerm, to y: MatrixView) {
    multiply(
      term.left, transposed: false, by: term.right, transposed: term.isTransposed, into: y, scale: term.scale, keep: 1)
  }
}
