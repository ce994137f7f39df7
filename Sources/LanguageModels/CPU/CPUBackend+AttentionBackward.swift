import CTensorKernels
import Foundation
import TensorCore

// The backward pass of attention in tiles of queries: weights are computed again from the kept logarithms of sums.
extension CPUBackend {
  /// Queries of one tile.
  private static let tileSize = 64

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
    if let unit = matrixUnit(for: attention) {
      scratch.lend(AttentionBackwardTile.memoryCount(gradient, kernels: kernels, unit: unit)) { memory in
        AttentionBackwardTile(
          gradient, keyValueHead: keyValueHead, memory: memory, kernels: kernels, unit: unit
        ).run()
      }
      return
    }
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
          visible: attention.visible(at: row).movedDown(by: seen.lowerBound), logSum: gradient.logSums.row(row)[head],
          along: along,
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
    kernels.softmax_backward(
      weights + visible.lowerBound, scores + visible.lowerBound, visible.count, along, scale)
    weights.clear(count, outside: visible)
    scores.clear(count, outside: visible)
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
}
