import CTensorKernels
import Quantization
import TensorCore

// The product of a backward pass: the panels are of columns of the weight. A slice of it is unpacked on all threads; then
// tiles of tokens sweep over it. The slice stays in the last-level cache, a task's panels and tokens in a core's own.
extension CPUBackend {
  /// Bytes of an unpacked slice.
  private static let sliceBytes = 8 << 20
  /// Panels of a task.
  private static let taskPanels = 4

  /// dx `[T, in]` = dy W, or that added to what dx holds.
  func multiplyTransposedManyRows(_ dy: MatrixView, _ weight: WeightMatrix, _ dx: MatrixView, adding: Bool) {
    lend(dy, bfloats) { operand in
      forEachSlice(of: weight) { memory, rows in
        let panels = WeightPanels(
          memory: memory, depth: rows.count, lanes: weight.columns, kernels: kernels, bfloats: bfloats)
        pool.runRanges((rows.count + WeightPanels.width - 1) / WeightPanels.width) { groups in
          scratch.lend(WeightPanels.workspace(columns: weight.columns)) { workspace in
            for group in groups {
              let row = group * WeightPanels.width
              panels.fillColumns(row, of: weight, from: rows.lowerBound + row, workspace)
            }
          }
        }
        let numberSize = bfloats == nil ? MemoryLayout<Float>.size : MemoryLayout<UInt16>.size
        let part = PanelOperand(base: operand.base + rows.lowerBound * numberSize, stride: operand.stride)
        sweep(panels, by: part, into: dx, adding: adding || rows.lowerBound > 0)
      }
    }
  }

  /// Lends memory for slices of whole panels, one after the other.
  private func forEachSlice(of weight: WeightMatrix, _ body: (UnsafeMutableRawPointer, Range<Int>) -> Void) {
    let width = WeightPanels.width
    let fitting = Self.sliceBytes / (MemoryLayout<Float>.size * max(1, weight.columns)) / width * width
    let height = min(max(width, fitting), (weight.rows + width - 1) / width * width)
    // Panels are as deep as the slice is high; both numbers are rounded up.
    scratch.lend(height * ((weight.columns + width - 1) / width * width) / (bfloats == nil ? 1 : 2)) { memory in
      for start in stride(from: 0, to: weight.rows, by: height) {
        body(UnsafeMutableRawPointer(memory), start..<min(start + height, weight.rows))
      }
    }
  }

  private func sweep(_ panels: WeightPanels, by x: PanelOperand, into y: MatrixView, adding: Bool) {
    let groups = (panels.count + Self.taskPanels - 1) / Self.taskPanels
    let blocks = (y.rows + Self.sweptTokens - 1) / Self.sweptTokens
    pool.run(groups * blocks) { task in
      let first = task / blocks * Self.taskPanels, token = task % blocks * Self.sweptTokens
      sweep(
        panels, first..<min(first + Self.taskPanels, panels.count), by: x,
        tokens: token..<min(token + Self.sweptTokens, y.rows), into: y.row(token), stride: y.columns, adding: adding)
    }
  }
}
