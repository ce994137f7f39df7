import CTensorKernels
import Quantization
import TensorCore

/// A slice of a weight matrix, unpacked so that tiles of tokens can sweep over it: panels of 16 of its rows, or of its
/// columns, side by side, `[panel][k][16]`.
///
/// The numbers are float32, or bfloat16 with two neighbours of k side by side, `[panel][k / 2][16][2]`.
struct WeightPanels: @unchecked Sendable {
  /// Rows or columns of a panel.
  static let width = 16

  /// Float32 or bfloat16 numbers; the memory is lent.
  private let memory: UnsafeMutableRawPointer
  private let kernels: tk_kernels
  private let bfloats: tk_bfloat_kernels?
  /// Numbers that the tiles sum over.
  let depth: Int
  /// Rows or columns of the weight that the panels hold; the last panel may be filled in part.
  let lanes: Int

  init(memory: UnsafeMutableRawPointer, depth: Int, lanes: Int, kernels: tk_kernels, bfloats: tk_bfloat_kernels?) {
    self.memory = memory
    self.depth = depth
    self.lanes = lanes
    self.kernels = kernels
    self.bfloats = bfloats
  }

  var count: Int { (lanes + Self.width - 1) / Self.width }

  /// The rows or columns that some panels hold.
  func lanes(of panels: Range<Int>) -> Range<Int> {
    panels.lowerBound * Self.width..<min(panels.upperBound * Self.width, lanes)
  }

  /// Numbers from panel to panel.
  private var stride: Int { Self.evenDepth(depth) * Self.width }

  /// bfloat16 numbers go in pairs.
  static func evenDepth(_ depth: Int) -> Int { (depth + 1) / 2 * 2 }

  private func floats(panel: Int, at k: Int) -> UnsafeMutablePointer<Float> {
    memory.assumingMemoryBound(to: Float.self) + panel * stride + k * Self.width
  }

  /// `k` is even.
  private func halves(panel: Int, at k: Int) -> UnsafeMutablePointer<UInt16> {
    memory.assumingMemoryBound(to: UInt16.self) + panel * stride + k * Self.width
  }

  /// Floats that ``fillRows(_:of:from:_:)`` and ``fillColumns(_:of:from:_:)`` work in.
  static func workspace(columns: Int) -> Int { width * (columns + width) }

  /// Fills one panel with up to 16 rows of a weight; `depth` is the number of its columns.
  func fillRows(_ panel: Int, of weight: WeightMatrix, from row: Int, _ workspace: UnsafeMutablePointer<Float>) {
    let count = min(Self.width, lanes - panel * Self.width)
    weight.decode(rows: row..<row + count, into: workspace, with: kernels)
    guard let bfloats else {
      kernels.pack_rows_f32(workspace, depth, count, depth, floats(panel: panel, at: 0))
      return
    }
    bfloats.pair_rows(workspace, depth, count, depth, halves(panel: panel, at: 0))
  }

  /// Fills all panels with some rows of a weight, whole strips but for its last ones; they hold bfloat16.
  func fill(from strips: InterleavedWeights, rows: Range<Int>) {
    let panelsPerStrip = strips.stripRows / Self.width
    for index in 0..<(rows.count + strips.stripRows - 1) / strips.stripRows {
      strips.unpack(
        strip: rows.lowerBound / strips.stripRows + index, into: halves(panel: index * panelsPerStrip, at: 0),
        stride: stride)
    }
  }

  /// Writes 16 rows of a weight, or as many as are left of `depth`, into all panels of columns, at `k` of each.
  func fillColumns(_ k: Int, of weight: WeightMatrix, from row: Int, _ workspace: UnsafeMutablePointer<Float>) {
    let count = min(Self.width, depth - k)
    weight.decode(rows: row..<row + count, into: workspace, with: kernels)
    guard let bfloats else {
      kernels.pack_columns_f32(workspace, lanes, count, lanes, floats(panel: 0, at: k), stride)
      return
    }
    bfloats.pair_columns(workspace, lanes, count, lanes, halves(panel: 0, at: k), stride)
  }

  /// y[token][lane] = Σ panel[k] · x[token][k] over some k, or that added to what y holds.
  ///
  /// - Parameters:
  ///   - panels: Panels that are filled in full.
  ///   - range: A part of the depth that begins at an even number.
  ///   - x: The first number of the first token, at k = 0.
  ///   - y: Where the first lane of the first token goes.
  func multiply(
    panels: Range<Int>, over range: Range<Int>, by x: PanelOperand, token: Int, tokens: Int,
    into y: UnsafeMutablePointer<Float>, stride yStride: Int, adding: Bool
  ) {
    let offset = token * x.stride + range.lowerBound
    if let bfloats {
      bfloats.tile(
        halves(panel: panels.lowerBound, at: range.lowerBound), panels.count, stride, Self.evenDepth(range.count),
        x.base.assumingMemoryBound(to: UInt16.self) + offset, x.stride, tokens, y, yStride, adding ? 1 : 0)
    } else {
      kernels.tile_floats(
        floats(panel: panels.lowerBound, at: range.lowerBound), panels.count, stride, range.count,
        x.base.assumingMemoryBound(to: Float.self) + offset, x.stride, tokens, y, yStride, adding ? 1 : 0)
    }
  }
}

/// Rows that tiles multiply panels by: float32, or bfloat16 with an even stride.
struct PanelOperand: @unchecked Sendable {
  let base: UnsafeRawPointer
  /// Numbers from row to row.
  let stride: Int

  /// The same rows from another column on.
  func advanced(by columns: Int, isRounded: Bool) -> PanelOperand {
    let size = isRounded ? MemoryLayout<UInt16>.size : MemoryLayout<Float>.size
    return PanelOperand(base: base + columns * size, stride: stride)
  }
}
