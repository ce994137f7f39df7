import CTensorKernels
import TensorCore

/// Packed rows as the kernels that interleave them want to see them.
struct InterleavingSource: @unchecked Sendable {
  let layout: tk_interleaved
  private let blocks: Bytes
  private let rowBytes: Int
  /// Scales that stand apart from the codes, `scalesPerRow` for each row and one for each `scaleColumns` columns.
  private let scales: [Float]
  private let scalesPerRow: Int
  private let scaleColumns: Int
  /// Set for rows that lie in llama.cpp's order.
  private var rotatedHeadSize: Int?

  /// Columns that codes with scales apart have in a block.
  private static let looseBlock = 64

  /// `nil` for formats and shapes without an interleaved layout.
  init?(_ weight: WeightMatrix, stripRows: Int) {
    // Where a strip ends inside half a head, the rows of another order are copied.
    let isEven = weight.rotatedHeadSize.map { ($0 / 2).isMultiple(of: stripRows) } ?? true
    switch isEven ? weight.stored : weight.storage {
    case .blocks(let format, let bytes):
      guard let layout = format.interleaved, weight.columns > 0 else { return nil }
      self.init(layout: layout, blocks: bytes, rowBytes: format.bytes(for: weight.columns))
      rotatedHeadSize = isEven ? weight.rotatedHeadSize : nil
    case .codeBook(let weights):
      // Blocks run over the flattened matrix; only where they end with the rows does each row have its own.
      guard let layout = weights.codeBook.interleaved, weight.columns % weights.blockSize == 0,
        weights.blockSize % Self.looseBlock == 0
      else { return nil }
      let scales = [Float](unsafeUninitializedCapacity: weights.blockCount) { buffer, count in
        weights.decodeScales(0..<weights.blockCount, into: buffer.baseAddress!)
        count = weights.blockCount
      }
      self.init(
        layout: layout, blocks: weights.codes, rowBytes: weight.columns / 2, scales: scales,
        scalesPerRow: weight.columns / weights.blockSize, scaleColumns: weights.blockSize)
    case .int8(let weights):
      guard weight.columns > 0, weight.columns % Self.looseBlock == 0 else { return nil }
      self.init(
        layout: tk_interleaved_int8, blocks: weights.codes, rowBytes: weight.columns,
        scales: weights.rowMaxima.array(of: Float.self), scalesPerRow: 1, scaleColumns: weight.columns)
    case .grouped: return nil
    }
  }

  private init(
    layout: tk_interleaved, blocks: Bytes, rowBytes: Int, scales: [Float] = [], scalesPerRow: Int = 0,
    scaleColumns: Int = 1
  ) {
    self.layout = layout
    self.blocks = blocks
    self.rowBytes = rowBytes
    self.scales = scales
    self.scalesPerRow = scalesPerRow
    self.scaleColumns = scaleColumns
  }

  /// Gives back the pages of a mapped file behind some rows; rows of another order are given back with the last one.
  func release(rows range: Range<Int>) {
    if rotatedHeadSize != nil {
      if range.upperBound * rowBytes == blocks.count { blocks.releasePages() }
      return
    }
    blocks[range.lowerBound * rowBytes..<range.upperBound * rowBytes].releasePages()
  }

  /// Hands over the rows of a strip, from `row` on.
  func withRows(from row: Int, _ body: (UnsafePointer<tk_packed_rows>) -> Void) {
    scales.withUnsafeBufferPointer { scales in
      let first = rotatedHeadSize.map { RotatedRows.source(ofRow: row, headSize: $0) } ?? row
      var rows = tk_packed_rows(
        blocks: blocks.pointer.assumingMemoryBound(to: UInt8.self) + first * rowBytes,
        row_bytes: rotatedHeadSize == nil ? rowBytes : 2 * rowBytes,
        scales: scales.baseAddress.map { $0 + row * scalesPerRow }, scales_per_row: scalesPerRow,
        scale_columns: scaleColumns)
      body(&rows)
    }
  }
}

extension BlockFormat {
  /// The layout of interleaved rows; `nil` for plain floats, which need none, and for formats without one.
  fileprivate var interleaved: tk_interleaved? {
    switch self {
    case .q4_0: tk_interleaved_q4_0
    case .q4_1: tk_interleaved_q4_1
    case .q5_0: tk_interleaved_q5_0
    case .q5_1: tk_interleaved_q5_1
    case .q8_0: tk_interleaved_q8_0
    case .q2_K: tk_interleaved_q2_K
    case .q3_K: tk_interleaved_q3_K
    case .q4_K: tk_interleaved_q4_K
    case .q5_K: tk_interleaved_q5_K
    case .q6_K: tk_interleaved_q6_K
    case .iq4_NL: tk_interleaved_iq4_nl
    case .iq4_XS: tk_interleaved_iq4_xs
    case .f32, .f16, .bf16, .tq1_0, .tq2_0, .mxfp4: nil
    }
  }
}

extension CodeBook {
  /// The layout of this book's codes; `nil` for a book of a checkpoint's own.
  fileprivate var interleaved: tk_interleaved? {
    switch levels {
    case CodeBook.nf4.levels: tk_interleaved_nf4
    case CodeBook.fp4.levels: tk_interleaved_fp4
    default: nil
    }
  }
}
