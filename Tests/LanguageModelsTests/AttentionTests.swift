import Foundation
import LanguageModels
import TensorCore
import Testing

/// Attention against its definition in double precision, for single queries and for tiles, with and without a window.
struct AttentionTests {
  private static let size = 8

  @Test(arguments: [1, 5, 64, 130], [nil, 1, 3, 64, 100])
  func equalsDefinition(tokens: Int, window: Int?) {
    let attention = attention(tokens: tokens, offset: 37, window: window)
    let out = Matrix(rows: tokens, columns: attention.queries.columns)
    let logSums = Matrix(rows: tokens, columns: attention.headCount)
    CPUBackend.shared.attend(attention, into: out.view, logSums: logSums.view)
    for row in stride(from: 0, to: tokens, by: max(1, tokens / 9)) {
      for head in 0..<attention.headCount {
        let (expected, logSum) = reference(attention, row: row, head: head)
        let found = UnsafeBufferPointer(start: out.view.row(row) + head * Self.size, count: Self.size)
        #expect(zip(found, expected).allSatisfy { abs(Double($0) - $1) < 1e-5 })
        #expect(abs(Double(logSums.view.row(row)[head]) - logSum) < 1e-5)
      }
    }
  }

  /// Over a cache in each format.
  ///
  /// Prompts in pieces, single queries, few queries over many positions, heads in groups, sizes that fill no panel. The
  /// bound is what rounding keys and values of ±1 costs.
  @Test(arguments: KVFormat.allCases, [(3, 1, 64), (1, 2, 32), (4, 1, 96), (2, 2, 20)])
  func cachesEqualDefinition(format: KVFormat, shape: (group: Int, shared: Int, size: Int)) throws {
    guard shape.size.isMultiple(of: format.headSizeMultiple) else {
      #expect(throws: KVFormatError(format: format, headSize: shape.size)) { try cache(format, shape, filling: []) }
      return
    }
    let bound = [KVFormat.f32: 2e-5, .f16: 1e-3, .q8_0: 2e-2][format]!
    for (offset, tokens, window) in [
      (0, 1, nil), (0, 130, nil), (127, 3, nil), (300, 41, 50), (1100, 1, nil), (1100, 2, 700),
    ] {
      let (keys, values, queries) = (
        randomMatrix(offset + tokens, shape.shared * shape.size, seed: 4),
        randomMatrix(offset + tokens, shape.shared * shape.size, seed: 5),
        randomMatrix(tokens, shape.shared * shape.group * shape.size, seed: 6)
      )
      let cache = try cache(format, shape, filling: [(keys, values)])
      let cached = Attention(
        queries: queries.view, keyValues: .cached(cache.keyValues(with: 0, block: 0)), headSize: shape.size,
        offset: offset, window: window)
      let exact = Attention(
        queries: queries.view, keys: keys.view, values: values.view, headSize: shape.size, offset: offset,
        window: window)
      let out = Matrix(rows: tokens, columns: queries.columns)
      CPUBackend.shared.attend(cached, into: out.view, logSums: nil)
      for row in stride(from: 0, to: tokens, by: max(1, tokens / 5)) {
        for head in 0..<exact.headCount {
          let expected = reference(exact, row: row, head: head).output
          let found = UnsafeBufferPointer(start: out.view.row(row) + head * shape.size, count: shape.size)
          #expect(zip(found, expected).allSatisfy { abs(Double($0) - $1) < bound })
        }
      }
    }
  }

  /// Rows stored a few at a time lie as those stored at once, and what was forgotten is written over.
  @Test(arguments: KVFormat.allCases)
  func cachesAreFilledInPieces(format: KVFormat) throws {
    let shape = (group: 2, shared: 2, size: 32)
    let (keys, values) = (randomMatrix(300, 64, seed: 7), randomMatrix(300, 64, seed: 8))
    let whole = try cache(format, shape, filling: [(keys, values)])
    var pieces = try cache(format, shape, filling: [(randomMatrix(150, 64, seed: 9), randomMatrix(150, 64, seed: 10))])
    pieces.truncate(to: 0)
    for start in stride(from: 0, to: 300, by: 7) {
      let rows = start..<min(300, start + 7)
      try pieces.reserve(rows.count)
      pieces.store(keys: keys.view[rows], values: values.view[rows], block: 0)
      pieces.advance(by: rows.count)
    }
    #expect(pieces.count == 300 && pieces.byteCount == whole.byteCount)
    let queries = randomMatrix(3, 128, seed: 11)
    let results = [whole, pieces].map { cache in
      let out = Matrix(rows: 3, columns: 128)
      let attention = Attention(
        queries: queries.view, keyValues: .cached(cache.keyValues(with: 0, block: 0)), headSize: 32, offset: 297)
      CPUBackend.shared.attend(attention, into: out.view, logSums: nil)
      return out.values
    }
    #expect(results[0] == results[1])
  }

  /// What a cache holds is counted as it lies: float16 half of float32, Q8_0 34 bytes for 32 numbers.
  @Test func bytesOfCaches() throws {
    let counts = try KVFormat.allCases.map { format in
      try cache(format, (1, 2, 64), filling: [(randomMatrix(130, 128, seed: 1), randomMatrix(130, 128, seed: 2))])
        .byteCount
    }
    let numbers = 2 * 2 * KVLayout.pageSize * 128
    #expect(counts == [numbers * 4, numbers * 2, numbers * 34 / 32])
  }

  private func cache(
    _ format: KVFormat, _ shape: (group: Int, shared: Int, size: Int), filling rows: [(keys: Matrix, values: Matrix)]
  ) throws -> KVCache {
    let heads = shape.group * shape.shared
    let configuration = ModelConfiguration(
      architecture: .llama, name: "", blockCount: 1, hiddenSize: heads * shape.size, feedForwardSize: 1,
      headCount: heads, keyValueHeadCount: shape.shared, headSize: shape.size, vocabularySize: 1, contextLength: 2000,
      normEpsilon: 1e-5, ropeBase: 10_000)
    var cache = try KVCache(configuration, format: format)
    for (keys, values) in rows {
      try cache.reserve(keys.rows)
      cache.store(keys: keys.view, values: values.view, block: 0)
      cache.advance(by: keys.rows)
    }
    return cache
  }

  /// What no query sees is not touched, so that the window bounds the cost of a step: not-a-number there would spread.
  @Test(arguments: [1, 40])
  func keysBeforeTheWindowAreNotTouched(tokens: Int) {
    let attention = attention(tokens: tokens, offset: 60, window: 16)
    for position in 0...60 - 16 {
      attention.keys[position..<position + 1].fill(with: .nan)
      attention.values[position..<position + 1].fill(with: .nan)
    }
    let out = Matrix(rows: tokens, columns: attention.queries.columns)
    CPUBackend.shared.attend(attention, into: out.view, logSums: nil)
    #expect(out.values.allSatisfy { $0.isFinite })
  }

  @Test func visiblePositions() {
    let attention = attention(tokens: 4, offset: 6, window: 3)
    #expect(attention.visible(at: 1) == 0..<2)
    #expect(attention.visible(at: 2) == 0..<3)
    #expect(attention.visible(at: 9) == 7..<10)
    #expect(attention.visible(toRows: 1..<3) == 5..<9)
  }

  /// Four query heads over two key and value heads; a scale that is not 1 / √d.
  private func attention(tokens: Int, offset: Int, window: Int?) -> Attention {
    Attention(
      queries: randomMatrix(tokens, 4 * Self.size, seed: 1).view,
      keys: randomMatrix(offset + tokens, 2 * Self.size, seed: 2).view,
      values: randomMatrix(offset + tokens, 2 * Self.size, seed: 3).view, headSize: Self.size, offset: offset,
      scale: 0.9, window: window)
  }

  private func reference(_ attention: Attention, row: Int, head: Int) -> (output: [Double], logSum: Double) {
    let position = attention.offset + row
    let seen = (0...position).filter { attention.window == nil || position - $0 < attention.window! }
    let (size, scale) = (attention.headSize, Double(attention.scale))
    let shared = head / attention.groupSize * size
    let weights = seen.map { key in
      exp(
        (0..<size).reduce(0.0) {
          $0 + scale * Double(attention.queries.row(row)[head * size + $1])
            * Double(attention.keys.row(key)[shared + $1])
        })
    }
    let sum = weights.reduce(0, +)
    let output = (0..<size).map { column in
      zip(seen, weights).reduce(0.0) { $0 + $1.1 * Double(attention.values.row($1.0)[shared + column]) } / sum
    }
    return (output, log(sum))
  }
}

/// A matrix of random numbers in ±1.
func randomMatrix(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
  var generator = SplitMix64(seed: seed)
  return Matrix(
    rows: rows, columns: columns, values: (0..<rows * columns).map { _ in Float(generator.nextUniform() * 2 - 1) })
}
