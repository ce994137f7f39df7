import CTensorKernels
import Foundation
import TensorCore

/// Rotary position embedding: number i and number i + d/2 of each head turn by an angle that grows with the position.
///
/// Su et al., "RoFormer", 2021, arXiv:2104.09864, in the layout of transformers (`rotate_half`).
package struct RotaryEmbedding: Sendable {
  private let headSize: Int
  /// Cosines and sines by position, `[positions, d / 2]` each.
  private let cosines: Matrix
  private let sines: Matrix

  /// Computes the tables for positions `0 ..< positions`, in float32 as transformers does.
  ///
  /// - Parameters:
  ///   - base: What the frequencies are powers of: base^(−2i/d).
  ///   - factors: What each of the `d` / 2 frequencies is divided by; empty for 1.
  package init(headSize: Int, base: Float, factors: [Float] = [], positions: Int) {
    let half = headSize / 2
    self.headSize = headSize
    cosines = Matrix(rows: positions, columns: half)
    sines = Matrix(rows: positions, columns: half)
    let frequencies = (0..<half).map { index -> Float in
      let frequency = 1 / powf(base, Float(2 * index) / Float(headSize))
      return factors.isEmpty ? frequency : frequency / factors[index]
    }
    let (cosineTable, sineTable) = (cosines.view, sines.view)
    for position in 0..<positions {
      for index in 0..<half {
        let angle = Float(position) * frequencies[index]
        cosineTable.row(position)[index] = cosf(angle)
        sineTable.row(position)[index] = sinf(angle)
      }
    }
  }

  /// Positions that the tables cover.
  package var positions: Int { cosines.rows }

  /// Turns all heads of rows `x [T, heads · d]` in place; row t stands at position `start + t`.
  ///
  /// - Parameter inverse: Turns back, which is what the gradient of a turn does.
  package func rotate(_ x: MatrixView, start: Int = 0, inverse: Bool = false) {
    let direction: Float = inverse ? -1 : 1
    ThreadPool.shared.runRanges(x.rows, minimum: max(1, (1 << 14) / max(1, x.columns))) { rows in
      rotate(x, rows, start: start, direction: direction)
    }
  }

  private func rotate(_ x: MatrixView, _ rows: Range<Int>, start: Int, direction: Float) {
    precondition(start >= 0 && start + rows.upperBound <= positions, "rows \(rows) from \(start) of \(positions)")
    let rotate = InstructionSet.current.kernels.rotate_halves!
    let (half, heads, width) = (headSize / 2, x.columns / headSize, x.columns)
    // Addresses, so that the loop does not count references, which threads would do in turn.
    let (base, cosines, sines) = (x.base, cosines.view.base + start * half, sines.view.base + start * half)
    for row in rows {
      rotate(base + row * width, heads, half, cosines + row * half, sines + row * half, direction)
    }
  }
}

/// The rotary embeddings of a model: one for all blocks, or one for local blocks and one for the others.
package struct RotaryEmbeddings: Sendable {
  private let wide: RotaryEmbedding
  private let local: RotaryEmbedding?
  private let isLocal: [Bool]

  /// Computes the tables for positions `0 ..< positions`.
  package init(_ configuration: ModelConfiguration, positions: Int) {
    wide = RotaryEmbedding(
      headSize: configuration.headSize, base: configuration.ropeBase, factors: configuration.ropeFactors,
      positions: positions)
    local = configuration.localRopeBase.map {
      RotaryEmbedding(headSize: configuration.headSize, base: $0, positions: positions)
    }
    isLocal = (0..<configuration.blockCount).map(configuration.isLocal)
  }

  /// Positions that the tables cover.
  package var positions: Int { wide.positions }

  /// The embedding of a block.
  package subscript(block index: Int) -> RotaryEmbedding { isLocal[index] ? local ?? wide : wide }
}
