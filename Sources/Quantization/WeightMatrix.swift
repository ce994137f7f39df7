import CTensorKernels
import Synchronization
import TensorCore

/// A frozen weight matrix `[out, in]` in the format in which it is stored.
package struct WeightMatrix: Sendable {
  /// The packed numbers.
  package enum Storage: Sendable {
    /// Rows of ggml blocks, one after the other.
    case blocks(BlockFormat, Bytes)
    /// 4-bit codes and scales over the flattened matrix: NF4 and FP4.
    case codeBook(CodeBookWeights)
    /// Signed bytes and one scale for each row: LLM.int8.
    case int8(Int8Weights)
    /// Codes with scales and zero points for each group of a row: GPTQ and AWQ.
    case grouped(GroupedWeights)
  }

  package let rows: Int
  package let columns: Int
  /// The numbers as they lie in memory.
  let stored: Storage
  /// Set for blocks whose rows lie in llama.cpp's order, and not in transformers', in which they are counted here.
  let rotatedHeadSize: Int?
  private let layout = LayoutOnDemand()

  /// Wraps packed numbers.
  ///
  /// Whether they fill the shape is checked where they come from: in the readers of files and in the encoders.
  package init(rows: Int, columns: Int, storage: Storage) {
    switch storage {
    case .blocks(let format, let bytes):
      precondition(bytes.count == rows * format.bytes(for: columns), "\(bytes.count) bytes for \(rows) by \(columns)")
    case .codeBook(let weights):
      precondition(weights.count == rows * columns, "\(weights.count) weights for \(rows) by \(columns)")
    case .int8(let weights):
      precondition(
        weights.rows == rows && weights.columns == columns,
        "\(weights.rows) by \(weights.columns) weights for \(rows) by \(columns)")
    case .grouped(let weights):
      precondition(
        weights.rows == rows && weights.columns == columns,
        "\(weights.rows) by \(weights.columns) weights for \(rows) by \(columns)")
    }
    self.rows = rows
    self.columns = columns
    stored = storage
    rotatedHeadSize = nil
  }

  /// Wraps rows of blocks in llama.cpp's order of the rows of a head, which stay where they are; see ``RotatedRows``.
  ///
  /// - Parameter headSize: An even number that divides `rows`.
  package init(rows: Int, columns: Int, format: BlockFormat, rotated bytes: Bytes, headSize: Int) {
    precondition(bytes.count == rows * format.bytes(for: columns), "\(bytes.count) bytes for \(rows) by \(columns)")
    precondition(headSize > 0 && headSize % 2 == 0 && rows % headSize == 0, "\(rows) rows in heads of \(headSize)")
    self.rows = rows
    self.columns = columns
    stored = .blocks(format, bytes)
    rotatedHeadSize = headSize
  }

  /// The packed numbers, row by row.
  ///
  /// - Complexity: O(1), or that of a copy where the rows lie in another order.
  package var storage: Storage {
    guard let headSize = rotatedHeadSize, case .blocks(let format, let bytes) = stored else { return stored }
    return .blocks(format, RotatedRows.halvesApart(bytes, rows: rows, headSize: headSize))
  }

  /// A float32 matrix as a frozen weight.
  package init(_ matrix: Matrix) {
    let bytes = Bytes(inLargePages: matrix.rows * matrix.columns * 4) {
      $0.copyMemory(from: UnsafeRawBufferPointer(matrix.view.buffer))
    }
    self.init(rows: matrix.rows, columns: matrix.columns, storage: .blocks(.f32, bytes))
  }

  /// The same numbers in the layout of products with 8-bit activations, made at the first use and kept; `nil` for
  /// formats without one.
  ///
  /// A matrix of a mapped file gives the file's pages back: one copy stays in memory.
  package var interleaved: InterleavedWeights? { layout.interleaved(self) }

  /// Gives the memory behind a mapped file's numbers back; they are read from the file again when they are touched.
  package func releasePages() {
    if case .blocks(_, let bytes) = stored { bytes.releasePages() }
  }

  package var count: Int { rows * columns }

  /// Bytes of the packed numbers.
  package var byteCount: Int {
    switch stored {
    case .blocks(_, let bytes): bytes.count
    case .codeBook(let weights): weights.byteCount
    case .int8(let weights): weights.byteCount
    case .grouped(let weights): weights.byteCount
    }
  }

  package var bitsPerWeight: Double { count == 0 ? 0 : Double(byteCount * 8) / Double(count) }

  /// The format as a table of layers shows it.
  package var formatName: String {
    switch stored {
    case .blocks(let format, _): format.name
    case .codeBook(let weights):
      if case .doubleQuantized = weights.scales {
        "\(weights.codeBook.name) + double quantization"
      } else {
        weights.codeBook.name
      }
    case .int8: "int8"
    case .grouped(let weights): "int\(weights.bits), groups of \(weights.groupSize ?? weights.columns / weights.groups)"
    }
  }

  /// Decodes consecutive rows to float32, `range.count * columns` numbers.
  package func decode(
    rows range: Range<Int>, into out: UnsafeMutablePointer<Float>,
    with kernels: tk_kernels = InstructionSet.current.kernels
  ) {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
    switch stored {
    case .blocks(let format, let bytes):
      let stride = format.bytes(for: columns)
      guard let headSize = rotatedHeadSize else {
        format.decode(
          bytes.pointer + range.lowerBound * stride, count: range.count * columns, into: out, with: kernels)
        return
      }
      for row in range {
        format.decode(
          bytes.pointer + RotatedRows.source(ofRow: row, headSize: headSize) * stride, count: columns,
          into: out + (row - range.lowerBound) * columns, with: kernels)
      }
    case .codeBook(let weights):
      weights.decode(range.lowerBound * columns..<range.upperBound * columns, into: out, with: kernels)
    case .int8(let weights): weights.decode(rows: range, into: out, with: kernels)
    case .grouped(let weights): weights.decode(rows: range, into: out, with: kernels)
    }
  }

  /// The whole matrix in float32, decoded on all threads.
  package func decoded() -> Matrix {
    let matrix = Matrix(rows: rows, columns: columns)
    let view = matrix.view
    ThreadPool.shared.runRanges(rows, minimum: 16) { range in
      if !range.isEmpty { decode(rows: range, into: view.row(range.lowerBound)) }
    }
    return matrix
  }
}

/// Makes a matrix's other layout once.
private final class LayoutOnDemand: Sendable {
  private let state = Mutex<InterleavedWeights??>(nil)

  func interleaved(_ weight: WeightMatrix) -> InterleavedWeights? {
    state.withLock { made in
      if let made { return made }
      let weights = InterleavedWeights(weight)
      made = .some(weights)
      return weights
    }
  }
}
