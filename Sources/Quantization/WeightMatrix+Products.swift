import CTensorKernels
import TensorCore

extension WeightMatrix {
  /// y = rows in `range` times one vector, unpacked on the way.
  ///
  /// - Parameters:
  ///   - x: `columns` numbers.
  ///   - y: Receives `range.count` numbers.
  /// - Complexity: O(`range.count * columns`); reads each packed byte once.
  package func multiply(
    rows range: Range<Int>, by x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
    with kernels: tk_kernels = InstructionSet.current.kernels
  ) {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
    switch stored {
    case .blocks(let format, let bytes):
      guard let products = format.products(in: kernels) else { return multiplyByDecoding(range, x, y, kernels) }
      let (first, stride) = (bytes.pointer.assumingMemoryBound(to: UInt8.self), format.bytes(for: columns))
      if let headSize = rotatedHeadSize {
        for row in range {
          let source = RotatedRows.source(ofRow: row, headSize: headSize)
          products(first + source * stride, 1, columns, x, y + row - range.lowerBound)
        }
      } else {
        products(first + range.lowerBound * stride, range.count, columns, x, y)
      }
    case .codeBook(let weights):
      if columns % weights.blockSize == 0 {
        weights.multiply(rows: range, columns: columns, by: x, into: y, with: kernels)
      } else {
        multiplyByDecoding(range, x, y, kernels)
      }
    case .int8, .grouped: multiplyByDecoding(range, x, y, kernels)
    }
  }

  /// The way of formats without a product of their own: row by row through the first-level cache.
  private func multiplyByDecoding(
    _ range: Range<Int>, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ kernels: tk_kernels
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { unpacked in
      for row in range {
        decode(rows: row..<row + 1, into: unpacked.baseAddress!, with: kernels)
        y[row - range.lowerBound] = kernels.dot(unpacked.baseAddress, x, columns)
      }
    }
  }
}

extension BlockFormat {
  /// The function that multiplies packed rows by a vector, for the formats that have one.
  fileprivate func products(in kernels: tk_kernels) -> tk_products? {
    switch self {
    case .f32: kernels.products_f32
    case .f16: kernels.products_f16
    case .bf16: kernels.products_bf16
    case .q4_0: kernels.products_q4_0
    case .q4_1: kernels.products_q4_1
    case .q5_0: kernels.products_q5_0
    case .q5_1: kernels.products_q5_1
    case .q8_0: kernels.products_q8_0
    case .q4_K: kernels.products_q4_K
    case .q5_K: kernels.products_q5_K
    case .q6_K: kernels.products_q6_K
    default: nil
    }
  }
}

extension CodeBookWeights {
  /// y = some rows times one vector; a row is a whole number of blocks.
  fileprivate func multiply(
    rows range: Range<Int>, columns: Int, by x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
    with kernels: tk_kernels
  ) {
    let blocks = columns / blockSize
    withUnsafeTemporaryAllocation(of: Float.self, capacity: range.count * blocks) { scratch in
      decodeScales(range.lowerBound * blocks..<range.upperBound * blocks, into: scratch.baseAddress!)
      kernels.products_nibbles(
        codes.pointer.assumingMemoryBound(to: UInt8.self) + range.lowerBound * columns / 2, scratch.baseAddress,
        blockSize, range.count, columns, codeBook.levels, x, y)
    }
  }
}
