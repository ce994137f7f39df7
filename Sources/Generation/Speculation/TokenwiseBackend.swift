import LanguageModels
import Quantization
import TensorCore

/// A backend that gives each of a few tokens exactly the numbers that it gets when it is read alone.
///
/// How products are cut into tiles depends on how many rows there are, and float32 sums depend on their order. That is
/// noise, but enough to tip a near tie. Tokens that are guessed and checked together must come out to the bit as they do
/// one by one. So the work on up to ``limit`` tokens is cut in a way that does not depend on their number; longer reads
/// go to the other backend as they are.
struct TokenwiseBackend: ComputeBackend {
  /// The most tokens that are read as if each were alone.
  static let limit = 16

  /// Rows whose products with a weight come out as one row's do: weights are read once for so many.
  private static let alike = 4

  private let base: any ComputeBackend

  init(_ base: any ComputeBackend) { self.base = base }

  func multiply(_ x: MatrixView, by weight: WeightMatrix, into y: MatrixView) {
    if x.rows > Self.limit { return base.multiply(x, by: weight, into: y) }
    for start in stride(from: 0, to: x.rows, by: Self.alike) {
      let rows = start..<min(start + Self.alike, x.rows)
      base.multiply(x[rows], by: weight, into: y[rows])
    }
  }

  func multiply(_ x: MatrixView, by weights: [WeightMatrix], into ys: [MatrixView]) {
    for (weight, y) in zip(weights, ys) { multiply(x, by: weight, into: y) }
  }

  func multiply(
    _ x: MatrixView, by weights: [WeightMatrix], into ys: [MatrixView], rounding: RoundedActivations
  ) {
    if x.rows > Self.limit { return base.multiply(x, by: weights, into: ys, rounding: rounding) }
    // Products with rounded activations sum whole numbers, group by group, whatever the number of rows.
    let exact = weights.indices.filter { weights[$0].interleaved != nil }
    base.multiply(x, by: exact.map { weights[$0] }, into: exact.map { ys[$0] }, rounding: rounding)
    for index in weights.indices where weights[index].interleaved == nil {
      multiply(x, by: weights[index], into: ys[index])
    }
  }

  func multiply(_ x: MatrixView, by weights: [WeightMatrix], with terms: [LowRankTerm?], into ys: [MatrixView]) {
    multiply(x, by: weights, into: ys)
    for case (let term?, let y) in zip(terms, ys) { add(term, to: y) }
  }

  func fusesProducts(ofRows rows: Int) -> Bool { rows > Self.limit && base.fusesProducts(ofRows: rows) }

  func roundsProducts(ofRows rows: Int) -> Bool { rows > Self.limit && base.roundsProducts(ofRows: rows) }

  func feedForward(
    _ x: MatrixView, gate: WeightMatrix, up: WeightMatrix, down: WeightMatrix, by activation: Activation,
    keeping kept: (gate: MatrixView, up: MatrixView)?, into y: MatrixView, adding: Bool
  ) {
    base.feedForward(x, gate: gate, up: up, down: down, by: activation, keeping: kept, into: y, adding: adding)
  }

  func multiply(_ x: MatrixView, by weight: WeightMatrix, addingTo y: MatrixView) {
    base.multiply(x, by: weight, addingTo: y)
  }

  func multiply(
    _ a: MatrixView, transposed aTransposed: Bool, by b: MatrixView, transposed bTransposed: Bool, into c: MatrixView,
    scale: Float, keep: Float
  ) {
    if aTransposed || c.rows > Self.limit {
      return base.multiply(
        a, transposed: aTransposed, by: b, transposed: bTransposed, into: c, scale: scale, keep: keep)
    }
    for row in 0..<c.rows {
      base.multiply(
        a[row..<row + 1], transposed: false, by: b, transposed: bTransposed, into: c[row..<row + 1], scale: scale,
        keep: keep)
    }
  }

  func attend(_ attention: Attention, into out: MatrixView, logSums: MatrixView?) {
    if out.rows > Self.limit { return base.attend(attention, into: out, logSums: logSums) }
    for row in 0..<out.rows {
      let rows = row..<row + 1
      let single = Attention(
        queries: attention.queries[rows], keyValues: attention.keyValues, headSize: attention.headSize,
        offset: attention.offset + row, scale: attention.scale, window: attention.window)
      base.attend(single, into: out[rows], logSums: logSums?[rows])
    }
  }

  func gate(_ gate: MatrixView, _ up: MatrixView, by activation: Activation, into out: MatrixView) {
    if out.rows > Self.limit { return base.gate(gate, up, by: activation, into: out) }
    for row in 0..<out.rows {
      let rows = row..<row + 1
      base.gate(gate[rows], up[rows], by: activation, into: out[rows])
    }
  }
}

// Row by row in any backend, or not part of inference.
extension TokenwiseBackend {
  func normalize(_ x: MatrixView, gain: [Float], epsilon: Float, into y: MatrixView) {
    base.normalize(x, gain: gain, epsilon: epsilon, into: y)
  }

  func add(_ bias: [Float], toRowsOf x: MatrixView) { base.add(bias, toRowsOf: x) }

  func multiply(columnsOf x: MatrixView, by factors: [Float]) { base.multiply(columnsOf: x, by: factors) }

  func addProducts(ofColumns x: MatrixView, _ y: MatrixView, times factors: [Float], to sums: MatrixView) {
    base.addProducts(ofColumns: x, y, times: factors, to: sums)
  }

  func multiplyTransposed(
    _ dy: MatrixView, by weight: WeightMatrix, with term: LowRankTerm?, into dx: MatrixView, adding: Bool
  ) {
    base.multiplyTransposed(dy, by: weight, with: term, into: dx, adding: adding)
  }

  func normalizeBackward(
    _ dy: MatrixView, x: MatrixView, gain: [Float], epsilon: Float, into dx: MatrixView, adding: Bool
  ) {
    base.normalizeBackward(dy, x: x, gain: gain, epsilon: epsilon, into: dx, adding: adding)
  }

  func consuming(_ x: MatrixView, preparing prepare: (Int) -> Void, _ body: () throws -> Void) rethrows {
    try base.consuming(x, preparing: prepare, body)
  }

  func attendBackward(_ sequences: [AttentionGradient]) { base.attendBackward(sequences) }

  func gateBackward(
    _ gate: MatrixView, _ up: MatrixView, by activation: Activation, gradient: MatrixView, _ body: () throws -> Void
  ) rethrows {
    try base.gateBackward(gate, up, by: activation, gradient: gradient, body)
  }

  func gateBackward(
    _ gate: MatrixView, _ up: MatrixView, by activation: Activation, dy: MatrixView, through down: WeightMatrix,
    with term: LowRankTerm?, gradient: MatrixView, _ body: () throws -> Void
  ) rethrows {
    try base.gateBackward(gate, up, by: activation, dy: dy, through: down, with: term, gradient: gradient, body)
  }
}
