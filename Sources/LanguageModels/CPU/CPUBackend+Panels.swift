import CTensorKernels
import Quantization
import TensorCore

// Products of many rows with a weight: some of it is unpacked into panels, over which tiles of tokens sweep.
extension CPUBackend {
  /// Bytes of the panels that a task unpacks and sweeps over: they stay in a core's second-level cache.
  private static let taskBytes = 768 << 10
  /// Rows of a weight that a task takes at least, whole strips of every instruction set.
  private static let smallestTask = 64
  /// Tokens of a thread from which on it unpacks all rows for them itself: then everything that it writes and reads of these
  /// tokens stays in its core's caches, from one product to the next.
  private static let tokensWorthUnpacking = 64
  /// Tasks of a thread, so that all threads end together.
  private static let tasksPerThread = 4

  /// Bytes of an unpacked slice.
  private static let sliceBytes = 8 << 20

  /// Panels of a task that sweeps over a slice.
  private static let taskPanels = 4
  /// Tokens and columns at a time: with four panels 128 KiB of panels and 192 KiB of tokens in float32.
  private static let taskTokens = 96
  private static let taskDepth = 640

  /// ys `[T, out]` = x Wᵀ for weights that share x. Each task unpacks some rows of a weight, and all tokens sweep over them.
  ///
  /// - Parameters:
  ///   - bfloats: What multiplies bfloat16, or nil for float32.
  ///   - fromStrips: Whether weights that have an interleaved layout are unpacked from that.
  func multiplyManyRows(
    _ x: MatrixView, _ weights: [WeightMatrix], _ ys: [MatrixView], bfloats: tk_bfloat_kernels?,
    fromStrips: Bool = false
  ) {
    let parts = fromStrips && x.rows >= Self.tokensWorthUnpacking * pool.threads ? pool.threads : 1
    var tasks: [RowTask] = []
    for part in 0..<parts {
      let tokens = x.rows * part / parts..<x.rows * (part + 1) / parts
      for (weight, y) in zip(weights, ys) {
        let strips = fromStrips ? weight.interleaved : nil
        let height = taskHeight(of: weight, threads: pool.threads, inHalves: bfloats != nil)
        for start in stride(from: 0, to: weight.rows, by: height) {
          let rows = start..<min(start + height, weight.rows)
          tasks.append(RowTask(weight: weight, strips: strips, rows: rows, tokens: tokens, y: y))
        }
      }
    }
    lend(x, bfloats) { operand in
      pool.run(tasks.count) { run(tasks[$0], by: operand, bfloats) }
    }
  }

  private func taskHeight(of weight: WeightMatrix, threads: Int, inHalves: Bool) -> Int {
    let unit = Self.smallestTask
    let fitting = Self.taskBytes / ((inHalves ? 2 : 4) * max(1, weight.columns)) / unit * unit
    let even = (weight.rows / (Self.tasksPerThread * threads) + unit - 1) / unit * unit
    return max(unit, min(fitting, even))
  }

  private func run(_ task: RowTask, by x: PanelOperand, _ bfloats: tk_bfloat_kernels?) {
    let (weight, width) = (task.weight, WeightPanels.width)
    let workspace = WeightPanels.workspace(columns: weight.columns)
    scratch.lend(workspace + (task.rows.count + 31) / 32 * 32 * WeightPanels.evenDepth(weight.columns)) { memory in
      let panels = WeightPanels(
        memory: UnsafeMutableRawPointer(memory + workspace), depth: weight.columns, lanes: task.rows.count,
        kernels: kernels, bfloats: bfloats)
      if let strips = task.strips {
        panels.fill(from: strips, rows: task.rows)
      } else {
        for panel in 0..<panels.count {
          panels.fillRows(panel, of: weight, from: task.rows.lowerBound + panel * width, memory)
        }
      }
      for token in stride(from: task.tokens.lowerBound, to: task.tokens.upperBound, by: Self.taskTokens) {
        sweep(
          panels, 0..<panels.count, by: x, into: task.y, column: task.rows.lowerBound,
          tokens: token..<min(token + Self.taskTokens, task.tokens.upperBound), adding: false)
      }
    }
  }

  /// dx `[T, in]` = dy W: the panels are of columns of the weight.
  ///
  /// A slice of the weight is unpacked on all threads; then tiles of tokens sweep over it. The slice stays in the last-level
  /// cache, a task's panels and tokens in a core's own.
  func multiplyTransposedManyRows(_ dy: MatrixView, _ weight: WeightMatrix, _ dx: MatrixView, adding: Bool) {
    lend(dy, bfloats) { operand in
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
  private func lend(_ x: MatrixView, _ bfloats: tk_bfloat_kernels?, _ body: (PanelOperand) -> Void) {
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
    // Parts of nearly the same depth: a short last one would load and store sums for few products.
    let parts = (panels.depth + Self.taskDepth - 1) / Self.taskDepth
    let depth = (panels.depth / max(1, parts) + 31) / 32 * 32
    for k in stride(from: 0, to: panels.depth, by: max(32, depth)) where !whole.isEmpty {
      panels.multiply(
        panels: whole, over: k..<min(k + depth, panels.depth), by: x, token: tokens.lowerBound,
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

/// Some rows of a weight that one task multiplies some tokens by.
private struct RowTask {
  let weight: WeightMatrix
  /// What the rows are unpacked from; nil for the weight itself.
  let strips: InterleavedWeights?
  let rows: Range<Int>
  let tokens: Range<Int>
  let y: MatrixView
}
