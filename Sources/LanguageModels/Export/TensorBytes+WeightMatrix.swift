import ModelFiles
import Quantization
import Synchronization
import TensorCore

extension TensorBytes {
  /// A weight in the format of a file.
  ///
  /// A weight that is stored in that format already is copied; another is decoded to float32 and encoded, some rows at a
  /// time and on all threads.
  ///
  /// - Parameter order: The order of the rows in the file, or `nil` to keep the weight's own.
  init(_ weight: WeightMatrix, as format: BlockFormat, order: RowInterleaving? = nil) {
    if case .blocks(format, let bytes) = weight.storage, order == nil {
      self.init(bytes)
      return
    }
    let stride = format.bytes(for: weight.columns)
    self.init(count: weight.rows * stride) { receive in
      let slab = max(1, min(weight.rows, TensorBytes.pieceSize / max(1, max(stride, weight.columns * 4))))
      for start in Swift.stride(from: 0, to: weight.rows, by: slab) {
        let rows = start..<min(start + slab, weight.rows)
        let piece = try Bytes(count: rows.count * stride) { target in
          try weight.write(rows, order: order, as: format, to: target)
        }
        try piece.withUnsafeBytes(receive)
      }
    }
  }
}

extension WeightMatrix {
  /// Where the threads write; each row is written by one of them.
  private struct Target: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
  }

  /// Writes consecutive rows of the file's order.
  fileprivate func write(
    _ rows: Range<Int>, order: RowInterleaving?, as format: BlockFormat, to buffer: UnsafeMutableRawBufferPointer
  ) throws(QuantizationError) {
    guard let base = buffer.baseAddress else { return }
    let target = Target(base: base)
    let stride = format.bytes(for: columns)
    let isFinite = Atomic(true)
    ThreadPool.shared.runRanges(rows.count, minimum: 16) { part in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { numbers in
        for index in part {
          let row = rows.lowerBound + index
          let source = order?.source(of: row) ?? row
          let place = target.base + index * stride
          if case .blocks(format, let bytes) = storage {
            place.copyMemory(from: bytes.pointer + source * stride, byteCount: stride)
          } else {
            decode(rows: source..<source + 1, into: numbers.baseAddress!)
            let encoded: Void? = try? format.encode(numbers.baseAddress!, count: columns, into: place)
            if encoded == nil { isFinite.store(false, ordering: .relaxed) }
          }
        }
      }
    }
    // The formats and the widths of rows were chosen to fit, so that nothing else can be wrong.
    if !isFinite.load(ordering: .relaxed) { throw .notFinite(format) }
  }
}
