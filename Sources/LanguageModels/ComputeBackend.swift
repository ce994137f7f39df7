import Quantization
import TensorCore

/// Everything that touches weights or costs time, so that another processor can take it over.
///
/// Axes: `T` rows of tokens, `D` hidden, `H`/`K` query and key-value heads, `d` head size. All matrices are float32 and
/// row-major; results are written into views that the caller owns.
package protocol ComputeBackend: Sendable {
  /// y `[T, out]` = x `[T, in]` Wᵀ.
  func multiply(_ x: MatrixView, by weight: WeightMatrix, into y: MatrixView)

  /// dx `[T, in]` = dy `[T, out]` W, or that added to what dx holds.
  func multiplyTransposed(_ dy: MatrixView, by weight: WeightMatrix, into dx: MatrixView, adding: Bool)

  /// C = `scale` · A B + `keep` · C for small float32 matrices, either of them transposed.
  func multiply(
    _ a: MatrixView, transposed aTransposed: Bool, by b: MatrixView, transposed bTransposed: Bool, into c: MatrixView,
    scale: Float, keep: Float)

  /// y = x / √(mean(x²) + ε) · gain, row by row (RMSNorm: Zhang and Sennrich, 2019, arXiv:1910.07467).
  func normalize(_ x: MatrixView, gain: [Float], epsilon: Float, into y: MatrixView)

  /// Adds the gradient of `normalize` to dx.
  func normalizeBackward(_ dy: MatrixView, x: MatrixView, gain: [Float], epsilon: Float, addingTo dx: MatrixView)

  /// Causal attention of the queries of one sequence; see ``Attention``.
  func attend(_ attention: Attention, into out: MatrixView, logSums: MatrixView?)

  /// The gradients of `attend`, written over dq, dk and dv; see ``Attention``.
  func attendBackward(_ sequences: [AttentionGradient])

  /// out = silu(gate) · up.
  func gate(_ gate: MatrixView, _ up: MatrixView, into out: MatrixView)

  /// The gradients of `gate`, written over gate and up.
  func gateBackward(_ gate: MatrixView, _ up: MatrixView, gradient: MatrixView)
}

/// Queries of one sequence and the keys and values that they may look at.
package struct Attention: Sendable {
  /// `[T, H · d]`; row t stands at position `offset + t` and sees keys `0 ... offset + t`.
  package let queries: MatrixView
  /// `[S, K · d]` with S at least `offset + T`.
  package let keys: MatrixView
  /// Shape `[S, K · d]`.
  package let values: MatrixView
  package let headSize: Int
  package let offset: Int

  package init(queries: MatrixView, keys: MatrixView, values: MatrixView, headSize: Int, offset: Int = 0) {
    self.queries = queries
    self.keys = keys
    self.values = values
    self.headSize = headSize
    self.offset = offset
  }

  package var headCount: Int { queries.columns / headSize }
  package var keyValueHeadCount: Int { keys.columns / headSize }
  /// Query heads that share a key and value head.
  package var groupSize: Int { headCount / keyValueHeadCount }
  /// 1 / √d.
  package var scale: Float { 1 / Float(headSize).squareRoot() }
}

/// What the backward pass of attention needs of one sequence and where it writes.
package struct AttentionGradient: Sendable {
  /// The forward pass, with `offset` 0.
  package let attention: Attention
  /// The result of the forward pass, `[T, H · d]`.
  package let output: MatrixView
  /// Logarithms of the sums of exponentials, `[T, H]`, from the forward pass.
  package let logSums: MatrixView
  /// The gradient of the output, `[T, H · d]`.
  package let gradient: MatrixView
  /// Where the gradients go, shapes of queries, keys and values.
  package let dQueries: MatrixView
  package let dKeys: MatrixView
  package let dValues: MatrixView

  package init(
    attention: Attention, output: MatrixView, logSums: MatrixView, gradient: MatrixView, dQueries: MatrixView,
    dKeys: MatrixView, dValues: MatrixView
  ) {
    self.attention = attention
    self.output = output
    self.logSums = logSums
    self.gradient = gradient
    self.dQueries = dQueries
    self.dKeys = dKeys
    self.dValues = dValues
  }
}
