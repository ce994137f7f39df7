import CTensorKernels
import Quantization
import TensorCore

// Products of an adapter's matrices, of which one side is narrow: float32 by OpenBLAS, or bfloat16 with float32 sums on a matrix
// unit, where products with the weights beside them are so too.
extension CPUBackend {
  package func multiply(
    _ a: MatrixView, transposed aTransposed: Bool, by b: MatrixView, transposed bTransposed: Bool, into c: MatrixView,
    scale: Float, keep: Float
  ) {
    let inner = aTransposed ? a.rows : a.columns
    precondition(
      (aTransposed ? a.columns : a.rows) == c.rows && (bTransposed ? b.columns : b.rows) == inner
        && (bTransposed ? b.rows : b.columns) == c.columns, "shapes do not fit")
    if let bfloats, InstructionSet.current.hasMatrixUnit, keep == 0 || keep == 1,
      c.rows * c.columns * inner >= Self.smallestUnitProduct
    {
      let scalesLeft = a.count <= b.count
      let product = UnitProduct(
        a: scalesLeft ? scaled(a, by: scale) : a, aTransposed: aTransposed, b: scalesLeft ? b : scaled(b, by: scale),
        bTransposed: bTransposed, c: c, adding: keep == 1)
      return multiply(product, bfloats)
    }
    let right = MatrixProduct.Operand(b, transposed: bTransposed)
    func rows(_ range: Range<Int>) {
      let left = MatrixProduct.Operand(
        a.base + range.lowerBound * (aTransposed ? 1 : a.columns), stride: a.columns, transposed: aTransposed)
      MatrixProduct.multiply(
        range.count, c.columns, inner, left, right, into: c.row(range.lowerBound), stride: c.columns, scale: scale,
        keep: keep)
    }
    // Below some 100,000 operations waking a thread costs more than it gives.
    if c.rows * c.columns * inner < 1 << 17 { rows(0..<c.rows) } else { split(c.rows, rows) }
  }

  /// Operations from which on laying out both sides for the unit pays.
  private static let smallestUnitProduct = 1 << 19

  /// Splits rows evenly, one range for each thread: OpenBLAS is fastest on large pieces.
  private func split(_ count: Int, _ body: (Range<Int>) -> Void) {
    let pieces = max(1, min(pool.threads, count))
    pool.run(pieces) { piece in body(count * piece / pieces..<count * (piece + 1) / pieces) }
  }

  /// The numbers multiplied before they are rounded.
  private func scaled(_ x: MatrixView, by factor: Float) -> MatrixView {
    if factor == 1 { return x }
    let copy = Matrix(rows: x.rows, columns: x.columns)
    copy.view.copy(from: x)
    kernels.scale(factor, copy.view.base, x.count)
    return copy.view
  }

  /// Both sides are rounded and laid out on all threads; then each thread multiplies a part of the longer side of C.
  private func multiply(_ product: UnitProduct, _ bfloats: tk_bfloat_kernels) {
    let (depth, c) = (product.depth, product.c)
    let panels = (c.columns + 15) / 16
    scratch.lend((c.rows + panels * 16) * depth / 2) { memory in
      let left = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: UInt16.self)
      let right = left + c.rows * depth
      let (rowBlocks, pieces) = ((c.rows + 31) / 32, 2 * pool.threads)
      pool.run(2 * pieces) { task in
        let piece = task / 2
        if task % 2 == 0 {
          let blocks = rowBlocks * piece / pieces..<rowBlocks * (piece + 1) / pieces
          product.layOutLeft(blocks.lowerBound * 32..<min(blocks.upperBound * 32, c.rows), in: left, with: bfloats)
        } else {
          product.layOutRight(
            panels: panels * piece / pieces..<panels * (piece + 1) / pieces, in: right, with: bfloats)
        }
      }
      let splitsRows = rowBlocks >= pieces
      pool.run(pieces) { piece in
        let all = splitsRows ? rowBlocks : panels
        let part = all * piece / pieces..<all * (piece + 1) / pieces
        let rows = splitsRows ? part.lowerBound * 32..<min(part.upperBound * 32, c.rows) : 0..<c.rows
        product.multiply(rows: rows, panels: splitsRows ? 0..<panels : part, left, right, with: bfloats)
      }
    }
  }
}

/// C `[m, n]` = A `[m, k]` · B `[k, n]`, or that added to what C holds, on a matrix unit.
private struct UnitProduct: @unchecked Sendable {
  let a: MatrixView
  let aTransposed: Bool
  let b: MatrixView
  let bTransposed: Bool
  let c: MatrixView
  let adding: Bool

  private var inner: Int { aTransposed ? a.rows : a.columns }
  /// `k` up to whole tiles of the unit; what is beyond is zero on both sides.
  var depth: Int { (inner + 31) / 32 * 32 }

  /// Rounds some rows of A to `[m, depth]`.
  func layOutLeft(_ rows: Range<Int>, in out: UnsafeMutablePointer<UInt16>, with bfloats: tk_bfloat_kernels) {
    if rows.isEmpty { return }
    let target = out + rows.lowerBound * depth
    if depth > inner { target.update(repeating: 0, count: rows.count * depth) }
    if aTransposed {
      bfloats.round_columns(a.base + rows.lowerBound, a.columns, inner, rows.count, target, depth)
    } else {
      for row in rows { bfloats.round(a.row(row), inner, out + row * depth) }
    }
  }

  /// Rounds some panels of 16 columns of B, `[panel][depth / 2][16][2]`.
  func layOutRight(panels: Range<Int>, in out: UnsafeMutablePointer<UInt16>, with bfloats: tk_bfloat_kernels) {
    for panel in panels {
      let (first, target) = (panel * 16, out + panel * 16 * depth)
      let count = min(16, c.columns - first)
      if depth > inner || count < 16 { target.update(repeating: 0, count: 16 * depth) }
      if bTransposed {
        bfloats.pair_rows(b.row(first), b.columns, count, inner, target)
      } else {
        bfloats.pair_columns(b.base + first, b.columns, inner, count, target, 16 * depth)
      }
    }
  }

  func multiply(
    rows: Range<Int>, panels: Range<Int>, _ left: UnsafePointer<UInt16>, _ right: UnsafePointer<UInt16>,
    with bfloats: tk_bfloat_kernels
  ) {
    if rows.isEmpty || panels.isEmpty { return }
    let whole = panels.lowerBound..<min(panels.upperBound, c.columns / 16)
    if !whole.isEmpty {
      bfloats.tile(
        right + whole.lowerBound * 16 * depth, whole.count, 16 * depth, depth, left + rows.lowerBound * depth, depth,
        rows.count, c.row(rows.lowerBound) + whole.lowerBound * 16, c.columns, adding ? 1 : 0)
    }
    guard panels.upperBound > c.columns / 16 else { return }
    // The last columns do not fill a panel.
    let first = c.columns / 16 * 16
    withUnsafeTemporaryAllocation(of: Float.self, capacity: rows.count * 16) { products in
      let base = products.baseAddress!
      bfloats.tile(
        right + first * depth, 1, 16 * depth, depth, left + rows.lowerBound * depth, depth, rows.count, base, 16, 0)
      for row in rows {
        let (to, from) = (c.row(row) + first, base + (row - rows.lowerBound) * 16)
        for lane in 0..<c.columns - first { to[lane] = adding ? to[lane] + from[lane] : from[lane] }
      }
    }
  }
}
