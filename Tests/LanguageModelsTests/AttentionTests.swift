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
    let shared = head / 2 * Self.size
    let weights = seen.map { key in
      exp(
        (0..<Self.size).reduce(0.0) {
          $0 + 0.9 * Double(attention.queries.row(row)[head * Self.size + $1])
            * Double(attention.keys.row(key)[shared + $1])
        })
    }
    let sum = weights.reduce(0, +)
    let output = (0..<Self.size).map { column in
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
