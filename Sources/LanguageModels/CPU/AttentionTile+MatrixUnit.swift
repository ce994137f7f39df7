import CTensorKernels
import TensorCore

// Both products of a tile in bfloat16 with float32 sums. Keys, values and weights are laid out for it page by page, which is
// little beside the products of a tile's many rows.
extension AttentionTile {
  /// Positions that the unit sums over at once.
  private static let depth = 32

  /// Lays the keys and values of a page out in pairs; values that are not needed become zero up to whole tiles.
  func pair(_ panels: KeyValuePanels, _ needed: Range<Int>, with unit: tk_bfloat_kernels) {
    let (size, height) = (attention.headSize, KVLayout.pageSize)
    for panel in needed.lowerBound / 16..<(needed.upperBound + 15) / 16 {
      unit.pair(panels.numbers, panels.keys, at: panel * 16 * size, size, into: memory.keyPairs + panel * 16 * size)
    }
    let whole = Self.padded(needed)
    for panel in 0..<memory.paddedSize / 16 {
      let first = panel * 16 * height
      let target = memory.valuePairs + first + whole.lowerBound * 16
      if whole == needed {
        unit.pair(panels.numbers, panels.values, at: first + needed.lowerBound * 16, needed.count, into: target)
      } else {
        panels.withValues(at: first, needed, paddedTo: whole) { numbers, values in
          unit.pair(numbers, values, at: 0, whole.count, into: target)
        }
      }
    }
  }

  /// Scores of some rows, `[rows, 16 · panels]`, into the tile's memory.
  func multiplyKeys(_ panels: Range<Int>, firstRow: Int, rows: Int, with unit: tk_bfloat_kernels) {
    let size = attention.headSize
    unit.tile(
      memory.keyPairs + panels.lowerBound * 16 * size, panels.count, 16 * size, size,
      memory.roundedQueries + firstRow * size, size, rows, memory.scores, memory.scoreWidth, 0)
  }

  /// Adds weights `[rows, positions]` · V to the rows' sums.
  ///
  /// - Parameter weights: Those of the first position, float32.
  func addValues(
    _ positions: Range<Int>, weights: UnsafePointer<Float>, firstRow: Int, rows: Int, with unit: tk_bfloat_kernels
  ) {
    let (whole, height) = (Self.padded(positions), KVLayout.pageSize)
    for row in 0..<rows {
      let line = memory.weights + row * height
      line.update(repeating: 0, count: positions.lowerBound - whole.lowerBound)
      unit.round(weights + row * memory.scoreWidth, positions.count, line + positions.lowerBound - whole.lowerBound)
      (line + positions.upperBound - whole.lowerBound).update(
        repeating: 0, count: whole.upperBound - positions.upperBound)
    }
    unit.tile(
      memory.valuePairs + whole.lowerBound * 16, memory.paddedSize / 16, 16 * height, whole.count, memory.weights,
      height, rows, output(ofRow: firstRow), memory.paddedSize, 1)
  }

  private static func padded(_ positions: Range<Int>) -> Range<Int> {
    positions.lowerBound / depth * depth..<(positions.upperBound + depth - 1) / depth * depth
  }
}

extension tk_bfloat_kernels {
  /// Pairs `count` steps of a panel of floats or halves.
  fileprivate func pair(
    _ numbers: KeyValuePanels.Numbers, _ panels: UnsafeRawPointer, at first: Int, _ count: Int,
    into out: UnsafeMutablePointer<UInt16>
  ) {
    switch numbers {
    case .floats: pair(panels.assumingMemoryBound(to: Float.self) + first, count, out)
    case .halves: pair_halves(panels.assumingMemoryBound(to: UInt16.self) + first, count, out)
    case .bytes: preconditionFailure("bytes are decoded for many rows")
    }
  }
}

extension KeyValuePanels {
  /// Hands over a panel of values at `whole` positions, those that are not needed zero.
  fileprivate func withValues(
    at first: Int, _ needed: Range<Int>, paddedTo whole: Range<Int>, _ body: (Numbers, UnsafeRawPointer) -> Void
  ) {
    let size = if case .halves = numbers { MemoryLayout<UInt16>.size } else { MemoryLayout<Float>.size }
    withUnsafeTemporaryAllocation(byteCount: whole.count * 16 * size, alignment: 64) { padded in
      padded.initializeMemory(as: UInt8.self, repeating: 0)
      (padded.baseAddress! + (needed.lowerBound - whole.lowerBound) * 16 * size).copyMemory(
        from: values + (first + needed.lowerBound * 16) * size, byteCount: needed.count * 16 * size)
      body(numbers, UnsafeRawPointer(padded.baseAddress!))
    }
  }
}
