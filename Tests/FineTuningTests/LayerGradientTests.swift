import FineTuning
import LanguageModels
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// The backward pass of every layer type against finite differences.
struct LayerGradientTests {
  let backend = CPUBackend.shared

  @Test func norm() {
    let (x, weights) = (randomMatrix(5, 24, seed: 1), randomMatrix(5, 24, seed: 2))
    let gain = randomMatrix(1, 24, seed: 3).values
    let y = Matrix(rows: 5, columns: 24)
    let dx = Matrix(rows: 5, columns: 24)
    backend.normalizeBackward(weights.view, x: x.view, gain: gain, epsilon: 1e-5, into: dx.view, adding: false)
    expectGradient(dx.view, of: x) {
      backend.normalize(x.view, gain: gain, epsilon: 1e-5, into: y.view)
      return weightedSum(y.view, weights)
    }
  }

  @Test(arguments: [Activation.silu, .geluTanh])
  func gatedActivation(_ activation: Activation) {
    let (gate, up, weights) = (
      randomMatrix(3, 20, seed: 1, scale: 4), randomMatrix(3, 20, seed: 2), randomMatrix(3, 20, seed: 3)
    )
    let (dGate, dUp) = (gate.copy(), up.copy())
    backend.gateBackward(dGate.view, dUp.view, by: activation, gradient: weights.view) {}
    let out = Matrix(rows: 3, columns: 20)
    func loss() -> Double {
      backend.gate(gate.view, up.view, by: activation, into: out.view)
      return weightedSum(out.view, weights)
    }
    expectGradient(dGate.view, of: gate, loss: loss)
    expectGradient(dUp.view, of: up, loss: loss)
  }

  /// A norm of each head's part of the rows, its gradient written over what it is the gradient of, or added.
  @Test func normOfHeads() {
    let (x, weights) = (randomMatrix(4, 24, seed: 1), randomMatrix(4, 24, seed: 2))
    let gain = randomMatrix(1, 8, seed: 3).values
    let heads = x.view.reshaped(12, 8)
    let gradient = weights.copy()
    backend.normalizeBackward(
      gradient.view.reshaped(12, 8), x: heads, gain: gain, epsilon: 1e-5, into: gradient.view.reshaped(12, 8),
      adding: false)
    expectGradient(gradient.view, of: x) {
      let y = x.copy()
      backend.normalize(y.view.reshaped(12, 8), gain: gain, epsilon: 1e-5, into: y.view.reshaped(12, 8))
      return weightedSum(y.view, weights)
    }
    let sum = weights.copy()
    backend.normalizeBackward(
      weights.view.reshaped(12, 8), x: heads, gain: gain, epsilon: 1e-5, into: sum.view.reshaped(12, 8), adding: true)
    let expected = zip(weights.values, gradient.values).map { $0 + $1 }
    #expect(largestDifference(sum.values, expected) < 1e-5)
  }

  /// Grouped heads, and more queries than fit a tile; windows that end in a tile, at its border, and that see everything.
  @Test(
    arguments: [(3, 1, 5), (4, 2, 70), (2, 2, 66)], [nil, 1, 3, 64, 200])
  func attention(sizes: (heads: Int, keyValueHeads: Int, tokens: Int), window: Int?) {
    let (heads, keyValueHeads, tokens) = sizes
    let size = 8
    let queries = randomMatrix(tokens, heads * size, seed: 1)
    let keys = randomMatrix(tokens, keyValueHeads * size, seed: 2)
    let values = randomMatrix(tokens, keyValueHeads * size, seed: 3)
    let weights = randomMatrix(tokens, heads * size, seed: 4)
    let out = Matrix(rows: tokens, columns: heads * size)
    let logSums = Matrix(rows: tokens, columns: heads)
    let attention = Attention(
      queries: queries.view, keys: keys.view, values: values.view, headSize: size, scale: 0.5, window: window)
    func loss() -> Double {
      backend.attend(attention, into: out.view, logSums: logSums.view)
      return weightedSum(out.view, weights)
    }
    _ = loss()
    let (dQueries, dKeys, dValues) = (queries.copy(), keys.copy(), values.copy())
    backend.attendBackward([
      AttentionGradient(
        attention: attention, output: out.copy().view, logSums: logSums.copy().view, gradient: weights.view,
        dQueries: dQueries.view, dKeys: dKeys.view, dValues: dValues.view)
    ])
    // Differences of every element would take long for many tokens: some of the first rows, and of those behind a tile.
    expectGradient(dValues.view, of: values, count: 40, loss: loss)
    if window == 1 {
      // A token that sees itself alone has the weight 1 whatever its scores are.
      #expect((dQueries.values + dKeys.values).allSatisfy { abs($0) < 1e-6 })
    } else {
      expectGradient(dQueries.view, of: queries, count: 40, loss: loss)
      expectGradient(dKeys.view, of: keys, count: 40, loss: loss)
    }
  }

  /// The turn by a position's angle is undone by the inverse turn, and keeps lengths: so its transpose is its inverse.
  @Test func rotaryEmbedding() throws {
    let configuration = try LanguageModel(ggufPath: Fixtures.path("tiny-untied.gguf")).configuration
    let rotary = RotaryEmbeddings(configuration, positions: 40)[block: 0]
    let width = configuration.headSize * 2
    let (x, weights) = (randomMatrix(6, width, seed: 1), randomMatrix(6, width, seed: 2))
    let gradient = weights.copy()
    rotary.rotate(gradient.view, start: 30, inverse: true)
    expectGradient(gradient.view, of: x) {
      let turned = x.copy()
      rotary.rotate(turned.view, start: 30)
      return weightedSum(turned.view, weights)
    }
  }

  /// dx = dy W, through every kind of packed weight, for few and for many rows.
  @Test(arguments: [1, 3, 40])
  func frozenLinearLayer(rows: Int) throws {
    let file = try Fixtures.tensors("ggml_blocks.safetensors")
    let packed = WeightMatrix(rows: 4, columns: 1024, storage: .blocks(.q5_K, try file.bytes("Q5_K.bytes")))
    let dense = randomMatrix(48, 64, seed: 9)
    let nf4 = WeightMatrix(
      rows: 48, columns: 64,
      storage: .codeBook(CodeBookWeights(quantizing: UnsafeBufferPointer(dense.view.buffer))))
    for weight in [packed, nf4, WeightMatrix(dense)] {
      let (x, dy) = (randomMatrix(rows, weight.columns, seed: 1), randomMatrix(rows, weight.rows, seed: 2))
      let y = Matrix(rows: rows, columns: weight.rows)
      let dx = Matrix(rows: rows, columns: weight.columns)
      backend.multiplyTransposed(dy.view, by: weight, into: dx.view, adding: false)
      let decoded = weight.decoded()
      backend.multiply(x.view, by: weight, into: y.view)
      for row in 0..<rows {
        for column in 0..<weight.rows {
          let exact = (0..<weight.columns).reduce(0.0) {
            $0 + Double(x.view.row(row)[$1]) * Double(decoded.view.row(column)[$1])
          }
          let bound =
            1e-5
            * (0..<weight.columns).reduce(1.0) {
              $0 + abs(Double(x.view.row(row)[$1]) * Double(decoded.view.row(column)[$1]))
            }
          #expect(abs(Double(y.view.row(row)[column]) - exact) < bound)
        }
        for column in stride(from: 0, to: weight.columns, by: 7) {
          let exact = (0..<weight.rows).reduce(0.0) {
            $0 + Double(dy.view.row(row)[$1]) * Double(decoded.view.row($1)[column])
          }
          #expect(abs(Double(dx.view.row(row)[column]) - exact) < 1e-4)
        }
      }
      let once = dx.values
      backend.multiplyTransposed(dy.view, by: weight, into: dx.view, adding: true)
      #expect(largestDifference(dx.values, once.map { 2 * $0 }) < 1e-4)
    }
  }
}
