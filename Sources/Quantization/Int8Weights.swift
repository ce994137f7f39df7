import CTensorKernels
import TensorCore

/// A matrix in signed bytes with one scale for each row, as LLM.int8 stores it.
///
/// value = code · SCB / 127, where `SCB` is the largest magnitude of the row. Dettmers et al., "LLM.int8()", 2022,
/// arXiv:2208.07339; bit for bit bitsandbytes' `int8_vectorwise_quant` and `int8_vectorwise_dequant`.
package struct Int8Weights: Sendable {
  package let rows: Int
  package let columns: Int
  /// Signed bytes `[rows, columns]`.
  package let codes: Bytes
  /// The largest magnitude of each row, float32 `[rows]`.
  package let rowMaxima: Bytes

  /// The parts of a checkpoint.
  ///
  /// - Parameters:
  ///   - codes: `weight`, int8.
  ///   - rowMaxima: `SCB`, float32.
  /// - Throws: ``QuantizationError`` when a length does not fit the shape `[rows, columns]`.
  package init(rows: Int, columns: Int, codes: Bytes, rowMaxima: Bytes) throws(QuantizationError) {
    let count = try QuantizationError.count(rows: rows, columns: columns)
    try QuantizationError.check(.weight, codes.count, is: count)
    try QuantizationError.check(.rowMaxima, rowMaxima.count, is: rows * 4)
    self.rows = rows
    self.columns = columns
    self.codes = codes
    self.rowMaxima = rowMaxima
  }

  package var byteCount: Int { codes.count + rowMaxima.count }

  /// The largest magnitude of a row.
  package func rowMaximum(_ row: Int) -> Float {
    precondition(row >= 0 && row < rows, "row \(row) of \(rows)")
    return rowMaxima.pointer.loadUnaligned(fromByteOffset: row * 4, as: Float.self)
  }

  /// Decodes consecutive rows to float32.
  package func decode(
    rows range: Range<Int>, into out: UnsafeMutablePointer<Float>,
    with kernels: tk_kernels = InstructionSet.current.kernels
  ) {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
    let source = codes.pointer.assumingMemoryBound(to: Int8.self)
    for row in range {
      kernels.decode_int8(
        source + row * columns, columns, rowMaximum(row), out + (row - range.lowerBound) * columns)
    }
  }
}

// MARK: - Encoding

extension Int8Weights {
  /// Quantizes a matrix row by row; a row of zeros gets codes of zero.
  ///
  /// bitsandbytes quantizes weights in float16: round a matrix to float16 first to get its codes.
  ///
  /// - Complexity: O(`matrix.count`), on all threads of the pool.
  package init(quantizing matrix: MatrixView, with kernels: tk_kernels = InstructionSet.current.kernels) {
    let maxima = Matrix(rows: 1, columns: matrix.rows)
    let scales = maxima.view
    rows = matrix.rows
    columns = matrix.columns
    codes = Bytes(inLargePages: matrix.count) { buffer in
      let sink = Sink(codes: buffer.assumingMemoryBound(to: Int8.self))
      ThreadPool.shared.runRanges(matrix.rows, minimum: 4) { range in
        for row in range {
          let largest = kernels.largest_magnitude(matrix.row(row), matrix.columns)
          scales.base[row] = largest
          kernels.encode_int8(
            matrix.row(row), matrix.columns, largest, sink.codes.baseAddress! + row * matrix.columns)
        }
      }
    }
    rowMaxima = Bytes(maxima.values)
  }

  /// Where the threads write; each row is written by one of them.
  private struct Sink: @unchecked Sendable {
    let codes: UnsafeMutableBufferPointer<Int8>
  }
}
