import CTensorKernels
import Foundation
import Quantization
import TensorCore

// Rows that several products take: rounded to bfloat16 once, for as long as their owner says.
extension CPUBackend {
  package func sharing(_ x: MatrixView, _ body: () throws -> Void) rethrows {
    guard let bfloats, sharedOperand(x) == nil else { return try body() }
    try lend(x, bfloats) { try sharing(x, as: $0, body) }
  }

  package func consuming(_ x: MatrixView, preparing prepare: (Int) -> Void, _ body: () throws -> Void) rethrows {
    // Tiles read pairs, so that a row of an odd length would need one number more.
    guard let bfloats, x.columns % 2 == 0 else {
      pool.runRanges(x.rows) { rows in rows.forEach(prepare) }
      return try body()
    }
    // A row in bfloat16 takes the first half of its place: what is written lies behind what was read.
    let rounded = RoundedRows(
      base: UnsafeMutableRawPointer(x.base).assumingMemoryBound(to: UInt16.self), stride: 2 * x.columns)
    pool.runRanges(x.rows) { rows in
      for row in rows {
        prepare(row)
        bfloats.round(x.row(row), x.columns, rounded.row(row))
      }
    }
    try sharing(x, as: rounded.operand, body)
  }

  /// Shares a rounded copy of x that is there already.
  func sharing(_ x: MatrixView, as operand: PanelOperand, _ body: () throws -> Void) rethrows {
    shared.add(x, operand)
    defer { shared.remove(x) }
    try body()
  }

  /// The rounded copy of x that is shared at the moment, or nil.
  func sharedOperand(_ x: MatrixView) -> PanelOperand? { shared.operand(of: x) }
}

/// The rounded copies that are shared at the moment, by the address and the shape of what they are copies of.
final class SharedOperands: @unchecked Sendable {
  private struct Entry {
    let base: UnsafeMutablePointer<Float>
    let rows: Int
    let columns: Int
    let operand: PanelOperand

    func isOf(_ x: MatrixView) -> Bool { base == x.base && rows == x.rows && columns == x.columns }
  }

  private let lock = NSLock()
  private var entries: [Entry] = []

  func add(_ x: MatrixView, _ operand: PanelOperand) {
    lock.withLock { entries.append(Entry(base: x.base, rows: x.rows, columns: x.columns, operand: operand)) }
  }

  func remove(_ x: MatrixView) { lock.withLock { entries.removeAll { $0.isOf(x) } } }

  func operand(of x: MatrixView) -> PanelOperand? { lock.withLock { entries.first { $0.isOf(x) }?.operand } }
}
