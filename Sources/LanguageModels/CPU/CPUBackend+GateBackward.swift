import CTensorKernels
import Quantization
import TensorCore

// The gradients of the gated part. In bfloat16 they are rounded as soon as they are there, for the products that follow.
extension CPUBackend {
  package func gateBackward(
    _ gate: MatrixView, _ up: MatrixView, by activation: Activation, gradient: MatrixView, _ body: () throws -> Void
  ) rethrows {
    precondition(gate.count == up.count && up.count == gradient.count, "shapes differ")
    guard let bfloats else {
      pool.runRanges(gate.count, minimum: 4096) { range in
        let start = range.lowerBound
        gateBackward(gate.base + start, up.base + start, by: activation, gradient.base + start, count: range.count)
      }
      return try body()
    }
    try lendGradients(gate, up) { rounded in
      pool.runRanges(gate.rows, minimum: max(1, 4096 / max(1, gate.columns))) { rows in
        for row in rows {
          gateBackward(gate.row(row), up.row(row), by: activation, gradient.row(row), count: gate.columns)
          bfloats.round(gate.row(row), gate.columns, rounded.gate.row(row))
          bfloats.round(up.row(row), up.columns, rounded.up.row(row))
        }
      }
      try sharing(gate, up, rounded, body)
    }
  }

  package func gateBackward(
    _ gate: MatrixView, _ up: MatrixView, by activation: Activation, dy: MatrixView, through down: WeightMatrix,
    with term: LowRankTerm?, gradient: MatrixView, _ body: () throws -> Void
  ) rethrows {
    guard let bfloats, fitsSlice(down), term.map({ usesMatrixUnit($0, gradient) }) ?? true else {
      multiplyTransposed(dy, by: down, with: term, into: gradient, adding: false)
      return try gateBackward(gate, up, by: activation, gradient: gradient, body)
    }
    precondition(
      gate.count == up.count && down.columns == gate.columns && down.rows == dy.columns && dy.rows == gate.rows,
      "shapes do not fit")
    try lendGradients(gate, up) { rounded in
      func run(_ term: LowRankPanels?) {
        turnIntoGradients(gate, up, by: activation, dy, through: down, term, rounded, bfloats)
      }
      if let term { lendPanels(of: term, for: gradient, run) } else { run(nil) }
      try sharing(gate, up, rounded, body)
    }
  }

  /// A task's piece of dy W and a term becomes gradients of gate and up while it is in its core's cache.
  private func turnIntoGradients(
    _ gate: MatrixView, _ up: MatrixView, by activation: Activation, _ dy: MatrixView, through down: WeightMatrix,
    _ term: LowRankPanels?, _ rounded: (gate: RoundedRows, up: RoundedRows), _ bfloats: tk_bfloat_kernels
  ) {
    let width = gate.columns
    forEachTile(of: dy, down, term: term) { tokens, columns in
      for base in [gate.row(tokens.lowerBound), up.row(tokens.lowerBound)] {
        tk_prefetch_rows(base + columns.lowerBound, width, tokens.count, columns.count)
      }
    } _: { products, stride, tokens, columns in
      // The first number of each, so that the loop does not count references.
      let place = tokens.lowerBound * width + columns.lowerBound
      let (ofGate, ofUp) = (gate.base + place, up.base + place)
      for index in 0..<tokens.count {
        let (gate, up, token) = (ofGate + index * width, ofUp + index * width, tokens.lowerBound + index)
        gateBackward(gate, up, by: activation, products + index * stride, count: columns.count)
        bfloats.round(gate, columns.count, rounded.gate.row(token) + columns.lowerBound)
        bfloats.round(up, columns.count, rounded.up.row(token) + columns.lowerBound)
      }
    }
  }

  private func lendGradients(
    _ gate: MatrixView, _ up: MatrixView, _ body: ((gate: RoundedRows, up: RoundedRows)) throws -> Void
  ) rethrows {
    try lendRounded(rows: gate.rows, columns: gate.columns) { gate in
      try lendRounded(rows: up.rows, columns: up.columns) { up in try body((gate, up)) }
    }
  }

  private func sharing(
    _ gate: MatrixView, _ up: MatrixView, _ rounded: (gate: RoundedRows, up: RoundedRows), _ body: () throws -> Void
  ) rethrows {
    try sharing(gate, as: rounded.gate.operand) { try sharing(up, as: rounded.up.operand, body) }
  }
}
