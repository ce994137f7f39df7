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
    if let bfloats, keep == 0 || keep == 1, usesMatrixUnit(c.rows * c.columns * inner) {
      let (left, right) = scaled(a, b, by: scale)
      // Laid out for the right side, a large matrix need not be transposed.
      let isTurned = aTransposed && !bTransposed && a.columns > b.columns
      let product = UnitProduct(
        a: isTurned ? right : left, aTransposed: aTransposed, b: isTurned ? left : right, bTransposed: bTransposed,
        c: c, isTurned: isTurned, adding: keep == 1)
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

  /// Whether laying out both sides for the unit pays in a product of so many operations.
  func usesMatrixUnit(_ operations: Int) -> Bool {
    bfloats != nil && InstructionSet.current.hasMatrixUnit && operations >= 1 << 19
  }

  /// Splits rows evenly, one range for each thread: OpenBLAS is fastest on large pieces.
  private func split(_ count: Int, _ body: (Range<Int>) -> Void) {
    let pieces = max(1, min(pool.threads, count))
    pool.run(pieces) { piece in body(count * piece / pieces..<count * (piece + 1) / pieces) }
  }

  /// Both sides, the smaller one multiplied before it is rounded.
  func scaled(_ a: MatrixView, _ b: MatrixView, by factor: Float) -> (MatrixView, MatrixView) {
    if factor == 1 { return (a, b) }
    let x = a.count <= b.count ? a : b
    let copy = Matrix(rows: x.rows, columns: x.columns)
    copy.view.copy(from: x)
    kernels.scale(factor, copy.view.base, x.count)
    return a.count <= b.count ? (copy.view, b) : (a, copy.view)
  }

  /// Each thread multiplies a part of the longer side of C.
  private func multiply(_ product: UnitProduct, _ bfloats: tk_bfloat_kernels) {
    lendOperands(of: product, bfloats) { left, right in
      let (rows, panels) = (product.rows, product.panelCount)
      let (rowBlocks, pieces) = ((rows + 31) / 32, 2 * pool.threads)
      let splitsRows = rowBlocks >= pieces
      pool.run(pieces) { piece in
        let all = splitsRows ? rowBlocks : panels
        let part = all * piece / pieces..<all * (piece + 1) / pieces
        let some = splitsRows ? part.lowerBound * 32..<min(part.upperBound * 32, rows) : 0..<rows
        product.multiply(rows: some, panels: splitsRows ? 0..<panels : part, left, right, with: bfloats)
      }
    }
  }

  /// Rounds both sides and lays them out on all threads: A as `[m, depth]`, B as `[panel][depth / 2][16][2]`.
  func lendOperands(
    of product: UnitProduct, _ bfloats: tk_bfloat_kernels,
    _ body: (UnsafePointer<UInt16>, UnsafeMutablePointer<UInt16>) throws -> Void
  ) rethrows {
    let (depth, rows, panels) = (product.depth, product.rows, product.panelCount)
    let shared = product.isRounded(depth) ? sharedOperand(product.a) : nil
    let ownRows = shared == nil ? rows : 0
    try scratch.lend((ownRows + panels * 16) * depth / 2) { memory in
      let own = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: UInt16.self)
      let right = own + ownRows * depth
      let left = shared?.base.assumingMemoryBound(to: UInt16.self) ?? UnsafePointer(own)
      let (rowBlocks, pieces) = ((rows + 31) / 32, 2 * pool.threads)
      pool.run(2 * pieces) { task in
        let piece = task / 2
        if task % 2 == 0 {
          if shared != nil { return }
          let blocks = rowBlocks * piece / pieces..<rowBlocks * (piece + 1) / pieces
          product.layOutLeft(blocks.lowerBound * 32..<min(blocks.upperBound * 32, rows), in: own, with: bfloats)
        } else {
          product.layOutRight(
            panels: panels * piece / pieces..<panels * (piece + 1) / pieces, in: right, with: bfloats)
        }
      }
      try body(left, right)
    }
  }
}

/// C `[m, n]` = A `[m, k]` · B `[k, n]`, or that added to what C holds, on a matrix unit.
struct UnitProduct: @unchecked Sendable {
  let a: MatrixView
  let aTransposed: Bool
  let b: MatrixView
  let bTransposed: Bool
  /// C, or if the product is turned Cᵀ.
  let c: MatrixView
  let isTurned: Bool
  let adding: Bool

  /// `m`.
  var rows: Int { isTurned ? c.columns : c.rows }
  /// `n`.
  var columns: Int { isTurned ? c.rows : c.columns }
  var panelCount: Int { (columns + 15) / 16 }
  private var inner: Int { aTransposed ? a.rows : a.columns }
  /// `k` up to whole tiles of the unit; what is beyond is zero on both sides.
  var depth: Int { (inner + 31) / 32 * 32 }

  /// Whether A rounded row by row is what the unit wants.
  func isRounded(_ depth: Int) -> Bool { !aTransposed && inner == depth }

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
    if panels.isEmpty { return }
    let (first, target) = (panels.lowerBound * 16, out + panels.lowerBound * 16 * depth)
    let count = min(panels.upperBound * 16, columns) - first
    if depth > inner || count < panels.count * 16 {
      target.update(repeating: 0, count: panels.count * 16 * depth)
    }
    guard bTransposed else {
      return bfloats.pair_columns(b.base + first, b.columns, inner, count, target, 16 * depth)
    }
    for (index, row) in stride(from: first, to: first + count, by: 16).enumerated() {
      bfloats.pair_rows(
        b.row(row), b.columns, min(16, first + count - row), inner, target + index * 16 * depth)
    }
  }

  func multiply(
    rows: Range<Int>, panels: Range<Int>, _ left: UnsafePointer<UInt16>, _ right: UnsafePointer<UInt16>,
    with bfloats: tk_bfloat_kernels
  ) {
    if rows.isEmpty || panels.isEmpty { return }
    // Panels whose products lie in C as they lie in the unit; the last columns may not fill a panel.
    let whole = panels.lowerBound..<(isTurned ? panels.lowerBound : min(panels.upperBound, columns / 16))
    if !whole.isEmpty {
      bfloats.tile(
        right + whole.lowerBound * 16 * depth, whole.count, 16 * depth, depth, left + rows.lowerBound * depth, depth,
        rows.count, c.row(rows.lowerBound) + whole.lowerBound * 16, c.columns, adding ? 1 : 0)
    }
    let rest = whole.upperBound..<panels.upperBound
    if rest.isEmpty { return }
    let width = rest.count * 16
    withUnsafeTemporaryAllocation(of: Float.self, capacity: rows.count * width) { products in
      let base = products.baseAddress!
      bfloats.tile(
        right + rest.lowerBound * 16 * depth, rest.count, 16 * depth, depth, left + rows.lowerBound * depth, depth,
        rows.count, base, width, 0)
      store(base, rows: rows, columns: rest.lowerBound * 16..<min(rest.upperBound * 16, columns), stride: width)
    }
  }

  /// Writes or adds products, row by row, to their places in C.
  private func store(_ products: UnsafePointer<Float>, rows: Range<Int>, columns: Range<Int>, stride: Int) {
    let (across, down) = isTurned ? (c.columns, 1) : (1, c.columns)
    for row in rows {
      let from = products + (row - rows.lowerBound) * stride
      let to = c.base + row * down + columns.lowerBound * across
      for lane in 0..<columns.count { to[lane * across] = adding ? to[lane * across] + from[lane] : from[lane] }
    }
  }
}
