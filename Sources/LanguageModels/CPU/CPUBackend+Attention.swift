import CTensorKernels
import Foundation
import TensorCore

// Causal attention, for prompts, for generation and for training alike: tiles of queries meet the keys page by page.
extension CPUBackend {
  package func attend(_ attention: Attention, into out: MatrixView, logSums: MatrixView?) {
    let queries = attention.queries
    precondition(out.rows == queries.rows && out.columns == queries.columns, "shapes differ")
    precondition(attention.positionCount >= attention.offset + queries.rows, "more queries than keys")
    if queries.rows == 0 { return }
    let plan = AttentionPlan(attention, threads: pool.threads)
    if plan.pieceCount == 1 {
      attendWhole(plan, into: out, logSums)
    } else {
      attendPieces(plan, into: out, logSums)
    }
  }

  /// The matrix unit, for enough queries, where products are rounded.
  func matrixUnit(for attention: Attention) -> tk_bfloat_kernels? {
    guard InstructionSet.current.hasMatrixUnit, attention.queries.rows >= Self.tokensForMatrixUnit,
      attention.headSize.isMultiple(of: 2)
    else { return nil }
    switch attention.keyValues {
    case .rows: return bfloats
    case .cached: return attention.isRounded ? InstructionSet.current.bfloats : nil
    }
  }

  /// Each task is a tile that meets all of its keys.
  private func attendWhole(_ plan: AttentionPlan, into out: MatrixView, _ logSums: MatrixView?) {
    let attention = plan.attention
    let unit = matrixUnit(for: attention)
    let memoryCount = AttentionTileMemory.count(attention, queries: plan.tileSize, unit: unit)
    run(plan.groupCount, threaded: plan.isThreaded) { index in
      let (head, queries) = plan.tile(index)
      scratch.lend(memoryCount) { memory in
        let tile = AttentionTile(
          attention, keyValueHead: head, queries: queries, memory: memory, backend: self, unit: unit)
        tile.meet(plan.positions(ofPiece: 0, of: queries))
        tile.write(into: out, logSums)
      }
    }
  }

  /// Few queries and many keys: several tiles of the same queries meet a piece of the keys each, and are put together.
  ///
  /// Dao et al., "Flash-Decoding for long-context inference", 2023.
  private func attendPieces(_ plan: AttentionPlan, into out: MatrixView, _ logSums: MatrixView?) {
    let (attention, pieces) = (plan.attention, plan.pieceCount)
    let unit = matrixUnit(for: attention)
    let memoryCount = AttentionTileMemory.count(attention, queries: plan.tileSize, unit: unit)
    scratch.lend(plan.groupCount * pieces * memoryCount) { memory in
      let tiles = (0..<plan.groupCount * pieces).map { index in
        let (head, queries) = plan.tile(index / pieces)
        return AttentionTile(
          attention, keyValueHead: head, queries: queries, memory: memory + index * memoryCount, backend: self,
          unit: unit)
      }
      run(tiles.count, threaded: plan.isThreaded) { index in
        tiles[index].meet(plan.positions(ofPiece: index % pieces, of: tiles[index].queries))
      }
      for first in stride(from: 0, to: tiles.count, by: pieces) {
        for other in first + 1..<first + pieces { tiles[first].join(tiles[other]) }
        tiles[first].write(into: out, logSums)
      }
    }
  }

  private func run(_ count: Int, threaded: Bool, _ body: (Int) -> Void) {
    if threaded { pool.run(count, body) } else { for index in 0..<count { body(index) } }
  }
}
