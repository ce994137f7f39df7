import TensorCore

/// The bytes of a tensor, made piece by piece while a file is written, so that a model need not be in memory twice.
package struct TensorBytes: Sendable {
  /// Takes the next piece.
  package typealias Receiver = (UnsafeRawBufferPointer) throws -> Void

  /// Bytes of all pieces together.
  package let count: Int
  private let produce: @Sendable (Receiver) throws -> Void

  /// - Parameters:
  ///   - count: Bytes that will come.
  ///   - produce: Hands over the pieces in their order; what the receiver throws ends it.
  package init(count: Int, produce: @escaping @Sendable (Receiver) throws -> Void) {
    self.count = count
    self.produce = produce
  }

  /// Bytes that are there already.
  package init(_ bytes: Bytes) {
    self.init(count: bytes.count) { receive in
      // In parts, so that a long tensor can be interrupted and shows its progress.
      for start in stride(from: 0, to: bytes.count, by: Self.pieceSize) {
        try bytes[start..<min(start + Self.pieceSize, bytes.count)].withUnsafeBytes(receive)
      }
    }
  }

  /// Numbers as they lie in memory.
  package init<Number: BitwiseCopyable>(_ numbers: [Number]) { self.init(Bytes(numbers)) }

  /// About how many bytes a piece should have.
  package static let pieceSize = 8 << 20

  /// Writes all pieces, asking before each of them whether to stop.
  ///
  /// - Throws: ``FileError``, `CancellationError`.
  func write(to sink: inout FileSink, reporting progress: WriteProgress) throws {
    let start = sink.count
    try produce { piece in
      if progress.isCancelled() { throw CancellationError() }
      try sink.write(piece)
      progress.report(piece.count)
    }
    precondition(sink.count - start == count, "\(sink.count - start) bytes written where \(count) were promised")
  }
}

/// How the writer of a large file is watched and stopped.
///
/// One value serves all files that are written in one go.
package final class WriteProgress {
  let isCancelled: () -> Bool
  private let update: (_ written: Int, _ total: Int) -> Void
  private let total: Int
  private var written = 0

  /// - Parameters:
  ///   - total: Bytes of all tensors that will be written.
  ///   - isCancelled: Read before each piece.
  ///   - update: Called after each piece.
  package init(
    total: Int, isCancelled: @escaping () -> Bool = { false },
    update: @escaping (_ written: Int, _ total: Int) -> Void = { _, _ in }
  ) {
    self.total = total
    self.isCancelled = isCancelled
    self.update = update
  }

  func report(_ count: Int) {
    written += count
    update(written, total)
  }
}
