import CTensorKernels
import TensorCore

/// A weight matrix `[out, in]` in the layout of fast products: strips of rows whose columns lie side by side.
///
/// A vector then holds the same columns of many rows: a product needs no sum across its lanes, and a strip streams from
/// memory in one direction. Codes and scales are those of the file, so the memory is too, but for a few percent. Products are with
/// 8-bit activations; see ``RoundedActivations``.
package struct InterleavedWeights: Sendable {
  package let rows: Int
  package let columns: Int
  /// Rows of a strip, a property of the instruction set.
  package let stripRows: Int
  private let layout: tk_interleaved
  private let stripBytes: Int
  private let strips: Bytes
  private let kernels: tk_kernels
  private static let bytesAtOnce = 2 << 20

  /// Interleaves a matrix on all threads; `nil` when its format, or its shape in this format, has no such layout.
  ///
  /// - Complexity: O(`weight.count`).
  package init?(_ weight: WeightMatrix, with kernels: tk_kernels = InstructionSet.current.kernels) {
    let stripRows = kernels.strip_rows
    guard let source = InterleavingSource(weight, stripRows: stripRows) else { return nil }
    let stripBytes = kernels.strip_bytes(source.layout, weight.columns)
    let (rows, columns, count) = (weight.rows, weight.columns, (weight.rows + stripRows - 1) / stripRows)
    strips = Bytes(inLargePages: count * stripBytes) { buffer in
      let target = Target(base: buffer.baseAddress!.assumingMemoryBound(to: UInt8.self))
      // A file's pages go as soon as their rows are interleaved: never are two copies of a large matrix in memory.
      let step = max(1, Self.bytesAtOnce / stripBytes)
      for first in stride(from: 0, to: count, by: step) {
        let step = min(step, count - first)
        ThreadPool.shared.runRanges(step) { range in
          for strip in first + range.lowerBound..<first + range.upperBound {
            source.withRows(from: strip * stripRows) { packed in
              kernels.interleave(
                source.layout, packed, min(stripRows, rows - strip * stripRows), columns,
                target.base + strip * stripBytes)
            }
          }
        }
        source.release(rows: first * stripRows..<min(rows, (first + step) * stripRows))
      }
    }
    self.rows = rows
    self.columns = columns
    self.stripRows = stripRows
    self.stripBytes = stripBytes
    self.kernels = kernels
    layout = source.layout
  }

  /// Bytes of all strips.
  package var byteCount: Int { strips.count }

  /// Strips that the rows fill, the last one perhaps in part.
  package var stripCount: Int { (rows + stripRows - 1) / stripRows }

  /// y `[T, rows]` at the rows of some strips = those rows times each token.
  ///
  /// - Parameters:
  ///   - x: `[T, columns]`.
  ///   - y: The first number of the first token; a token's numbers are `stride` after those of the one before.
  /// - Complexity: O(`T * strips.count * stripRows * columns`); reads each packed byte once.
  package func multiply(
    strips range: Range<Int>, by x: RoundedActivations, into y: UnsafeMutablePointer<Float>, stride: Int
  ) {
    precondition(range.lowerBound >= 0 && range.upperBound <= stripCount, "strips \(range) of \(stripCount)")
    precondition(x.columns == columns && stride >= rows, "\(x.columns) activations for \(columns) columns")
    let first = range.lowerBound * stripRows
    x.withParts { parts in
      kernels.multiply_strips(
        layout, strips.pointer.assumingMemoryBound(to: UInt8.self) + range.lowerBound * stripBytes,
        min(rows, range.upperBound * stripRows) - first, columns, parts, x.tokens, y + first, stride)
    }
  }

  /// Unpacks a strip to panels of 16 rows in bfloat16, `[columns / 2][16][2]`, `stride` numbers apart; rows that the matrix
  /// does not have are zero.
  ///
  /// - Complexity: O(`stripRows * columns`).
  package func unpack(strip: Int, into panels: UnsafeMutablePointer<UInt16>, stride: Int) {
    precondition(strip >= 0 && strip < stripCount, "strip \(strip) of \(stripCount)")
    kernels.unpack_strip(
      layout, strips.pointer.assumingMemoryBound(to: UInt8.self) + strip * stripBytes, columns, panels, stride)
  }

  /// Where the threads write; each strip is one thread's.
  private struct Target: @unchecked Sendable {
    let base: UnsafeMutablePointer<UInt8>
  }
}
