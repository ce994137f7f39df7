import CTensorKernels
import TensorCore

/// Some queries of all heads that share a key and value head, and the softmax over the keys that they have met so far.
///
/// Row `t · G + h` is query t of the group's head h, with G heads in a group: neighbours see the same keys.
/// Dao et al., "FlashAttention", 2022, arXiv:2205.14135.
struct AttentionTile {
  let attention: Attention
  let keyValueHead: Int
  /// Queries of the tile.
  let queries: Range<Int>
  let backend: CPUBackend
  /// What multiplies bfloat16 in whole tiles; nil for products in float32.
  let unit: tk_bfloat_kernels?
  let memory: AttentionTileMemory

  /// Queries whose scores are there at once: those of few enough that all of a page's scores stay in the first-level
  /// cache, and that little is computed above the diagonal; for whole tiles twice as many.
  static func step(unit: tk_bfloat_kernels?) -> Int { unit == nil ? 16 : 32 }

  /// Rows up to which bytes are multiplied as they are; from then on decoding them once pays.
  private static let fewRows = 8

  /// - Parameter memory: Numbers of ``AttentionTileMemory/count(_:queries:unit:)``.
  init(
    _ attention: Attention, keyValueHead: Int, queries: Range<Int>, memory: UnsafeMutablePointer<Float>,
    backend: CPUBackend, unit: tk_bfloat_kernels?
  ) {
    self.attention = attention
    self.keyValueHead = keyValueHead
    self.queries = queries
    self.backend = backend
    self.unit = unit
    self.memory = AttentionTileMemory(attention, queries: queries.count, unit: unit, at: memory)
    takeQueries()
  }

  /// Rows of the tile.
  var rowCount: Int { queries.count * attention.groupSize }

  /// Σ exp(score − maximum) · value of a row, `[d]`, of the keys met so far.
  func output(ofRow row: Int) -> UnsafeMutablePointer<Float> { memory.output + row * memory.paddedSize }

  /// Copies the queries side by side, scaled, and begins with no key met.
  private func takeQueries() {
    let (size, group) = (attention.headSize, attention.groupSize)
    for row in 0..<queries.count {
      let source = attention.queries.row(queries.lowerBound + row) + keyValueHead * group * size
      let target = memory.queries + row * group * size
      for index in 0..<group * size { target[index] = source[index] * attention.scale }
    }
    unit?.round(memory.queries, rowCount * size, memory.roundedQueries)
    memory.output.update(repeating: 0, count: rowCount * memory.paddedSize)
    memory.maxima.update(repeating: -.infinity, count: rowCount)
    memory.sums.update(repeating: 0, count: rowCount)
  }

  /// Meets the keys of some positions, those that the queries do not see left out.
  func meet(_ positions: Range<Int>) {
    let seen = attention.visible(toRows: queries).clamped(to: positions)
    if seen.isEmpty { return }
    let size = KVLayout.pageSize
    for page in seen.lowerBound / size...(seen.upperBound - 1) / size {
      let first = page * size
      let needed = seen.clamped(to: first..<first + size).movedDown(by: first)
      let panels = attention.keyValues.panels(
        page: page, head: keyValueHead, headSize: attention.headSize, needed: needed,
        decodesBytes: unit != nil || rowCount > Self.fewRows, scratch: memory.panels, with: backend.kernels)
      let step = Self.step(unit: unit)
      if let unit { pair(panels, needed, with: unit) }
      for start in stride(from: queries.lowerBound, to: queries.upperBound, by: step) {
        meet(panels, at: first, needed, rows: start..<min(start + step, queries.upperBound))
      }
    }
  }

  /// Some of the queries meet the keys of a page: S = Q Kᵀ, P = exp(S − maximum), O = O · factor + P V.
  private func meet(_ panels: KeyValuePanels, at first: Int, _ needed: Range<Int>, rows: Range<Int>) {
    let seen = attention.visible(toRows: rows).clamped(to: first + needed.lowerBound..<first + needed.upperBound)
      .movedDown(by: first)
    if seen.isEmpty { return }
    let (size, group) = (attention.headSize, attention.groupSize)
    let firstRow = (rows.lowerBound - queries.lowerBound) * group
    // Scores of whole panels, from the one that holds the first position seen.
    let panel = seen.lowerBound / 16
    let width = memory.scoreWidth
    let (seenPanels, rowCount) = (panel..<(seen.upperBound + 15) / 16, rows.count * group)
    if let unit {
      multiplyKeys(seenPanels, firstRow: firstRow, rows: rowCount, with: unit)
    } else {
      panels.multiplyKeys(
        seenPanels, headSize: size, queries: memory.queries + firstRow * size, rows: rowCount, into: memory.scores,
        stride: width, with: backend.kernels)
    }
    let scores = memory.scores + (seen.lowerBound - panel * 16)
    for row in rows {
      let visible = attention.visible(at: attention.offset + row).clamped(
        to: first + seen.lowerBound..<first + seen.upperBound
      )
      .movedDown(by: first + seen.lowerBound)
      let line = (row - rows.lowerBound) * group
      for head in line..<line + group {
        weigh(scores + head * width, count: seen.count, visible: visible, row: firstRow + head)
      }
    }
    if let unit {
      addValues(seen, weights: scores, firstRow: firstRow, rows: rowCount, with: unit)
    } else {
      panels.addValues(
        seen, size: memory.paddedSize, weights: scores, stride: width, rows: rowCount, to: output(ofRow: firstRow),
        with: backend.kernels)
    }
  }

  /// Turns the scores of a row into weights, zero outside `visible`, and scales what the row has summed up before.
  private func weigh(_ scores: UnsafeMutablePointer<Float>, count: Int, visible: Range<Int>, row: Int) {
    if !visible.isEmpty {
      let factor = backend.kernels.online_softmax(
        scores + visible.lowerBound, visible.count, memory.maxima + row, memory.sums + row)
      if factor != 1 { backend.kernels.scale(factor, output(ofRow: row), memory.paddedSize) }
    }
    if visible.count == count { return }
    scores.update(repeating: 0, count: visible.lowerBound)
    (scores + visible.upperBound).update(repeating: 0, count: count - visible.upperBound)
  }
}

extension Range<Int> {
  /// The range counted from another start.
  func movedDown(by start: Int) -> Range<Int> { lowerBound - start..<upperBound - start }
}
