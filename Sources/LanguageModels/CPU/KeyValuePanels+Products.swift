import CTensorKernels
import TensorCore

extension KeyValuePanels {
  /// Scores `[rows, 16 · panels]` = queries `[rows, d]` · Kᵀ for some panels of 16 positions.
  func multiplyKeys(
    _ panels: Range<Int>, headSize: Int, queries: UnsafePointer<Float>, rows: Int,
    into scores: UnsafeMutablePointer<Float>, stride: Int, with kernels: tk_kernels
  ) {
    let first = panels.lowerBound * 16 * headSize
    switch numbers {
    case .floats:
      kernels.tile_floats(
        keys.assumingMemoryBound(to: Float.self) + first, panels.count, 16 * headSize, headSize, queries, headSize,
        rows,
        scores, stride, 0)
    case .halves:
      kernels.tile_halves(
        keys.assumingMemoryBound(to: UInt16.self) + first, panels.count, 16 * headSize, headSize, queries, headSize,
        rows, scores, stride, 0)
    case .bytes(let scales, _):
      kernels.tile_rows_q8(
        keys.assumingMemoryBound(to: Int8.self) + first, scales + first / 32, panels.count, headSize, queries, headSize,
        rows, scores, stride)
    }
  }

  /// Adds weights `[rows, positions]` · V to sums `[rows, d up to whole panels]`.
  func addValues(
    _ positions: Range<Int>, size: Int, weights: UnsafePointer<Float>, stride: Int, rows: Int,
    to sums: UnsafeMutablePointer<Float>, with kernels: tk_kernels
  ) {
    let (first, height) = (positions.lowerBound * 16, KVLayout.pageSize)
    switch numbers {
    case .floats:
      kernels.tile_floats(
        values.assumingMemoryBound(to: Float.self) + first, size / 16, 16 * height, positions.count, weights, stride,
        rows, sums, size, 1)
    case .halves:
      kernels.tile_halves(
        values.assumingMemoryBound(to: UInt16.self) + first, size / 16, 16 * height, positions.count, weights, stride,
        rows, sums, size, 1)
    case .bytes(_, let scales):
      kernels.tile_columns_q8(
        values.assumingMemoryBound(to: Int8.self) + first, scales + positions.lowerBound, size, height, positions.count,
        weights, stride, rows, sums, size)
    }
  }
}
