import LanguageModels
import ModelFiles
import Quantization
import TensorCore

/// A frozen linear layer and, where it is a target, the pair beside it: y = x Wᵀ + bias + s · (dropout(x) Aᵀ) Bᵀ.
struct AdaptedLayer {
  let backend: any ComputeBackend
  let weight: WeightMatrix
  /// Frozen as the weight is; it has no part in the backward pass.
  let bias: [Float]?
  let pair: LoRAPair?
  let dropout: Dropout?

  /// Writes y; keeps dropout(x) Aᵀ in `reduced`.
  func forward(_ x: MatrixView, into y: MatrixView, reduced: MatrixView?, dropped: Matrix) {
    backend.multiply(x, by: weight, into: y)
    if let bias { backend.add(bias, toRowsOf: y) }
    guard let pair, let reduced else { return }
    let input = applyDropout(x, dropped)
    backend.multiply(input, transposed: false, by: pair.a.view, transposed: true, into: reduced, scale: 1, keep: 0)
    backend.multiply(reduced, transposed: false, by: pair.b.view, transposed: true, into: y, scale: pair.scale, keep: 1)
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
    if let dx { backend.multiplyTransposed(dy, by: weight, into: dx, adding: adding) }
    guard let pair, let reduced, let gradient else { return }
    let dt = dReduced.view.reshaped(dy.rows, pair.rank)
    backend.multiply(
      dy, transposed: true, by: reduced, transposed: false, into: gradient.b.view, scale: pair.scale, keep: 1)
    backend.multiply(dy, transposed: false, by: pair.b.view, transposed: false, into: dt, scale: pair.scale, keep: 0)
    let input = applyDropout(x, dropped)
    backend.multiply(dt, transposed: true, by: input, transposed: false, into: gradient.a.view, scale: 1, keep: 1)
    guard let dx else { return }
    guard let dropout else {
      backend.multiply(dt, transposed: false, by: pair.a.view, transposed: false, into: dx, scale: 1, keep: 1)
      return
    }
    let branch = dropped.view.reshaped(x.rows, x.columns)
    backend.multiply(dt, transposed: false, by: pair.a.view, transposed: false, into: branch, scale: 1, keep: 0)
    dropout.apply(branch, into: branch)
    dx.add(branch)
  }

  private func applyDropout(_ x: MatrixView, _ dropped: Matrix) -> MatrixView {
    guard let dropout else { return x }
    let view = dropped.view.reshaped(x.rows, x.columns)
    dropout.apply(x, into: view)
    return view
  }
}
