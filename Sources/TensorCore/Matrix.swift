import CTensorKernels

/// A float32 matrix over memory of its own, row-major and aligned to 64 bytes.
///
/// A matrix is a reference: copies share the numbers. Who writes to it must be the only one who does; the engine
/// gives each matrix one owner, and frozen weights are never written to.
package final class Matrix: @unchecked Sendable {
  package let rows: Int
  package let columns: Int
  private let storage: UnsafeMutableRawPointer

  /// Allocates a matrix of zeros, shape `[rows, columns]`.
  package init(rows: Int, columns: Int) {
    precondition(rows >= 0 && columns >= 0, "a matrix of \(rows) by \(columns)")
    self.rows = rows
    self.columns = columns
    let bytes = max(1, rows * columns) * MemoryLayout<Float>.stride
    storage = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    storage.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
  }

  /// Copies values in row-major order, `rows * columns` of them.
  package convenience init(rows: Int, columns: Int, values: [Float]) {
    precondition(values.count == rows * columns, "\(values.count) values for \(rows) by \(columns)")
    self.init(rows: rows, columns: columns)
    view.buffer.baseAddress?.update(from: values, count: values.count)
  }

  deinit { storage.deallocate() }

  /// The whole matrix.
  package var view: MatrixView {
    MatrixView(self, base: storage.assumingMemoryBound(to: Float.self), rows: rows, columns: columns)
  }

  /// The first `count` rows.
  package func prefix(_ count: Int) -> MatrixView { view[0..<count] }

  /// All numbers in row-major order.
  package var values: [Float] { Array(view.buffer) }

  /// A matrix of its own with the same numbers.
  package func copy() -> Matrix { Matrix(rows: rows, columns: columns, values: values) }
}

/// Consecutive rows of a matrix; it keeps the matrix alive.
package struct MatrixView: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Float>
  package let rows: Int
  package let columns: Int
  private let owner: Matrix

  fileprivate init(_ owner: Matrix, base: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
    self.owner = owner
    self.base = base
    self.rows = rows
    self.columns = columns
  }

  package var count: Int { rows * columns }

  package var buffer: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: base, count: count) }

  /// The address of a row.
  package func row(_ index: Int) -> UnsafeMutablePointer<Float> {
    precondition(index >= 0 && index < rows, "row \(index) of \(rows)")
    return base + index * columns
  }

  package subscript(range: Range<Int>) -> MatrixView {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
    return MatrixView(owner, base: base + range.lowerBound * columns, rows: range.count, columns: columns)
  }

  /// The beginning of the same memory as a matrix of another, not larger, shape.
  package func reshaped(_ rows: Int, _ columns: Int) -> MatrixView {
    precondition(rows * columns <= count, "\(rows) by \(columns) in \(self.rows) by \(self.columns)")
    return MatrixView(owner, base: base, rows: rows, columns: columns)
  }

  package func fill(with value: Float) { buffer.update(repeating: value) }

  package func copy(from other: MatrixView) {
    precondition(other.rows == rows && other.columns == columns, "shapes differ")
    forEachPart { (base + $0.lowerBound).update(from: other.base + $0.lowerBound, count: $0.count) }
  }

  /// Adds another matrix of the same shape, element by element.
  package func add(_ other: MatrixView) {
    precondition(other.rows == rows && other.columns == columns, "shapes differ")
    add(other, times: 1)
  }

  /// Takes another matrix of the same shape away, element by element.
  package func subtract(_ other: MatrixView) {
    precondition(other.rows == rows && other.columns == columns, "shapes differ")
    add(other, times: -1)
  }

  private func add(_ other: MatrixView, times factor: Float) {
    let kernels = InstructionSet.current.kernels
    forEachPart { kernels.add_scaled(factor, other.base + $0.lowerBound, base + $0.lowerBound, $0.count) }
  }

  /// Runs `body` on parts of the numbers, on all threads where there are enough to be worth waking them.
  private func forEachPart(_ body: (Range<Int>) -> Void) { ThreadPool.shared.runRanges(count, minimum: 1 << 15, body) }
}
