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
  /// Panels of a task whose products meet other rows there: so many that pieces of these are long enough to be fetched ahead.
  private static let meetingPanels = 16

  /// dx `[T, in]` = dy W and a term, or that added to what dx holds.
  func multiplyTransposedManyRows(
    _ dy: MatrixView, _ weight: WeightMatrix, _ dx: MatrixView, adding: Bool, term: LowRankPanels? = nil
  ) {
    lend(dy, bfloats) { operand in
      forEachSlice(of: weight) { panels, rows in
        let part = operand.advanced(by: rows.lowerBound, isRounded: bfloats != nil)
        forEachTask(panels, of: Self.taskPanels, dx.rows) { group, tokens in
          let target = dx.row(tokens.lowerBound)
          sweep(
            panels, group, by: part, tokens: tokens, into: target, stride: dx.columns,
            adding: adding || rows.lowerBound > 0)
          if let term, rows.upperBound == weight.rows {
            sweep(term, lanes: panels.lanes(of: group), tokens: tokens, into: target, stride: dx.columns)
          }
        }
      }
    }
  }

  /// Whether all columns of a weight are unpacked together.
  func fitsSlice(_ weight: WeightMatrix) -> Bool { sliceHeight(weight) >= weight.rows }

  /// Hands over dy W and a term piece by piece, on all threads, for a weight that fits a slice.
  ///
  /// - Parameters:
  ///   - prepare: Is told the tokens and the columns of a piece before it is computed.
  ///   - body: Gets the memory of a piece, the numbers from one of its rows to the next, its tokens and its columns.
  func forEachTile(
    of dy: MatrixView, _ weight: WeightMatrix, term: LowRankPanels?,
    preparing prepare: (_ tokens: Range<Int>, _ columns: Range<Int>) -> Void,
    _ body: (UnsafeMutablePointer<Float>, _ stride: Int, _ tokens: Range<Int>, _ columns: Range<Int>) -> Void
  ) {
    let stride = Self.meetingPanels * WeightPanels.width
    lend(dy, bfloats) { operand in
      forEachSlice(of: weight) { panels, _ in
        forEachTask(panels, of: Self.meetingPanels, dy.rows) { group, tokens in
          scratch.lend(Self.sweptTokens * stride) { products in
            let columns = panels.lanes(of: group)
            prepare(tokens, columns)
            // Products go to the place of their panel in a row of all.
            let target = products - columns.lowerBound
            sweep(panels, group, by: operand, tokens: tokens, into: target, stride: stride, adding: false)
            if let term { sweep(term, lanes: columns, tokens: tokens, into: target, stride: stride) }
            body(products, stride, tokens, columns)
          }
        }
      }
    }
  }

  /// Rows of a weight that are unpacked together.
  private func sliceHeight(_ weight: WeightMatrix) -> Int {
    let width = WeightPanels.width
    let fitting = Self.sliceBytes / (MemoryLayout<Float>.size * max(1, weight.columns)) / width * width
    return min(max(width, fitting), (weight.rows + width - 1) / width * width)
  }

  /// Hands over the panels of some rows of a weight after the other.
  private func forEachSlice(of weight: WeightMatrix, _ body: (WeightPanels, Range<Int>) -> Void) {
    let (width, height) = (WeightPanels.width, sliceHeight(weight))
    // Panels are as deep as the slice is high; both numbers are rounded up.
    scratch.lend(height * ((weight.columns + width - 1) / width * width) / (bfloats == nil ? 1 : 2)) { memory in
      for start in stride(from: 0, to: weight.rows, by: height) {
        let rows = start..<min(start + height, weight.rows)
        let panels = WeightPanels(
          memory: UnsafeMutableRawPointer(memory), depth: rows.count, lanes: weight.columns, kernels: kernels,
          bfloats: bfloats)
        pool.runRanges((rows.count + width - 1) / width) { groups in
          scratch.lend(WeightPanels.workspace(columns: weight.columns)) { workspace in
            for row in groups.map({ $0 * width }) {
              panels.fillColumns(row, of: weight, from: rows.lowerBound + row, workspace)
            }
          }
        }
        body(panels, rows)
      }
    }
  }

  /// Runs `body` for `size` panels and some tokens at a time, on all threads.
  private func forEachTask(
    _ panels: WeightPanels, of size: Int, _ count: Int, _ body: (_ group: Range<Int>, _ tokens: Range<Int>) -> Void
  ) {
    let groups = (panels.count + size - 1) / size
    let blocks = (count + Self.sweptTokens - 1) / Self.sweptTokens
    pool.run(groups * blocks) { task in
      let first = task / blocks * size, token = task % blocks * Self.sweptTokens
      body(first..<min(first + size, panels.count), token..<min(token + Self.sweptTokens, count))
    }
  }
}
