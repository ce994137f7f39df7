import CTensorKernels
import Foundation
import Quantization
import TensorCore

/// The engine's work on the processor: packed weights unpacked on the way, on all threads of a pool.
package final class CPUBackend: ComputeBackend {
  /// Products of floats are exact.
  package static let shared = CPUBackend()
  /// Products of many rows with a weight round both sides to bfloat16 and sum in float32.
  ///
  /// The same as ``shared`` on a processor that does not multiply pairs of bfloat16.
  package static let bfloat16 = CPUBackend(bfloats: InstructionSet.current.bfloats)

  let pool: ThreadPool
  let kernels = InstructionSet.current.kernels
  /// The functions for bfloat16; `nil` for float32.
  let bfloats: tk_bfloat_kernels?
  let scratch = ScratchPool()
  let shared = SharedOperands()

  package init(pool: ThreadPool = .shared, bfloats: tk_bfloat_kernels? = nil) {
    self.pool = pool
    self.bfloats = bfloats
  }
}

/// Float32 memory that is used again instead of being asked of the system for each product.
final class ScratchPool: @unchecked Sendable {
  private let lock = NSLock()
  private var free: [Matrix] = []

  /// Lends memory for at least `count` numbers, with anything in it, while `body` runs.
  func lend<Result>(_ count: Int, _ body: (UnsafeMutablePointer<Float>) throws -> Result) rethrows -> Result {
    let matrix = take(count)
    defer { lock.withLock { free.append(matrix) } }
    return try body(matrix.view.base)
  }

  private func take(_ count: Int) -> Matrix {
    lock.withLock {
      if let index = free.firstIndex(where: { $0.columns >= count }) { return free.remove(at: index) }
      // What was too small is given back, so that the pool holds one block for each thread that asks at once.
      if !free.isEmpty { free.removeLast() }
      return Matrix(rows: 1, columns: count)
    }
  }
}
