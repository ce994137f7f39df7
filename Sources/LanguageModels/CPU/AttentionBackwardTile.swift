import CTensorKernels
import TensorCore

/// The backward pass of attention for one key and value head of one sequence, with products of a matrix unit: bfloat16, and sums
/// in float32.
///
/// P is computed again from the kept logarithms. dP = dO Vᵀ; dS = scale · P ∘ (dP − Σ dO ∘ O); dQ = dS K; dKᵀ += Qᵀ dS;
/// dVᵀ += dOᵀ P. Axes: `q` queries of a tile, `s` positions up to whole tiles of the unit, `d` the size of a head.
struct AttentionBackwardTile {
  private let gradient: AttentionGradient
  private let keyValueHead: Int
  private let kernels: tk_kernels
  private let unit: tk_bfloat_kernels
  /// `s` of all positions.
  private let length: Int

  // Of the head.

  /// Keys and values as products with queries take them, `[s / 16][d / 2][16][2]`.
  private let keyRows: UnsafeMutablePointer<UInt16>
  private let valueRows: UnsafeMutablePointer<UInt16>
  /// Keys as the product with dS takes them, `[d / 16][s / 2][16][2]`.
  private let keyColumns: UnsafeMutablePointer<UInt16>
  /// dKᵀ and dVᵀ, `[d, s]`.
  private let dKeys: UnsafeMutablePointer<Float>
  private let dValues: UnsafeMutablePointer<Float>

  // Of a tile of one query head.

  /// P and dS, `[q, s]`.
  private let weights: UnsafeMutablePointer<Float>
  private let scores: UnsafeMutablePointer<Float>
  /// Queries and dO, `[q, d]`, and turned, `[d, q]`.
  private let queries: UnsafeMutablePointer<UInt16>
  private let outputs: UnsafeMutablePointer<UInt16>
  private let turnedQueries: UnsafeMutablePointer<UInt16>
  private let turnedOutputs: UnsafeMutablePointer<UInt16>
  /// dS, `[q, s]`, and P or dS as panels, `[s / 16][q / 2][16][2]`.
  private let roundedScores: UnsafeMutablePointer<UInt16>
  private let panels: UnsafeMutablePointer<UInt16>
  /// Scaled queries before they are rounded, and dQ of whole panels, `[q, d]`.
  private let floats: UnsafeMutablePointer<Float>
  private let end: UnsafeMutablePointer<Float>

  /// Queries of a tile.
  private static let height = 64
  /// Positions that the unit sums over at once.
  private static let depth = 32

  init(
    _ gradient: AttentionGradient, keyValueHead: Int, memory: UnsafeMutablePointer<Float>, kernels: tk_kernels,
    unit: tk_bfloat_kernels
  ) {
    self.gradient = gradient
    self.keyValueHead = keyValueHead
    self.kernels = kernels
    self.unit = unit
    length = (gradient.attention.keys.rows + Self.depth - 1) / Self.depth * Self.depth
    let (size, height) = (gradient.attention.headSize, Self.height)
    var next = memory
    /// Each part begins at a cache line.
    func take(_ count: Int) -> UnsafeMutablePointer<Float> {
      defer { next += (count + 15) / 16 * 16 }
      return next
    }
    func takeHalves(_ count: Int) -> UnsafeMutablePointer<UInt16> {
      UnsafeMutableRawPointer(take((count + 1) / 2)).assumingMemoryBound(to: UInt16.self)
    }
    let padded = (size + 15) / 16 * 16
    (keyRows, valueRows) = (takeHalves(length * size), takeHalves(length * size))
    keyColumns = takeHalves(length * padded)
    (dKeys, dValues) = (take(size * length), take(size * length))
    (weights, scores) = (take(height * length), take(height * length))
    (queries, outputs) = (takeHalves(height * size), takeHalves(height * size))
    (turnedQueries, turnedOutputs) = (takeHalves(size * height), takeHalves(size * height))
    (roundedScores, panels) = (takeHalves(height * length), takeHalves(height * length))
    floats = take(height * padded)
    end = next
  }

  /// Numbers that the memory of a sequence's head holds.
  static func memoryCount(_ gradient: AttentionGradient, kernels: tk_kernels, unit: tk_bfloat_kernels) -> Int {
    let start = UnsafeMutablePointer<Float>(bitPattern: 64)!
    return AttentionBackwardTile(gradient, keyValueHead: 0, memory: start, kernels: kernels, unit: unit).end - start
  }

  private var attention: Attention { gradient.attention }
  private var size: Int { attention.headSize }

  /// Writes dK and dV of the head, and dQ of the query heads that share it.
  func run() {
    layOut()
    dKeys.update(repeating: 0, count: size * length)
    dValues.update(repeating: 0, count: size * length)
    for head in keyValueHead * attention.groupSize..<(keyValueHead + 1) * attention.groupSize {
      for start in stride(from: 0, to: attention.queries.rows, by: Self.height) {
        run(head: head, rows: start..<min(start + Self.height, attention.queries.rows))
      }
    }
    for (turned, target) in [(dKeys, gradient.dKeys), (dValues, gradient.dValues)] {
      kernels.transpose(turned, length, size, target.rows, target.base + keyValueHead * size, target.columns)
    }
  }

  private func layOut() {
    let (keys, values, column) = (attention.keys, attention.values, keyValueHead * size)
    for start in stride(from: 0, to: length, by: 16) {
      let count = max(0, min(16, keys.rows - start))
      if count < 16 {
        (keyRows + start * size).update(repeating: 0, count: 16 * size)
        (valueRows + start * size).update(repeating: 0, count: 16 * size)
      }
      if count == 0 { continue }
      unit.pair_rows(keys.row(start) + column, keys.columns, count, size, keyRows + start * size)
      unit.pair_rows(values.row(start) + column, values.columns, count, size, valueRows + start * size)
    }
    keyColumns.update(repeating: 0, count: length * ((size + 15) / 16 * 16))
    unit.pair_columns(keys.base + column, keys.columns, keys.rows, size, keyColumns, length * 16)
  }

  private func run(head: Int, rows: Range<Int>) {
    let seen = Self.padded(attention.visible(toRows: rows))
    let (count, own) = (rows.count, head * size)
    take(head: head, rows: rows)
    multiply(queries, keyRows, seen, into: weights, rows: count)
    multiply(outputs, valueRows, seen, into: scores, rows: count)
    for row in rows {
      let along = kernels.dot(gradient.gradient.row(row) + own, gradient.output.row(row) + own, size)
      differentiate(
        (row - rows.lowerBound) * seen.count, seen.count,
        visible: attention.visible(at: row).movedDown(by: seen.lowerBound),
        logSum: gradient.logSums.row(row)[head], along: along)
    }
    unit.round(scores, count * seen.count, roundedScores)
    let padded = (size + 15) / 16 * 16
    unit.tile(
      keyColumns + seen.lowerBound * 16, padded / 16, length * 16, seen.count, roundedScores, seen.count, count, floats,
      padded, 0)
    for row in rows {
      (gradient.dQueries.row(row) + own).update(from: floats + (row - rows.lowerBound) * padded, count: size)
    }
    add(scores, seen, rows: count, times: turnedQueries, to: dKeys)
    add(weights, seen, rows: count, times: turnedOutputs, to: dValues)
  }

  /// Rounds the queries and dO of a tile both ways; queries that meet the keys are scaled.
  private func take(head: Int, rows: Range<Int>) {
    let (source, width, own) = (attention.queries, attention.queries.columns, head * size)
    // Queries that a tile lacks are zeros, for products that sum over them in whole tiles.
    if rows.count < Self.height {
      turnedQueries.update(repeating: 0, count: size * Self.height)
      turnedOutputs.update(repeating: 0, count: size * Self.height)
    }
    unit.round_columns(source.row(rows.lowerBound) + own, width, rows.count, size, turnedQueries, Self.height)
    unit.round_columns(
      gradient.gradient.row(rows.lowerBound) + own, width, rows.count, size, turnedOutputs, Self.height)
    for row in rows {
      let place = (row - rows.lowerBound) * size
      (floats + place).update(from: source.row(row) + own, count: size)
      unit.round(gradient.gradient.row(row) + own, size, outputs + place)
    }
    kernels.scale(attention.scale, floats, rows.count * size)
    unit.round(floats, rows.count * size, queries)
  }

  /// y `[q, seen]` = x `[q, d]` times keys or values.
  private func multiply(
    _ x: UnsafePointer<UInt16>, _ panels: UnsafePointer<UInt16>, _ seen: Range<Int>,
    into y: UnsafeMutablePointer<Float>, rows: Int
  ) {
    unit.tile(
      panels + seen.lowerBound * size, seen.count / 16, 16 * size, size, x, size, rows, y, seen.count, 0)
  }

  /// Turns a row of scores into weights and a row of dP into dS; what lies outside `visible` becomes zero.
  private func differentiate(
    _ line: Int, _ count: Int, visible: Range<Int>, logSum: Float, along: Float
  ) {
    let (weights, scores) = (weights + line, scores + line)
    _ = kernels.exponentials(weights + visible.lowerBound, logSum, visible.count)
    kernels.softmax_backward(
      weights + visible.lowerBound, scores + visible.lowerBound, visible.count, along, attention.scale)
    weights.clear(count, outside: visible)
    scores.clear(count, outside: visible)
  }

  /// y `[d, seen]` += x `[d, q]` times some rows `[q, seen]`.
  private func add(
    _ numbers: UnsafePointer<Float>, _ seen: Range<Int>, rows: Int, times x: UnsafePointer<UInt16>,
    to y: UnsafeMutablePointer<Float>
  ) {
    let depth = (rows + Self.depth - 1) / Self.depth * Self.depth
    if rows < depth { panels.update(repeating: 0, count: depth * seen.count) }
    unit.pair_columns(numbers, seen.count, rows, seen.count, panels, depth * 16)
    unit.tile(
      panels, seen.count / 16, depth * 16, depth, x, Self.height, size, y + seen.lowerBound, length, 1)
  }

  private static func padded(_ positions: Range<Int>) -> Range<Int> {
    positions.lowerBound / depth * depth..<(positions.upperBound + depth - 1) / depth * depth
  }
}

extension UnsafeMutablePointer<Float> {
  /// Writes zeros at those of `count` places that are not in `kept`.
  func clear(_ count: Int, outside kept: Range<Int>) {
    update(repeating: 0, count: kept.lowerBound)
    (self + kept.upperBound).update(repeating: 0, count: count - kept.upperBound)
  }
}
