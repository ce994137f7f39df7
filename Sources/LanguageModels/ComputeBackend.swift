import Quantization
import TensorCore

/// Everything that touches weights or costs time, so that another processor can take it over.
///
/// Axes: `T` rows of tokens, `D` hidden, `H`/`K` query and key-value heads, `d` head size. All matrices are float32 and
/// row-major; results are written into views that the caller owns.
package protocol ComputeBackend: Sendable {
  /// y `[T, out]` = x `[T, in]` Wᵀ.
  func multiply(_ x: MatrixView, by weight: WeightMatrix, into y: MatrixView)

  /// The same for weights that share x.
  func multiply(_ x: MatrixView, by weights: [WeightMatrix], into ys: [MatrixView])

  /// y `[T, out]` = x Wᵀ for weights that share x, whose numbers are rounded once: to 8 bits for weights that are interleaved, to
  /// bfloat16 for many tokens where that is faster.
  func multiply(_ x: MatrixView, by weights: [WeightMatrix], into ys: [MatrixView], rounding: RoundedActivations)

  /// Whether rounded products of so many rows are fused with what becomes of them, as the next two functions do.
  func fusesProducts(ofRows rows: Int) -> Bool

  /// Whether products of so many rows with a weight round both sides to bfloat16.
  func roundsProducts(ofRows rows: Int) -> Bool

  /// y `[T, D]` = (activation(x Gᵀ) · (x Uᵀ)) Wᵀ in bfloat16, W being `down`, or that added to what y holds; y may be x.
  ///
  /// - Parameter kept: Where x Gᵀ and x Uᵀ go, if they are wanted.
  func feedForward(
    _ x: MatrixView, gate: WeightMatrix, up: WeightMatrix, down: WeightMatrix, by activation: Activation,
    keeping kept: (gate: MatrixView, up: MatrixView)?, into y: MatrixView, adding: Bool)

  /// y `[T, out]` += x Wᵀ in rounded numbers.
  func multiply(_ x: MatrixView, by weight: WeightMatrix, addingTo y: MatrixView)

  /// y `[T, out]` = x Wᵀ and a term, for weights that share x.
  func multiply(_ x: MatrixView, by weights: [WeightMatrix], with terms: [LowRankTerm?], into ys: [MatrixView])

  /// dx `[T, in]` = dy `[T, out]` W and a term, or that added to what dx holds.
  func multiplyTransposed(
    _ dy: MatrixView, by weight: WeightMatrix, with term: LowRankTerm?, into dx: MatrixView, adding: Bool)

  /// C = `scale` · A B + `keep` · C for small float32 matrices, either of them transposed.
  func multiply(
    _ a: MatrixView, transposed aTransposed: Bool, by b: MatrixView, transposed bTransposed: Bool, into c: MatrixView,
    scale: Float, keep: Float)

  /// Does what `body` does; products of x in it may share one rounded copy of x, which must not change meanwhile.
  func sharing(_ x: MatrixView, _ body: () throws -> Void) rethrows

  /// Prepares each row of x on all threads, then does what `body` does, which takes products of x alone: where these round x, a
  /// row is rounded as soon as it is there, and its place taken.
  ///
  /// - Parameter prepare: Fills a row of x, or changes what it holds.
  func consuming(_ x: MatrixView, preparing prepare: (Int) -> Void, _ body: () throws -> Void) rethrows

  /// y = x / √(mean(x²) + ε) · gain, row by row (RMSNorm: Zhang and Sennrich, 2019, arXiv:1910.07467); y may be x.
  func normalize(_ x: MatrixView, gain: [Float], epsilon: Float, into y: MatrixView)

  /// The gradient of `normalize`, written over dx, which may be dy, or added to what dx holds.
  func normalizeBackward(
    _ dy: MatrixView, x: MatrixView, gain: [Float], epsilon: Float, into dx: MatrixView, adding: Bool)

  /// Adds a vector to each row of x.
  func add(_ bias: [Float], toRowsOf x: MatrixView)

  /// Multiplies each column of x by a number of its own, in place.
  func multiply(columnsOf x: MatrixView, by factors: [Float])

  /// Adds Σ x · y over the rows, times a factor, to each column's number in `sums`.
  func addProducts(ofColumns x: MatrixView, _ y: MatrixView, times factors: [Float], to sums: MatrixView)

  /// Causal attention of the queries of one sequence; see ``Attention``.
  func attend(_ attention: Attention, into out: MatrixView, logSums: MatrixView?)

  /// The gradients of `attend`, written over dq, dk and dv; see ``Attention``.
  func attendBackward(_ sequences: [AttentionGradient])

  /// out = activation(gate) · up; out may be gate.
  func gate(_ gate: MatrixView, _ up: MatrixView, by activation: Activation, into out: MatrixView)

  /// The gradients of `gate`, written over gate and up; products of them in `body` may share rounded copies.
  func gateBackward(
    _ gate: MatrixView, _ up: MatrixView, by activation: Activation, gradient: MatrixView, _ body: () throws -> Void
  ) rethrows

  /// The same where the gradient is dy `[T, D]` W and a term, W being `down`.
  ///
  /// - Parameter gradient: Memory for it, which a backend need not use.
  func gateBackward(
    _ gate: MatrixView, _ up: MatrixView, by activation: Activation, dy: MatrixView, through down: WeightMatrix,
    with term: LowRankTerm?, gradient: MatrixView, _ body: () throws -> Void
  ) rethrows
}

extension ComputeBackend {
  package func sharing(_ x: MatrixView, _ body: () throws -> Void) rethrows { try body() }

  /// dx `[T, in]` = dy `[T, out]` W, or that added to what dx holds.
  package func multiplyTransposed(_ dy: MatrixView, by weight: WeightMatrix, into dx: MatrixView, adding: Bool) {
    multiplyTransposed(dy, by: weight, with: nil, into: dx, adding: adding)
  }
}
