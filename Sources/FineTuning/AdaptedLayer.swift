import LanguageModels
import ModelFiles
import Quantization
import TensorCore

/// A frozen linear layer and, where it is a target, the pair beside it: y = x Wᵀ + s · (dropout(x) Aᵀ) Bᵀ + bias.
///
/// What DoRA makes of it is in `WeightDecomposition.swift`.
struct AdaptedLayer {
  let backend: any ComputeBackend
  let weight: WeightMatrix
  /// Frozen as the weight is; it has no part in the backward pass.
  let bias: [Float]?
  let pair: LoRAPair?
  let dropout: Dropout?
  /// With DoRA the lengths by which it divides.
  let decomposition: WeightDecomposition?

  /// What the pair adds to y = x Wᵀ, or nil; keeps dropout(x) Aᵀ in `reduced`.
  func term(of x: MatrixView, reduced: MatrixView?, dropped: Matrix) -> LowRankTerm? {
    guard let pair, let reduced, decomposition == nil else { return nil }
    reduce(x, into: reduced, dropped: dropped)
    return LowRankTerm(reduced, pair.b.view, transposed: true, scale: pair.scale)
  }

  /// Turns y = x Wᵀ and the pair's term into what the layer gives.
  func finish(_ y: MatrixView, of x: MatrixView, reduced: MatrixView?, dropped: Matrix) {
    if let decomposition, let pair, let reduced, let input = reduce(x, into: reduced, dropped: dropped) {
      decomposition.forward(self, pair, input, reduced, into: y)
    }
    if let bias { backend.add(bias, toRowsOf: y) }
  }

  /// Writes dropout(x) Aᵀ, all that the backward pass needs of the forward one; returns dropout(x), or nil without a pair.
  @discardableResult
  func reduce(_ x: MatrixView, into reduced: MatrixView, dropped: Matrix) -> MatrixView? {
    guard let pair else { return nil }
    let input = applyDropout(x, dropped)
    backend.multiply(input, transposed: false, by: pair.a.view, transposed: true, into: reduced, scale: 1, keep: 0)
    return input
  }

  /// Adds to the pair's gradients and, unless `dx` is nil, computes the gradient of x.
  ///
  /// - Parameters:
  ///   - reduced: dropout(x) Aᵀ from the forward pass.
  ///   - adding: Whether to add to what dx holds.
  func backward(
    _ dy: MatrixView, x: MatrixView, reduced: MatrixView?, gradient: LoRAPair?, dReduced: Matrix, dropped: Matrix,
    into dx: MatrixView?, adding: Bool
  ) {
    backwardThroughPair(dy, x: x, reduced: reduced, gradient: gradient, dReduced: dReduced, dropped: dropped) {
      dz, term in
      guard let dx else { return }
      if let dropout, let term {
        addInputGradient(dropout, dy: dy, dz: dz, term, dropped, into: dx, adding: adding)
      } else {
        backend.multiplyTransposed(dz, by: weight, with: term, into: dx, adding: adding)
      }
    }
  }

  /// Adds to the pair's gradients.
  ///
  /// - Parameter body: Gets the gradient of z = x (W + s B A)ᵀ and the term that the pair adds to that of x.
  func backwardThroughPair(
    _ dy: MatrixView, x: MatrixView, reduced: MatrixView?, gradient: LoRAPair?, dReduced: Matrix, dropped: Matrix,
    _ body: (_ dz: MatrixView, LowRankTerm?) throws -> Void
  ) rethrows {
    guard let pair, let reduced, let gradient else { return try body(dy, nil) }
    let input = applyDropout(x, dropped)
    // With DoRA z is multiplied by factors.
    let dz = decomposition?.backward(self, pair, dy, input, reduced, gradient) ?? dy
    let dt = dReduced.view.reshaped(dy.rows, pair.rank)
    backend.multiply(
      dz, transposed: true, by: reduced, transposed: false, into: gradient.b.view, scale: pair.scale, keep: 1)
    func backThroughPair() throws {
      backend.multiply(dz, transposed: false, by: pair.b.view, transposed: false, into: dt, scale: pair.scale, keep: 0)
      backend.multiply(dt, transposed: true, by: input, transposed: false, into: gradient.a.view, scale: 1, keep: 1)
      try body(dz, LowRankTerm(dt, pair.a.view, transposed: false, scale: 1))
    }
    // With dropout dz may change on the way.
    if dropout == nil { try backend.sharing(dz, backThroughPair) } else { try backThroughPair() }
  }

  /// dx = dy W and what came through dropout, which goes back through it.
  private func addInputGradient(
    _ dropout: Dropout, dy: MatrixView, dz: MatrixView, _ term: LowRankTerm, _ dropped: Matrix, into dx: MatrixView,
    adding: Bool
  ) {
    let branch = dropped.view.reshaped(dx.rows, dx.columns)
    backend.multiplyTransposed(dy, by: weight, into: dx, adding: adding)
    backend.multiply(
      term.left, transposed: false, by: term.right, transposed: term.isTransposed, into: branch, scale: term.scale,
      keep: 0)
    if decomposition != nil {
      dz.subtract(dy)
      backend.multiplyTransposed(dz, by: weight, into: branch, adding: true)
    }
    dropout.apply(branch, into: branch)
    dx.add(branch)
  }

  /// y += s · reduced Bᵀ.
  func add(_ pair: LoRAPair, _ reduced: MatrixView, to y: MatrixView) {
    backend.multiply(reduced, transposed: false, by: pair.b.view, transposed: true, into: y, scale: pair.scale, keep: 1)
  }

  private func applyDropout(_ x: MatrixView, _ dropped: Matrix) -> MatrixView {
    guard let dropout else { return x }
    let view = dropped.view.reshaped(x.rows, x.columns)
    dropout.apply(x, into: view)
    return view
  }
}
