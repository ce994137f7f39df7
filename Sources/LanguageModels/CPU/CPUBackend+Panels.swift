import CTensorKernels
import Quantization
import TensorCore

// Products of many rows with a weight. A slice of the weight is unpacked into panels on all threads; then tiles of tokens
// sweep over them. The slice stays in the last-level cache; a task's panels and tokens stay in a core's own.
extension CPUBackend {
  /// Bytes of an unpacked slice.
  private static let sliceBytes = 8 << 20

  /// Panels and tokens of a task, and columns at a time: 128 KiB of panels, 192 KiB of tokens in float32.
  private static let taskPanels = 4
  private static let taskTokens = 96
  private static let taskDepth = 512

  /// y `[T, out]` = x Wᵀ: the panels are of rows of the weight.
  func multiplyManyRows(_ x: MatrixView, _ weights: [WeightMatrix], _ ys: [MatrixView]) {
    lend(x) { operand in
      for (weight, y) in zip(weights, ys) {
        forEachSlice(of: weight, depth: weight.columns) { memory, rows in
          let panels = panels(memory, depth: weight.columns, lanes: rows.count)
          unpack(weight, panels.count) { panel, workspace in
            panels.fillRows(panel, of: weight, from: rows.lowerBound + panel * WeightPanels.width, workspace)
          }
          sweep(panels, by: operand, into: y, column: rows.lowerBound, adding: false)
        }
      }
    }
  }

  /// dx `[T, in]` = dy W: the panels are of columns of the weight.
  func multiplyTransposedManyRows(_ dy: MatrixView, _ weight: WeightMatrix, _ dx: MatrixView, adding: Bool) {
    lend(dy) { operand in
      forEachSlice(of: weight, depth: weight.columns) { memory, rows in
        let panels = panels(memory, depth: rows.count, lanes: weight.columns)
        unpack(weight, (rows.count + WeightPanels.width - 1) / WeightPanels.width) { group, workspace in
          let row = group * WeightPanels.width
          panels.fillColumns(row, of: weight, from: rows.lowerBound + row, workspace)
        }
        let numberSize = bfloats == nil ? MemoryLayout<Float>.size : MemoryLayout<UInt16>.size
        let part = PanelOperand(base: operand.base + rows.lowerBound * numberSize, stride: operand.stride)
        sweep(panels, by: part, into: dx, column: 0, adding: adding || rows.lowerBound > 0)
      }
    }
  }

  private func panels(_ memory: UnsafeMutableRawPointer, depth: Int, lanes: Int) -> WeightPanels {
    WeightPanels(memory: memory, depth: depth, lanes: lanes, kernels: kernels, bfloats: bfloats)
  }

  /// Hands over the rows as tiles want them.
  private func lend(_ x: MatrixView, _ body: (PanelOperand) -> Void) {
    guard let bfloats else { return body(PanelOperand(base: x.base, stride: x.columns)) }
    let stride = WeightPanels.evenDepth(x.columns)
    scratch.lend(x.rows * stride / 2) { memory in
      let rounded = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: UInt16.self)
      pool.runRanges(x.rows, minimum: max(1, 16_384 / stride)) { rows in
        for row in rows {
          bfloats.round(x.row(row), x.columns, rounded + row * stride)
          if stride > x.columns { rounded[row * stride + x.columns] = 0 }
        }
      }
      body(PanelOperand(base: rounded, stride: stride))
    }
  }

  /// Lends memory for slices of whole panels, one after the other.
  private func forEachSlice(
    of weight: WeightMatrix, depth: Int, _ body: (UnsafeMutableRawPointer, Range<Int>) -> Void
  ) {
    let width = WeightPanels.width
    let fitting = Self.sliceBytes / (MemoryLayout<Float>.size * max(1, weight.columns)) / width * width
    let height = min(max(width, fitting), (weight.rows + width - 1) / width * width)
    // Panels of columns are as deep as the slice is high; either way both numbers are rounded up.
    scratch.lend(height * ((weight.columns + width - 1) / width * width)) { memory in
      for start in stride(from: 0, to: weight.rows, by: height) {
        body(UnsafeMutableRawPointer(memory), start..<min(start + height, weight.rows))
      }
    }
  }

  /// Runs a part of the unpacking for each index, with memory to work in.
  private func unpack(_ weight: WeightMatrix, _ count: Int, _ body: (Int, UnsafeMutablePointer<Float>) -> Void) {
    pool.runRanges(count) { range in
      scratch.lend(WeightPanels.workspace(columns: weight.columns)) { workspace in
        for index in range { body(index, workspace) }
      }
    }
  }

  /// y at some columns = the panels times each row of x, or that added to what y holds.
  private func sweep(_ panels: WeightPanels, by x: PanelOperand, into y: MatrixView, column: Int, adding: Bool) {
    let groups = (panels.count + Self.taskPanels - 1) / Self.taskPanels
    let blocks = (y.rows + Self.taskTokens - 1) / Self.taskTokens
    pool.run(groups * blocks) { task in
      let first = task / blocks * Self.taskPanels, token = task % blocks * Self.taskTokens
      let group = first..<min(first + Self.taskPanels, panels.count)
      sweep(
        panels, group, by: x, into: y, column: column, tokens: token..<min(token + Self.taskTokens, y.rows),
        adding: adding)
    }
  }

  private func sweep(
    _ panels: WeightPanels, _ group: Range<Int>, by x: PanelOperand, into y: MatrixView, column: Int,
    tokens: Range<Int>, adding: Bool
  ) {
    let width = WeightPanels.width
    let whole = group.lowerBound..<min(group.upperBound, panels.lanes / width)
    for k in stride(from: 0, to: panels.depth, by: Self.taskDepth) where !whole.isEmpty {
      panels.multiply(
        panels: whole, over: k..<min(k + Self.taskDepth, panels.depth), by: x, token: tokens.lowerBound,
        tokens: tokens.count, into: y.row(tokens.lowerBound) + column + whole.lowerBound * width, stride: y.columns,
        adding: adding || k > 0)
    }
    guard whole.upperBound < group.upperBound else { return }
    // A panel that is filled in part: its other lanes must not be written.
    let rest = panels.lanes - whole.upperBound * width
    withUnsafeTemporaryAllocation(of: Float.self, capacity: tokens.count * width) { products in
      let base = products.baseAddress!
      panels.multiply(
        panels: whole.upperBound..<group.upperBound, over: 0..<panels.depth, by: x, token: tokens.lowerBound,
        tokens: tokens.count, into: base, stride: width, adding: false)
      for token in tokens {
        let to = y.row(token) + column + whole.upperBound * width, from = base + (token - tokens.lowerBound) * width
        for lane in 0..<rest { to[lane] = adding ? to[lane] + from[lane] : from[lane] }
      }
    }
  }
}
