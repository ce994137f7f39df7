import CTensorKernels
import TensorCore

/// Activations in 8 bits: codes from -127 to 127, and one scale for each 32 columns of a token.
///
/// Where one number is more than twice as large as all others of its 32, the second largest sets the scale, and the largest
/// gets a second byte: a few columns of a model's activations are many times as large as their neighbours, which would
/// otherwise be rounded to a few steps. Several tokens lie side by side in blocks of four, so that a vector of weights meets
/// four tokens while it is in a register.
package final class RoundedActivations: @unchecked Sendable {
  /// Columns that share a scale; a row of activations is a whole number of them.
  package static let groupSize = 32
  private static let blockWidth = 4

  package private(set) var tokens = 0
  package private(set) var columns = 0
  /// Memory for the largest activations so far: codes, scales, sums of 32 and of 16 codes, outliers.
  private var memory = Bytes(count: 0) { _ in }
  private var parts = tk_activations()

  package init() {}

  /// Rounds x `[T, in]` on the threads of a pool; what was held before is overwritten.
  ///
  /// - Complexity: O(`x.count`).
  package func round(
    _ x: MatrixView, on pool: ThreadPool = .shared, with kernels: tk_kernels = InstructionSet.current.kernels
  ) {
    precondition(x.columns % Self.groupSize == 0, "\(x.columns) columns in groups of \(Self.groupSize)")
    reserve(x.rows, x.columns)
    let width = blockWidth
    let work = Work(x: x, parts: parts)
    pool.runRanges((x.rows + width - 1) / width, minimum: max(1, 16_384 / (width * max(1, x.columns)))) { blocks in
      for block in blocks {
        var part = work.parts(at: block * width)
        kernels.round_tokens(
          work.x.base + block * width * x.columns, x.columns, min(width, x.rows - block * width), width, x.columns,
          &part)
      }
    }
  }

  /// Tokens side by side: one token alone needs no places for others.
  private var blockWidth: Int { tokens == 1 ? 1 : Self.blockWidth }

  /// Hands the activations to a kernel.
  func withParts<Result>(_ body: (UnsafePointer<tk_activations>) -> Result) -> Result {
    withUnsafePointer(to: parts, body)
  }

  private func reserve(_ tokens: Int, _ columns: Int) {
    self.tokens = tokens
    self.columns = columns
    let places = (tokens + blockWidth - 1) / blockWidth * blockWidth
    let (codes, groups) = (places * columns, places * columns / Self.groupSize)
    let needed = codes + (16 + MemoryLayout<tk_outlier>.stride) * groups
    if memory.count < needed { memory = Bytes(count: needed) { _ in } }
    let base = UnsafeMutableRawPointer(mutating: memory.pointer)
    let scales = (base + codes).assumingMemoryBound(to: Float.self)
    let outliers = UnsafeMutableRawPointer(scales + 4 * groups).assumingMemoryBound(to: tk_outlier.self)
    parts = tk_activations(
      codes: base.assumingMemoryBound(to: Int8.self), scales: scales, sums: scales + groups,
      half_sums: scales + 2 * groups, outliers: outliers)
  }

  /// What the threads read and write; each block of tokens is one thread's.
  private struct Work: @unchecked Sendable {
    let x: MatrixView
    let parts: tk_activations

    func parts(at token: Int) -> tk_activations {
      let group = token * x.columns / groupSize
      return tk_activations(
        codes: parts.codes + token * x.columns, scales: parts.scales + group, sums: parts.sums + group,
        half_sums: parts.half_sums + 2 * group, outliers: parts.outliers + group)
    }
  }
}
