import TensorCore

/// How the work of attention is split into tasks: by tiles of queries, by key and value heads, and, where there are too
/// few of those for the threads, by pieces of the positions.
struct AttentionPlan {
  let attention: Attention
  /// Queries of a tile; the last tile may have fewer.
  let tileSize: Int
  private let tileCount: Int
  /// Ranges of positions that the keys of a tile are split into.
  let pieceCount: Int

  /// Rows of a tile, one for each query and head of a group: a tile's queries, scores and sums fit the second-level cache.
  private static let tileRows = 192
  /// Products from which on another thread gives more than waking it costs.
  private static let worthThreads = 1 << 18
  /// Positions that are worth a piece of their own.
  private static let shortestPiece = 2 * KVLayout.pageSize

  /// - Parameter threads: How many threads there are to work on it.
  init(_ attention: Attention, threads: Int) {
    self.attention = attention
    let count = attention.queries.rows
    tileSize = min(count, max(16, Self.tileRows / attention.groupSize / 16 * 16))
    tileCount = (count + tileSize - 1) / tileSize
    let seen = attention.visible(toRows: 0..<count).count
    isThreaded = threads > 1 && count * seen * attention.queries.columns > Self.worthThreads
    let tasks = tileCount * attention.keyValueHeadCount
    // Four tasks a thread, so that the threads end together.
    pieceCount = isThreaded ? max(1, min(4 * threads / tasks, seen / Self.shortestPiece)) : 1
  }

  /// Whether the tasks are worth more than one thread.
  let isThreaded: Bool

  /// Tiles of all heads.
  var groupCount: Int { tileCount * attention.keyValueHeadCount }

  /// The head and the queries of a tile; those that see the most keys come first.
  func tile(_ index: Int) -> (keyValueHead: Int, queries: Range<Int>) {
    let tile = tileCount - 1 - index / attention.keyValueHeadCount
    let end = min((tile + 1) * tileSize, attention.queries.rows)
    return (index % attention.keyValueHeadCount, tile * tileSize..<end)
  }

  /// The positions of a piece of a tile, whole pages but for the ends.
  func positions(ofPiece piece: Int, of queries: Range<Int>) -> Range<Int> {
    let seen = attention.visible(toRows: queries)
    let size = KVLayout.pageSize
    let pages = seen.lowerBound / size..<(seen.upperBound + size - 1) / size
    let first = pages.lowerBound + pages.count * piece / pieceCount
    let end = pages.lowerBound + pages.count * (piece + 1) / pieceCount
    return (first * size..<end * size).clamped(to: seen)
  }
}
