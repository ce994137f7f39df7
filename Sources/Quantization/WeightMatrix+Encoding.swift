import CTensorKernels
import Synchronization
import TensorCore

extension WeightMatrix {
  /// The same matrix in another format of ggml; itself where it has that format.
  ///
  /// - Throws: ``QuantizationError`` when the format is only read, when rows are no whole number of its blocks, and when
  ///   the weights hold infinity or not-a-number and the format cannot.
  /// - Complexity: O(`count`), on all threads of the pool; a few rows of float32 for each thread beside the result.
  package func encoded(as format: BlockFormat) throws(QuantizationError) -> WeightMatrix {
    if case .blocks(format, _) = storage { return self }
    guard format.canEncode else { throw .notEncodable(format) }
    guard columns % format.blockSize == 0 else {
      throw .rowNotDivisible(columns: columns, format: format.name, multiple: format.blockSize)
    }
    let stride = format.bytes(for: columns)
    let hasFailed = Atomic(false)
    let bytes = Bytes(inLargePages: rows * stride) { buffer in
      let sink = Sink(bytes: buffer)
      ThreadPool.shared.runRanges(rows, minimum: 4) { range in
        do throws(QuantizationError) {
          try encode(range, as: format, into: sink.bytes.baseAddress! + range.lowerBound * stride)
        } catch {
          hasFailed.store(true, ordering: .relaxed)
        }
      }
    }
    if hasFailed.load(ordering: .relaxed) { throw .notFinite(format) }
    return WeightMatrix(rows: rows, columns: columns, storage: .blocks(format, bytes))
  }

  /// Encodes consecutive rows one by one, through the first-level cache.
  private func encode(
    _ range: Range<Int>, as format: BlockFormat, into out: UnsafeMutableRawPointer
  ) throws(QuantizationError) {
    let scratch = UnsafeMutablePointer<Float>.allocate(capacity: columns)
    defer { scratch.deallocate() }
    for row in range {
      decode(rows: row..<row + 1, into: scratch)
      try format.encode(
        scratch, count: columns, into: out + (row - range.lowerBound) * format.bytes(for: columns))
    }
  }

  /// Where the threads write; each row is written by one of them.
  private struct Sink: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer
  }
}
