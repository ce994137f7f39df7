import CTensorKernels
import Quantization
import TensorCore

// What pairs add to products. On a matrix unit a task adds it to its piece of a product while that is in its core's cache.
extension CPUBackend {
  package func multiply(
    _ x: MatrixView, by weights: [WeightMatrix], with terms: [LowRankTerm?], into ys: [MatrixView]
  ) {
    precondition(weights.count == terms.count && terms.count == ys.count, "counts differ")
    guard x.rows > Self.fewRows else {
      multiply(x, by: weights, into: ys)
      for case (let term?, let y) in zip(terms, ys) { add(term, to: y) }
      return
    }
    lend(terms[...], for: ys[...], behind: []) { multiplyManyRows(x, weights, ys, bfloats: bfloats, terms: $0) }
  }

  package func multiplyTransposed(
    _ dy: MatrixView, by weight: WeightMatrix, with term: LowRankTerm?, into dx: MatrixView, adding: Bool
  ) {
    precondition(
      dy.columns == weight.rows && dx.columns == weight.columns && dy.rows == dx.rows,
      "[\(dy.rows), \(dy.columns)] by [\(weight.rows), \(weight.columns)] into [\(dx.rows), \(dx.columns)]")
    lend(term, for: dx) { multiplyTransposedManyRows(dy, weight, dx, adding: adding, term: $0) }
  }

  /// Lays out the terms of some products, one after the other.
  private func lend(
    _ terms: ArraySlice<LowRankTerm?>, for ys: ArraySlice<MatrixView>, behind laidOut: [LowRankPanels?],
    _ body: ([LowRankPanels?]) -> Void
  ) {
    guard let term = terms.first, let y = ys.first else { return body(laidOut) }
    lend(term, for: y) { lend(terms.dropFirst(), for: ys.dropFirst(), behind: laidOut + [$0], body) }
  }

  /// Lays out a term, nil for what is none; one that is too small for that is added to y behind `body`.
  private func lend(_ term: LowRankTerm?, for y: MatrixView, _ body: (LowRankPanels?) -> Void) {
    guard let term else { return body(nil) }
    if usesMatrixUnit(term, y) { return lendPanels(of: term, for: y, body) }
    body(nil)
    add(term, to: y)
  }

  /// Whether laying out a term pays.
  func usesMatrixUnit(_ term: LowRankTerm, _ y: MatrixView) -> Bool { usesMatrixUnit(y.count * term.left.columns) }

  /// Lays out a term that is added to a product of the shape of y.
  func lendPanels(of term: LowRankTerm, for y: MatrixView, _ body: (LowRankPanels) throws -> Void) rethrows {
    guard let bfloats else { preconditionFailure("a term is laid out for bfloat16 alone") }
    let (left, right) = scaled(term.left, term.right, by: term.scale)
    let product = UnitProduct(
      a: left, aTransposed: false, b: right, bTransposed: term.isTransposed, c: y, isTurned: false, adding: true)
    try lendOperands(of: product, bfloats) { left, right in
      let panels = WeightPanels(
        memory: UnsafeMutableRawPointer(right), depth: product.depth, lanes: y.columns, kernels: kernels,
        bfloats: bfloats)
      try body(LowRankPanels(panels: panels, x: PanelOperand(base: left, stride: product.depth)))
    }
  }
}

/// A term as tiles want it.
struct LowRankPanels {
  let panels: WeightPanels
  let x: PanelOperand
}
