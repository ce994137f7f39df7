import CTensorKernels
import Foundation
import TensorCore

// Causal attention in tiles of queries: no more than a tile's scores exist at any time, and a tile touches only the keys
// that its queries see. Dao et al., "FlashAttention", 2022, arXiv:2205.14135, for what is kept and recomputed.
extension CPUBackend {
  /// Queries of one tile.
  private static let tileSize = 64

  package func attend(_ attention: Attention, into out: MatrixView, logSums: MatrixView?) {
    let queries = attention.queries
    precondition(out.rows == queries.rows && out.columns == queries.columns, "shapes differ")
    precondition(attention.keys.rows >= attention.offset + queries.rows, "more queries than keys")
    if queries.rows == 1 {
      let work = attention.visible(at: attention.offset).count * queries.columns
      let heads = attention.headCount
      if work < 32_768 {
        for head in 0..<heads { attendOne(attention, head: head, into: out, logSums: logSums) }
      } else {
        pool.run(heads) { attendOne(attention, head: $0, into: out, logSums: logSums) }
      }
      return
    }
    let tiles = (queries.rows + Self.tileSize - 1) / Self.tileSize
    pool.run(attention.headCount * tiles) { task in
      // The last tiles see the most keys: they come first, so that the threads end together.
      let tile = tiles - 1 - task / attention.headCount
      let rows = tile * Self.tileSize..<min((tile + 1) * Self.tileSize, queries.rows)
      attendTile(attention, head: task % attention.headCount, rows: rows, into: out, logSums: logSums)
    }
  }

  /// One query of one head: scores, softmax and the weighted sum of values.
  private func attendOne(_ attention: Attention, head: Int, into out: MatrixView, logSums: MatrixView?) {
    let (size, visible) = (attention.headSize, attention.visible(at: attention.offset))
    let (first, count) = (visible.lowerBound, visible.count)
    let column = head / attention.groupSize * size
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { scores in
      let weights = scores.baseAddress!
      let query = attention.queries.base + head * size
      for index in 0..<count {
        weights[index] = attention.scale * kernels.dot(query, attention.keys.row(first + index) + column, size)
      }
      let maximum = kernels.maximum(weights, count)
      let sum = kernels.exponentials(weights, maximum, count)
      let target = out.base + head * size
      target.update(repeating: 0, count: size)
      for index in 0..<count {
        kernels.add_scaled(weights[index] / sum, attention.values.row(first + index) + column, target, size)
      }
      logSums?.row(0)[head] = maximum + logf(sum)
    }
  }

  /// Some queries of one head: S = scale · Q Kᵀ, P = softmax(S), O = P V.
  private func attendTile(
    _ attention: Attention, head: Int, rows: Range<Int>, into out: MatrixView, logSums: MatrixView?
  ) {
    let size = attention.headSize
    let seen = attention.visible(toRows: rows)
    let column = head / attention.groupSize * size
    scratch.lend(rows.count * seen.count) { scores in
      multiplyScores(attention, head: head, rows: rows, seen: seen, into: scores)
      for row in rows {
        let line = scores + (row - rows.lowerBound) * seen.count
        let visible = attention.visible(at: attention.offset + row).within(seen)
        let weights = line + visible.lowerBound
        let maximum = kernels.maximum(weights, visible.count)
        let sum = kernels.exponentials(weights, maximum, visible.count)
        for index in 0..<visible.count { weights[index] /= sum }
        line.clear(seen.count, outside: visible)
        logSums?.row(row)[head] = maximum + logf(sum)
      }
      MatrixProduct.multiply(
        rows.count, size, seen.count, .init(scores, stride: seen.count),
        .init(attention.values.row(seen.lowerBound) + column, stride: attention.values.columns),
        into: out.row(rows.lowerBound) + head * size, stride: out.columns)
    }
  }

  /// The scaled scores `[rows, seen]` of some queries of one head.
  private func multiplyScores(
    _ attention: Attention, head: Int, rows: Range<Int>, seen: Range<Int>, into scores: UnsafeMutablePointer<Float>
  ) {
    let size = attention.headSize
    MatrixProduct.multiply(
      rows.count, seen.count, size,
      .init(attention.queries.row(rows.lowerBound) + head * size, stride: attention.queries.columns),
      .init(
        attention.keys.row(seen.lowerBound) + head / attention.groupSize * size, stride: attention.keys.columns,
        transposed: true),
      into: scores, stride: seen.count, scale: attention.scale)
  }

  package func attendBackward(_ sequences: [AttentionGradient]) {
    // A task is one key and value head of one sequence: only it adds to that head's gradients.
    let tasks = sequences.indices.flatMap { sequence in
      (0..<sequences[sequence].attention.keyValueHeadCount).map { (sequence, $0) }
    }
    pool.run(tasks.count) { task in
      let (sequence, keyValueHead) = tasks[task]
      attendBackward(sequences[sequence], keyValueHead: keyValueHead)
    }
  }

  private func attendBackward(_ gradient: AttentionGradient, keyValueHead: Int) {
    let attention = gradient.attention
    precondition(attention.offset == 0, "the backward pass is for whole sequences")
    for view in [gradient.dKeys, gradient.dValues] {
      for row in 0..<view.rows {
        (view.row(row) + keyValueHead * attention.headSize).update(repeating: 0, count: attention.headSize)
      }
    }
    for head in keyValueHead * attention.groupSize..<(keyValueHead + 1) * attention.groupSize {
      for start in stride(from: 0, to: attention.queries.rows, by: Self.tileSize) {
        attendTileBackward(gradient, head: head, rows: start..<min(start + Self.tileSize, attention.queries.rows))
      }
    }
  }

  // P is computed again from the kept logarithms. dP = dO Vᵀ; dS = scale · P ∘ (dP − Σ dO ∘ O);
  // dQ = dS K; dK += dSᵀ Q; dV += Pᵀ dO.
  private func attendTileBackward(_ gradient: AttentionGradient, head: Int, rows: Range<Int>) {
    let attention = gradient.attention
    let (size, count, seen) = (attention.headSize, rows.count, attention.visible(toRows: rows))
    let (own, shared) = (head * size, head / attention.groupSize * size)
    let (width, sharedWidth) = (attention.queries.columns, attention.keys.columns)
    let outputGradient = gradient.gradient.row(rows.lowerBound) + own
    func seenRows(_ view: MatrixView) -> UnsafeMutablePointer<Float> { view.row(seen.lowerBound) + shared }
    scratch.lend(2 * count * seen.count) { memory in
      let (weights, scores) = (memory, memory + count * seen.count)
      multiplyScores(attention, head: head, rows: rows, seen: seen, into: weights)
      MatrixProduct.multiply(
        count, seen.count, size, .init(outputGradient, stride: width),
        .init(seenRows(attention.values), stride: sharedWidth, transposed: true), into: scores, stride: seen.count)
      for row in rows {
        let line = (row - rows.lowerBound) * seen.count
        let along = kernels.dot(gradient.gradient.row(row) + own, gradient.output.row(row) + own, size)
        softmaxBackward(
          weights: weights + line, scores: scores + line, count: seen.count,
          visible: attention.visible(at: row).within(seen), logSum: gradient.logSums.row(row)[head], along: along,
          scale: attention.scale)
      }
      MatrixProduct.multiply(
        count, size, seen.count, .init(scores, stride: seen.count),
        .init(seenRows(attention.keys), stride: sharedWidth),
        into: gradient.dQueries.row(rows.lowerBound) + own, stride: width)
      MatrixProduct.multiply(
        seen.count, size, count, .init(scores, stride: seen.count, transposed: true),
        .init(attention.queries.row(rows.lowerBound) + own, stride: width), into: seenRows(gradient.dKeys),
        stride: sharedWidth, keep: 1)
      MatrixProduct.multiply(
        seen.count, size, count, .init(weights, stride: seen.count, transposed: true),
        .init(outputGradient, stride: width), into: seenRows(gradient.dValues), stride: sharedWidth, keep: 1)
    }
  }

  /// Turns a row of scores into weights and a row of dP into dS; what lies outside `visible` becomes zero.
  private func softmaxBackward(
    weights: UnsafeMutablePointer<Float>, scores: UnsafeMutablePointer<Float>, count: Int, visible: Range<Int>,
    logSum: Float, along: Float, scale: Float
  ) {
    _ = kernels.exponentials(weights + visible.lowerBound, logSum, visible.count)
    for index in visible { scores[index] = weights[index] * (scores[index] - along) * scale }
    weights.clear(count, outside: visible)
    scores.clear(count, outside: visible)
  }
}

extension Range<Int> {
  /// The range counted from the start of one that holds it.
  fileprivate func within(_ outer: Range<Int>) -> Range<Int> {
    lowerBound - outer.lowerBound..<upperBound - outer.lowerBound
  }
}

extension UnsafeMutablePointer<Float> {
  /// Writes zeros at those of `count` places that are not in `kept`.
  fileprivate func clear(_ count: Int, outside kept: Range<Int>) {
    update(repeating: 0, count: kept.lowerBound)
    (self + kept.upperBound).update(repeating: 0, count: count - kept.upperBound)
  }
}
