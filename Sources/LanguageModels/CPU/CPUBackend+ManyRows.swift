import CTensorKernels
import Quantization
import TensorCore

// Products of many rows with a weight. Each task unpacks some rows of the weight into panels, which stay in a core's
// second-level cache while tokens sweep over them.
extension CPUBackend {
  /// Bytes of the panels of a task.
  private static let taskBytes = 768 << 10
  /// Rows of a weight that a task takes at least, whole strips of every instruction set.
  private static let smallestTask = 64
  /// Tasks of a thread, so that all threads end together.
  private static let tasksPerThread = 4
  /// Tokens of a thread from which on it unpacks all strips for them itself: then everything that it writes and reads of
  /// these tokens stays in its core's caches, from one product to the next.
  private static let tokensWorthUnpacking = 64

  /// ys `[T, out]` = x Wᵀ for weights that share x, or that added to what they hold.
  ///
  /// - Parameters:
  ///   - bfloats: What multiplies bfloat16, or nil for float32.
  ///   - fromStrips: Whether weights that have an interleaved layout are unpacked from that.
  func multiplyManyRows(
    _ x: MatrixView, _ weights: [WeightMatrix], _ ys: [MatrixView], bfloats: tk_bfloat_kernels?,
    fromStrips: Bool = false, adding: Bool = false, terms: [LowRankPanels?] = []
  ) {
    for (weight, y) in zip(weights, ys) { checkShapes(x, weight, y) }
    lend(x, bfloats) { multiply($0, weights, ys, bfloats, fromStrips: fromStrips, adding: adding, terms: terms) }
  }

  /// The same with x rounded, or as it is, as tiles want it.
  func multiply(
    _ x: PanelOperand, _ weights: [WeightMatrix], _ ys: [MatrixView], _ bfloats: tk_bfloat_kernels?, fromStrips: Bool,
    adding: Bool, terms: [LowRankPanels?] = []
  ) {
    let tasks = tokenParts(ys[0].rows, fromStrips: fromStrips).flatMap { tokens in
      weights.indices.flatMap { index in
        rowTasks([weights[index]], tokens, bfloats, fromStrips: fromStrips).map { (task: $0, index: index) }
      }
    }
    pool.run(tasks.count) { number in
      let (task, index) = tasks[number]
      let y = ys[index]
      run(task, bfloats) { panels, tokens in
        let target = y.row(tokens.lowerBound)
        sweep(
          panels[0], 0..<panels[0].count, by: x, tokens: tokens, into: target + task.rows.lowerBound,
          stride: y.columns, adding: adding)
        if index < terms.count, let term = terms[index] {
          sweep(term, lanes: task.rows, tokens: tokens, into: target, stride: y.columns)
        }
      }
    }
  }

  /// The parts of the tokens that go from product to product on one core.
  func tokenParts(_ count: Int, fromStrips: Bool) -> [Range<Int>] {
    let parts = fromStrips && count >= Self.tokensWorthUnpacking * pool.threads ? pool.threads : 1
    return (0..<parts).map { count * $0 / parts..<count * ($0 + 1) / parts }
  }

  /// The rows of weights of one shape as tasks, for some tokens.
  func rowTasks(
    _ weights: [WeightMatrix], _ tokens: Range<Int>, _ bfloats: tk_bfloat_kernels?, fromStrips: Bool
  ) -> [RowTask] {
    let (unit, rows) = (Self.smallestTask, weights[0].rows)
    let rowBytes = weights.count * weights[0].columns * (bfloats == nil ? 4 : 2)
    let fitting = Self.taskBytes / max(1, rowBytes) / unit * unit
    let even = (rows / (Self.tasksPerThread * pool.threads) + unit - 1) / unit * unit
    let height = max(unit, min(fitting, even))
    let sources = weights.map { (weight: $0, strips: fromStrips ? $0.interleaved : nil) }
    return stride(from: 0, to: rows, by: height).map {
      RowTask(sources: sources, rows: $0..<min($0 + height, rows), tokens: tokens)
    }
  }

  /// Unpacks the rows of a task, and hands over their panels and some tokens at a time.
  func run(
    _ task: RowTask, _ bfloats: tk_bfloat_kernels?, _ body: ([WeightPanels], Range<Int>) -> Void
  ) {
    let (columns, width) = (task.sources[0].weight.columns, WeightPanels.width)
    let workspace = WeightPanels.workspace(columns: columns)
    // A strip may be two panels, of which the rows fill one.
    let lanes = (task.rows.count + 2 * width - 1) / (2 * width) * 2 * width
    let size = lanes * WeightPanels.evenDepth(columns) / (bfloats == nil ? 1 : 2)
    scratch.lend(workspace + task.sources.count * size) { memory in
      let all = task.sources.enumerated().map { index, source in
        let panels = WeightPanels(
          memory: UnsafeMutableRawPointer(memory + workspace + index * size), depth: columns, lanes: task.rows.count,
          kernels: kernels, bfloats: bfloats)
        if let strips = source.strips {
          panels.fill(from: strips, rows: task.rows)
        } else {
          for panel in 0..<panels.count {
            panels.fillRows(panel, of: source.weight, from: task.rows.lowerBound + panel * width, memory)
          }
        }
        return panels
      }
      for token in stride(from: task.tokens.lowerBound, to: task.tokens.upperBound, by: Self.sweptTokens) {
        body(all, token..<min(token + Self.sweptTokens, task.tokens.upperBound))
      }
    }
  }
}

/// Some rows of one or more weights of one shape that a task multiplies some tokens by.
struct RowTask {
  /// Where the rows are unpacked from: the interleaved layout where it is wanted and there is one.
  let sources: [(weight: WeightMatrix, strips: InterleavedWeights?)]
  let rows: Range<Int>
  let tokens: Range<Int>
}
