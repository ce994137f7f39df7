import CTensorKernels
import Quantization
import TensorCore

// The gated feed-forward part as one operation in bfloat16: a task's products of gate and up meet in its core's cache, where
// what goes on is rounded.
extension CPUBackend {
  package func roundsProducts(ofRows rows: Int) -> Bool { bfloats != nil && rows > Self.fewRows }

  package func feedForward(
    _ x: MatrixView, gate: WeightMatrix, up: WeightMatrix, down: WeightMatrix, by activation: Activation,
    keeping kept: (gate: MatrixView, up: MatrixView)?, into y: MatrixView, adding: Bool
  ) {
    guard let bfloats = InstructionSet.current.bfloats else { preconditionFailure("products are not fused") }
    precondition(
      gate.rows == up.rows && x.columns == gate.columns && x.columns == up.columns && down.columns == gate.rows
        && y.columns == down.rows && y.rows == x.rows, "shapes do not fit")
    // What is kept is a training's, whose other products unpack the codes themselves.
    let fromStrips = kept == nil
    lendRounded(rows: x.rows, columns: gate.rows) { gated in
      lend(x, bfloats) { operand in
        let tasks = tokenParts(x.rows, fromStrips: fromStrips).flatMap {
          rowTasks([gate, up], $0, bfloats, fromStrips: fromStrips)
        }
        let gating = Gating(x: operand, activation: activation, kept: kept, out: gated)
        pool.run(tasks.count) { run(tasks[$0], gating, bfloats) }
      }
      multiply(gated.operand, [down], [y], bfloats, fromStrips: fromStrips, adding: adding)
    }
  }

  private func run(_ task: RowTask, _ gating: Gating, _ bfloats: tk_bfloat_kernels) {
    let (height, row) = (task.rows.count, task.rows.lowerBound)
    // Products of gate and up side by side where they are not kept, and one row of what they give.
    let products = gating.kept == nil ? 2 * height * Self.sweptTokens : 0
    scratch.lend(products + height) { memory in
      let gated = memory + products
      run(task, bfloats) { panels, tokens in
        let token = tokens.lowerBound
        var (places, stride) = ([memory, memory + height], 2 * height)
        if let kept = gating.kept {
          (places, stride) = ([kept.gate.row(token) + row, kept.up.row(token) + row], kept.gate.columns)
        }
        for (panels, place) in zip(panels, places) {
          sweep(panels, 0..<panels.count, by: gating.x, tokens: tokens, into: place, stride: stride, adding: false)
        }
        for index in 0..<tokens.count {
          let offset = index * stride
          gate(places[0] + offset, places[1] + offset, by: gating.activation, into: gated, count: height)
          bfloats.round(gated, height, gating.out.row(token + index) + row)
        }
      }
    }
  }
}

/// What tasks make of the products of gate and up.
private struct Gating: @unchecked Sendable {
  let x: PanelOperand
  let activation: Activation
  /// Where the products go if they are wanted.
  let kept: (gate: MatrixView, up: MatrixView)?
  let out: RoundedRows
}
