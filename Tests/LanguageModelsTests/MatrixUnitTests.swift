import Foundation
import LanguageModels
import Quantization
import TensorCore
import Testing

/// What a matrix unit computes in bfloat16, beside the same in float32: products, gated products, attention and its gradients,
/// on odd sizes and tails.
@Suite(.enabled(if: InstructionSet.current.hasMatrixUnit)) struct MatrixUnitTests {
  /// Half a step of bfloat16, twice for both factors, with some room for sums.
  private static let bound = 1.0 / 128

  private static let tokenCounts = [32, 33, 200]

  private func weight(_ rows: Int, _ columns: Int, _ format: BlockFormat, seed: UInt64) throws -> WeightMatrix {
    try WeightMatrix(randomMatrix(rows, columns, seed: seed)).encoded(as: format)
  }

  /// Each number is off by no more than the bound of the sum of its terms' magnitudes.
  private func expectProducts(_ x: Matrix, _ weight: WeightMatrix, _ y: Matrix, start: Matrix? = nil) {
    let decoded = weight.decoded()
    for token in stride(from: 0, to: x.rows, by: max(1, x.rows / 7)) {
      for row in 0..<weight.rows {
        let terms = (0..<weight.columns).map {
          Double(x.view.row(token)[$0]) * Double(decoded.view.row(row)[$0])
        }
        let exact = terms.reduce(Double(start?.view.row(token)[row] ?? 0), +)
        let size = terms.reduce(0) { $0 + abs($1) }
        #expect(abs(Double(y.view.row(token)[row]) - exact) <= Self.bound * size)
      }
    }
  }

  @Test(arguments: [BlockFormat.q4_0, .q8_0, .f16, .f32], tokenCounts)
  func products(format: BlockFormat, tokens: Int) throws {
    // A last strip and a last panel that are filled in part; weights of other shapes that share the input.
    let weights = try [(70, 1), (33, 2), (256, 3)].map { try weight($0.0, 96, format, seed: $0.1) }
    let x = randomMatrix(tokens, 96, seed: 4)
    let ys = weights.map { Matrix(rows: tokens, columns: $0.rows) }
    CPUBackend.shared.multiply(x.view, by: weights, into: ys.map(\.view), rounding: RoundedActivations())
    for (weight, y) in zip(weights, ys) { expectProducts(x, weight, y) }
    let (start, sum) = (randomMatrix(tokens, 70, seed: 5), randomMatrix(tokens, 70, seed: 5))
    CPUBackend.shared.multiply(x.view, by: weights[0], addingTo: sum.view)
    expectProducts(x, weights[0], sum, start: start)
  }

  @Test(arguments: [Activation.silu, .geluTanh], tokenCounts)
  func feedForward(activation: Activation, tokens: Int) throws {
    // An odd width between, which bfloat16 pairs go beyond; 150 is not whole strips either.
    for width in [150, 151] {
      let (gate, up) = (try weight(width, 64, .q8_0, seed: 1), try weight(width, 64, .q8_0, seed: 2))
      let down = WeightMatrix(randomMatrix(70, width, seed: 6))
      let x = randomMatrix(tokens, 64, seed: 3)
      let (gates, ups, y) = (
        Matrix(rows: tokens, columns: width), Matrix(rows: tokens, columns: width), Matrix(rows: tokens, columns: 70)
      )
      CPUBackend.shared.multiply(
        x.view, by: [gate, up], into: [gates.view, ups.view], rounding: RoundedActivations())
      CPUBackend.shared.gate(gates.view, ups.view, by: activation, into: gates.view)
      CPUBackend.shared.multiply(gates.view, by: [down], into: [y.view], rounding: RoundedActivations())
      func fused(into out: Matrix, adding: Bool, keeping kept: (gate: MatrixView, up: MatrixView)? = nil) {
        CPUBackend.shared.feedForward(
          x.view, gate: gate, up: up, down: down, by: activation, keeping: kept, into: out.view,
          adding: adding)
      }
      let out = Matrix(rows: tokens, columns: 70)
      out.view.fill(with: .nan)
      fused(into: out, adding: false)
      #expect(zip(out.values, y.values).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) })
      fused(into: out, adding: true)
      #expect(zip(out.values, y.values).allSatisfy { abs($0 - 2 * $1) <= 1e-5 * max(1, abs($1)) })
    }
  }

  /// Attention over a cache in each format, where products are rounded, beside the same exact.
  @Test(
    arguments: KVFormat.allCases,
    [(offset: 0, tokens: 130, window: nil), (127, 33, nil), (300, 41, 50)] as [(offset: Int, tokens: Int, window: Int?)]
  )
  func attentionOverCaches(format: KVFormat, shape: (offset: Int, tokens: Int, window: Int?)) throws {
    let configuration = ModelConfiguration(
      architecture: .llama, name: "", blockCount: 1, hiddenSize: 192, feedForwardSize: 1, headCount: 6,
      keyValueHeadCount: 2, headSize: 32, vocabularySize: 1, contextLength: 2000, normEpsilon: 1e-5, ropeBase: 10_000)
    var cache = try KVCache(configuration, format: format)
    let count = shape.offset + shape.tokens
    try cache.reserve(count)
    cache.store(keys: randomMatrix(count, 64, seed: 1).view, values: randomMatrix(count, 64, seed: 2).view, block: 0)
    cache.advance(by: count)
    let queries = randomMatrix(shape.tokens, 192, seed: 3)
    let results = [false, true].map { isRounded in
      let out = Matrix(rows: shape.tokens, columns: 192)
      let attention = Attention(
        queries: queries.view, keyValues: .cached(cache.keyValues(with: 0, block: 0)), headSize: 32,
        offset: shape.offset, window: shape.window, isRounded: isRounded)
      CPUBackend.shared.attend(attention, into: out.view, logSums: nil)
      return out.values
    }
    let largest = zip(results[0], results[1]).map { abs($0 - $1) }.max() ?? 0
    #expect(largest > 0 && largest < 6e-3)
  }

  private static let shapes =
    [(tokens: 32, window: nil), (33, 7), (130, nil), (200, 90)] as [(tokens: Int, window: Int?)]

  /// Attention over rows and its gradients: the difference to float32 is small beside the whole.
  @Test(arguments: shapes, [(group: 3, shared: 2, size: 64), (2, 1, 20), (1, 2, 96)])
  func attention(shape: (tokens: Int, window: Int?), heads: (group: Int, shared: Int, size: Int)) {
    let (tokens, width) = (shape.tokens, heads.group * heads.shared * heads.size)
    let attention = Attention(
      queries: randomMatrix(tokens, width, seed: 1).view,
      keys: randomMatrix(tokens, heads.shared * heads.size, seed: 2).view,
      values: randomMatrix(tokens, heads.shared * heads.size, seed: 3).view, headSize: heads.size, window: shape.window)
    let results = [CPUBackend.shared, .bfloat16].map { backend in
      let (out, logSums) = (Matrix(rows: tokens, columns: width), Matrix(rows: tokens, columns: attention.headCount))
      backend.attend(attention, into: out.view, logSums: logSums.view)
      let (dQueries, dKeys, dValues) = (
        Matrix(rows: tokens, columns: width), Matrix(rows: tokens, columns: attention.keys.columns),
        Matrix(rows: tokens, columns: attention.keys.columns)
      )
      backend.attendBackward([
        AttentionGradient(
          attention: attention, output: out.view, logSums: logSums.view,
          gradient: randomMatrix(tokens, width, seed: 4).view, dQueries: dQueries.view, dKeys: dKeys.view,
          dValues: dValues.view)
      ])
      return [out, logSums, dQueries, dKeys, dValues].map(\.values)
    }
    for (exact, rounded) in zip(results[0], results[1]) {
      let difference = zip(exact, rounded).reduce(0.0) { $0 + pow(Double($1.0 - $1.1), 2) }
      let whole = exact.reduce(0.0) { $0 + pow(Double($1), 2) }
      #expect(difference > 0 && difference.squareRoot() < 0.01 * whole.squareRoot())
    }
  }
}
