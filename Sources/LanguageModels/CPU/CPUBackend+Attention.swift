import CTensorKernels
import Foundation
import TensorCore

// Causal attention in tiles of queries: no more than a tile's scores exist at any time, and a tile sees only the keys
// up to its last query. Dao et al., "FlashAttention", 2022, arXiv:2205.14135, for what is kept and recomputed.
extension CPUBackend {
  /// Queries of one tile.
  private static let tileSize = 64

  package func attend(_ attention: Attention, into out: MatrixView, logSums: MatrixView?) {
    let queries = attention.queries
    precondition(out.rows == queries.rows && out.columns == queries.columns, "shapes differ")
    precondition(attention.keys.rows >= attention.offset + queries.rows, "more queries than keys")
    if queries.rows == 1 {
      let work = (attention.offset + 1) * queries.columns
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
    let (size, seen) = (attention.headSize, attention.offset + 1)
    let column = head / attention.groupSize * size
    withUnsafeTemporaryAllocation(of: Float.self, capacity: seen) { scores in
      let weights = scores.baseAddress!
      let query = attention.queries.base + head * size
      for position in 0..<seen {
        weights[position] = attention.scale * kernels.dot(query, attention.keys.row(position) + column, size)
      }
      let maximum = kernels.maximum(weights, seen)
      let sum = kernels.exponentials(weights, maximum, seen)
      let target = out.base + head * size
      target.update(repeating: 0, count: size)
      for position in 0..<seen {
        kernels.add_scaled(weights[position] / sum, attention.values.row(position) + column, target, size)
      }
      logSums?.row(0)[head] = maximum + logf(sum)
    }
  }

  /// Some queries of one head: S = Q Kᵀ / √d, P = softmax(S), O = P V.
  private func attendTile(
    _ attention: Attention, head: Int, rows: Range<Int>, into out: MatrixView, logSums: MatrixView?
  ) {
    let size = attention.headSize
    let seen = attention.offset + rows.upperBound
    let column = head / attention.groupSize * size
    scratch.lend(rows.count * seen) { scores in
      multiplyScores(attention, head: head, rows: rows, seen: seen, into: scores)
      for row in 0..<rows.count {
        let visible = attention.offset + rows.lowerBound + row + 1
        let line = scores + row * seen
        let maximum = kernels.maximum(line, visible)
        let sum = kernels.exponentials(line, maximum, visible)
        for index in 0..<visible { line[index] /= sum }
        (line + visible).update(repeating: 0, count: seen - visible)
        logSums?.row(rows.lowerBound + row)[head] = maximum + logf(sum)
      }
      MatrixProduct.multiply(
        rows.count, size, seen, .init(scores, stride: seen),
        .init(attention.values.base + column, stride: attention.values.columns),
        into: out.row(rows.lowerBound) + head * size, stride: out.columns)
    }
  }

  /// The scaled scores of some queries of one head for the first `seen` keys.
  private func multiplyScores(
    _ attention: Attention, head: Int, rows: Range<Int>, seen: Int, into scores: UnsafeMutablePointer<Float>
  ) {
    let size = attention.headSize
    MatrixProduct.multiply(
      rows.count, seen, size,
      .init(attention.queries.row(rows.lowerBound) + head * size, stride: attention.queries.columns),
      .init(
        attention.keys.base + head / attention.groupSize * size, stride: attention.keys.columns, transposed: true),
      into: scores, stride: seen, scale: attention.scale)
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

  // P is computed again from the kept logarithms. dP = dO Vᵀ; dS = P ∘ (dP − Σ dO ∘ O) / √d;
  // dQ = dS K; dK += dSᵀ Q; dV += Pᵀ dO.
  private func attendTileBackward(_ gradient: AttentionGradient, head: Int, rows: Range<Int>) {
    let attention = gradient.attention
    let (size, seen, count) = (attention.headSize, rows.upperBound, rows.count)
    let (own, shared) = (head * size, head / attention.groupSize * size)
    let (width, sharedWidth) = (attention.queries.columns, attention.keys.columns)
    let outputGradient = gradient.gradient.row(rows.lowerBound) + own
    scratch.lend(2 * count * seen) { memory in
      let (weights, scores) = (memory, memory + count * seen)
      multiplyScores(attention, head: head, rows: rows, seen: seen, into: weights)
      MatrixProduct.multiply(
        count, seen, size, .init(outputGradient, stride: width),
        .init(attention.values.base + shared, stride: sharedWidth, transposed: true), into: scores, stride: seen)
      for row in 0..<count {
        let token = rows.lowerBound + row
        let along = kernels.dot(gradient.gradient.row(token) + own, gradient.output.row(token) + own, size)
        Self.softmaxBackward(
          weights: weights + row * seen, scores: scores + row * seen, visible: token + 1, seen: seen,
          logSum: gradient.logSums.row(token)[head], along: along, scale: attention.scale, kernels.exponentials)
      }
      MatrixProduct.multiply(
        count, size, seen, .init(scores, stride: seen), .init(attention.keys.base + shared, stride: sharedWidth),
        into: gradient.dQueries.row(rows.lowerBound) + own, stride: width)
      MatrixProduct.multiply(
        seen, size, count, .init(scores, stride: seen, transposed: true),
        .init(attention.queries.row(rows.lowerBound) + own, stride: width), into: gradient.dKeys.base + shared,
        stride: sharedWidth, keep: 1)
      MatrixProduct.multiply(
        seen, size, count, .init(weights, stride: seen, transposed: true), .init(outputGradient, stride: width),
        into: gradient.dValues.base + shared, stride: sharedWidth, keep: 1)
    }
  }

  /// Turns a row of scores into weights and a row of dP into dS; what lies beyond `visible` becomes zero.
  private static func softmaxBackward(
    weights: UnsafeMutablePointer<Float>, scores: UnsafeMutablePointer<Float>, visible: Int, seen: Int, logSum: Float,
    along: Float, scale: Float, _ exponentials: (UnsafeMutablePointer<Float>, Float, Int) -> Float
  ) {
    _ = exponentials(weights, logSum, visible)
    for index in 0..<visible { scores[index] = weights[index] * (scores[index] - along) * scale }
    (weights + visible).update(repeating: 0, count: seen - visible)
    (scores + visible).update(repeating: 0, count: seen - visible)
  }
}
