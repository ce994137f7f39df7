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
    backend.gateBackward(dGate.view, dUp.view, by: activation, gradient: weights.view)
    let out = Matrix(rows: 3, columns: 20)
    func loss() -> Double {
      backend.gate(gate.view, up.view, by: activation, into: out.view)
      return weightedSum(out.view, weights)
    }
    expectGradient(dGate.view, of: gate, loss: loss)
    expectGradient(dUp.view, of: up, loss: loss)
  }

  /// Grouped heads, and more queries than fit a tile.
  @Test(arguments: [(3, 1, 5), (4, 2, 70), (2, 2, 66)])
  func attention(heads: Int, keyValueHeads: Int, tokens: Int) {
    let size = 8
    let queries = randomMatrix(tokens, heads * size, seed: 1)
    let keys = randomMatrix(tokens, keyValueHeads * size, seed: 2)
    let values = randomMatrix(tokens, keyValueHeads * size, seed: 3)
    let weights = randomMatrix(tokens, heads * size, seed: 4)
    let out = Matrix(rows: tokens, columns: heads * size)
    let logSums = Matrix(rows: tokens, columns: heads)
    let attention = Attention(queries: queries.view, keys: keys.view, values: values.view, headSize: size)
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
    // Differences of every element would take long for many tokens; the first and last rows see all cases.
    let checked = min(tokens, 5)
    for (gradient, input) in [(dQueries, queries), (dKeys, keys), (dValues, values)] {
      expectGradient(gradient.prefix(checked), of: input, loss: loss)
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
      rows: 48, columns: 64, storage: .nf4(NF4Weights(quantizing: UnsafeBufferPointer(dense.view.buffer))))
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
