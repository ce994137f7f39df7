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

  /// Turns y = x Wᵀ into what the layer gives; keeps dropout(x) Aᵀ in `reduced`.
  func finish(_ y: MatrixView, of x: MatrixView, reduced: MatrixView?, dropped: Matrix) {
    if let pair, let reduced, let input = reduce(x, into: reduced, dropped: dropped) {
      if let decomposition {
        decomposition.forward(self, pair, input, reduced, into: y)
      } else {
        add(pair, reduced, to: y)
      }
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
    guard let pair, let reduced, let gradient else {
      if let dx { backend.multiplyTransposed(dy, by: weight, into: dx, adding: adding) }
      return
    }
    let input = applyDropout(x, dropped)
    // The gradient of z = x (W + s B A)ᵀ: with DoRA z is multiplied by factors.
    let dz = decomposition?.backward(self, pair, dy, input, reduced, gradient) ?? dy
    let dt = dReduced.view.reshaped(dy.rows, pair.rank)
    backend.multiply(
      dz, transposed: true, by: reduced, transposed: false, into: gradient.b.view, scale: pair.scale, keep: 1)
    func backThroughPair() {
      backend.multiply(dz, transposed: false, by: pair.b.view, transposed: false, into: dt, scale: pair.scale, keep: 0)
      backend.multiply(dt, transposed: true, by: input, transposed: false, into: gradient.a.view, scale: 1, keep: 1)
      if let dx { addInputGradient(pair, dy: dy, dz: dz, dt: dt, dropped, into: dx, adding: adding) }
    }
    // With dropout dz may change on the way.
    if dropout == nil { backend.sharing(dz, backThroughPair) } else { backThroughPair() }
  }

  /// dx = dz W + dt A; what came through dropout goes back through it.
  private func addInputGradient(
    _ pair: LoRAPair, dy: MatrixView, dz: MatrixView, dt: MatrixView, _ dropped: Matrix, into dx: MatrixView,
    adding: Bool
  ) {
    guard let dropout else {
      backend.multiplyTransposed(dz, by: weight, into: dx, adding: adding)
      backend.multiply(dt, transposed: false, by: pair.a.view, transposed: false, into: dx, scale: 1, keep: 1)
      return
    }
    let branch = dropped.view.reshaped(dx.rows, dx.columns)
    backend.multiplyTransposed(dy, by: weight, into: dx, adding: adding)
    backend.multiply(dt, transposed: false, by: pair.a.view, transposed: false, into: branch, scale: 1, keep: 0)
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
