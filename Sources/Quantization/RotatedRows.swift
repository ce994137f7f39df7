import TensorCore

/// The two orders of the rows of a head that rotate together: i and i + d/2 in transformers, 2i and 2i + 1 in llama.cpp.
package enum RotatedRows {
  /// Rows in transformers' order from rows in llama.cpp's: of each head, row 2i + j becomes row j · d/2 + i.
  ///
  /// - Parameters:
  ///   - bytes: `rows` rows of equal length.
  ///   - headSize: `d`, an even number that divides `rows`.
  /// - Complexity: O(bytes), on all threads of the pool.
  package static func halvesApart(_ bytes: Bytes, rows: Int, headSize: Int) -> Bytes {
    precondition(headSize > 0 && headSize % 2 == 0 && rows % headSize == 0, "\(rows) rows in heads of \(headSize)")
    let stride = bytes.count / rows
    return Bytes(count: bytes.count) { buffer in
      let target = Target(base: buffer.baseAddress!)
      ThreadPool.shared.runRanges(rows, minimum: max(1, (1 << 16) / stride)) { range in
        for row in range {
          let source = source(ofRow: row, headSize: headSize)
          (target.base + row * stride).copyMemory(from: bytes.pointer + source * stride, byteCount: stride)
        }
      }
    }
  }

  /// Where a row of transformers' order lies in llama.cpp's; the rows of half a head lie two apart.
  static func source(ofRow row: Int, headSize: Int) -> Int {
    let (head, place) = row.quotientAndRemainder(dividingBy: headSize)
    return head * headSize + 2 * (place % (headSize / 2)) + place / (headSize / 2)
  }

  /// Where the threads write; each row is written by one of them.
  private struct Target: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
  }
}
