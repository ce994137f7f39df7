import CTensorKernels
import Quantization
import TensorCore

// What products of many rows share: rows as tiles want them, and tiles of tokens that sweep over unpacked panels.
extension CPUBackend {
  /// Tokens and columns at a time: with four panels in float32 160 KiB of panels and 240 KiB of tokens.
  static let sweptTokens = 96
  private static let sweptDepth = 640

  /// Hands over the rows as tiles want them: as they are, or rounded to bfloat16.
  func lend(_ x: MatrixView, _ bfloats: tk_bfloat_kernels?, _ body: (PanelOperand) throws -> Void) rethrows {
    guard let bfloats else { return try body(PanelOperand(base: x.base, stride: x.columns)) }
    if let operand = sharedOperand(x) { return try body(operand) }
    try lendRounded(rows: x.rows, columns: x.columns) { rounded in
      pool.runRanges(x.rows, minimum: max(1, 16_384 / rounded.stride)) { rows in
        let (base, columns) = (x.base, x.columns)
        for row in rows { bfloats.round(base + row * columns, columns, rounded.row(row)) }
      }
      try body(rounded.operand)
    }
  }

  /// Lends memory for rows of bfloat16 as tiles want them, with anything in it but for what is behind an odd column.
  func lendRounded(rows: Int, columns: Int, _ body: (RoundedRows) throws -> Void) rethrows {
    let stride = WeightPanels.evenDepth(columns)
    try scratch.lend(rows * stride / 2) { memory in
      let rounded = RoundedRows(
        base: UnsafeMutableRawPointer(memory).assumingMemoryBound(to: UInt16.self), stride: stride)
      if stride > columns {
        for row in 0..<rows { rounded.row(row)[columns] = 0 }
      }
      try body(rounded)
    }
  }

  /// Some panels times some rows of x, or that added to what y holds.
  ///
  /// - Parameter y: Where the first lane of all panels goes for the first token.
  func sweep(
    _ panels: WeightPanels, _ group: Range<Int>, by x: PanelOperand, tokens: Range<Int>,
    into y: UnsafeMutablePointer<Float>, stride: Int, adding: Bool
  ) {
    let width = WeightPanels.width
    let whole = group.lowerBound..<min(group.upperBound, panels.lanes / width)
    // Parts of nearly the same depth: a short last one would load and store sums for few products.
    let parts = (panels.depth + Self.sweptDepth - 1) / Self.sweptDepth
    let depth = max(32, (panels.depth / max(1, parts) + 31) / 32 * 32)
    for k in Swift.stride(from: 0, to: panels.depth, by: depth) where !whole.isEmpty {
      panels.multiply(
        panels: whole, over: k..<min(k + depth, panels.depth), by: x, token: tokens.lowerBound,
        tokens: tokens.count, into: y + whole.lowerBound * width, stride: stride, adding: adding || k > 0)
    }
    guard whole.upperBound < group.upperBound else { return }
    // A panel that is filled in part: its other lanes must not be written.
    let (rest, first) = (panels.lanes - whole.upperBound * width, whole.upperBound * width)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: tokens.count * width) { products in
      let base = products.baseAddress!
      panels.multiply(
        panels: whole.upperBound..<group.upperBound, over: 0..<panels.depth, by: x, token: tokens.lowerBound,
        tokens: tokens.count, into: base, stride: width, adding: false)
      for token in 0..<tokens.count {
        let (to, from) = (y + token * stride + first, base + token * width)
        for lane in 0..<rest { to[lane] = adding ? to[lane] + from[lane] : from[lane] }
      }
    }
  }
}

extension CPUBackend {
  /// Adds some lanes of a term, from a whole panel on, for some tokens to what y holds.
  ///
  /// - Parameter y: Where the first lane of the term goes for the first token.
  func sweep(
    _ term: LowRankPanels, lanes: Range<Int>, tokens: Range<Int>, into y: UnsafeMutablePointer<Float>, stride: Int
  ) {
    let width = WeightPanels.width
    let group = lanes.lowerBound / width..<(lanes.upperBound + width - 1) / width
    sweep(term.panels, group, by: term.x, tokens: tokens, into: y, stride: stride, adding: true)
  }
}

/// Rows of bfloat16 in memory that is lent.
struct RoundedRows: @unchecked Sendable {
  let base: UnsafeMutablePointer<UInt16>
  /// Numbers from row to row, an even number.
  let stride: Int

  func row(_ index: Int) -> UnsafeMutablePointer<UInt16> { base + index * stride }

  var operand: PanelOperand { PanelOperand(base: base, stride: stride) }
}
