import CTensorKernels
import TensorCore

/// Where the parts of a tile lie.
struct AttentionTileMemory {
  /// `d` up to whole panels.
  let paddedSize: Int
  /// Scores of a row: those of a page.
  let scoreWidth = KVLayout.pageSize
  let queries: UnsafeMutablePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let scores: UnsafeMutablePointer<Float>
  let panels: UnsafeMutablePointer<Float>
  /// The largest score of each row so far.
  let maxima: UnsafeMutablePointer<Float>
  /// Σ exp(score − maximum) of each row.
  let sums: UnsafeMutablePointer<Float>

  // In bfloat16, for a matrix unit only.

  /// The scaled queries, `[rows, d]`.
  let roundedQueries: UnsafeMutablePointer<UInt16>
  /// The keys of a page, `[positions / 16][d / 2][16][2]`.
  let keyPairs: UnsafeMutablePointer<UInt16>
  /// The values of a page, `[d / 16][positions / 2][16][2]`.
  let valuePairs: UnsafeMutablePointer<UInt16>
  /// The weights of some queries, `[rows, positions]`.
  let weights: UnsafeMutablePointer<UInt16>
  private let end: UnsafeMutablePointer<Float>

  init(
    _ attention: Attention, queries count: Int, unit: tk_bfloat_kernels?, at start: UnsafeMutablePointer<Float>
  ) {
    let layout = attention.keyValues.panelLayout(headSize: attention.headSize)
    var next = start
    /// Each part begins at a cache line.
    func take(_ count: Int) -> UnsafeMutablePointer<Float> {
      defer { next += (count + 15) / 16 * 16 }
      return next
    }
    func takeHalves(_ count: Int) -> UnsafeMutablePointer<UInt16> {
      UnsafeMutableRawPointer(take(unit == nil ? 0 : (count + 1) / 2)).assumingMemoryBound(to: UInt16.self)
    }
    let group = attention.groupSize
    let (rows, step) = (count * group, min(count, AttentionTile.step(unit: unit)))
    paddedSize = layout.paddedSize
    panels = take(attention.keyValues.needsScratch ? layout.pageBytes / 4 : 0)
    queries = take(rows * attention.headSize)
    output = take(rows * layout.paddedSize)
    scores = take(step * group * scoreWidth)
    maxima = take(rows)
    sums = take(rows)
    roundedQueries = takeHalves(rows * attention.headSize)
    keyPairs = takeHalves(KVLayout.pageSize * attention.headSize)
    valuePairs = takeHalves(KVLayout.pageSize * layout.paddedSize)
    weights = takeHalves(step * group * KVLayout.pageSize)
    end = next
  }

  /// Numbers that a tile needs.
  static func count(_ attention: Attention, queries: Int, unit: tk_bfloat_kernels?) -> Int {
    let start = UnsafeMutablePointer<Float>(bitPattern: 64)!
    return AttentionTileMemory(attention, queries: queries, unit: unit, at: start).end - start
  }
}
