import LanguageModels
import Quantization
import TensorCore
import Testing

/// The feed-forward part as one operation, forwards and backwards, beside the same step by step in the same numbers.
@Suite(.enabled(if: CPUBackend.bfloat16.roundsProducts(ofRows: 7))) struct FeedForwardTests {
  private let backend = CPUBackend.bfloat16

  /// An odd width, which pairs of bfloat16 go beyond; tokens that fill no tile; several tasks.
  private static let shapes = [(tokens: 7, width: 151), (33, 64), (200, 320), (130, 97)]

  private func weight(_ rows: Int, _ columns: Int, seed: UInt64) -> WeightMatrix {
    let numbers = randomMatrix(rows, columns, seed: seed).values
    return WeightMatrix(Matrix(rows: rows, columns: columns, values: numbers.map { $0 / 8 }))
  }

  private func isNear(_ a: Matrix, _ b: Matrix) -> Bool {
    zip(a.values, b.values).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) }
  }

  @Test(arguments: [Activation.silu, .geluTanh], shapes)
  func forward(activation: Activation, shape: (tokens: Int, width: Int)) {
    let (tokens, width) = shape
    let (gate, up, down) = (weight(width, 70, seed: 1), weight(width, 70, seed: 2), weight(70, width, seed: 3))
    let x = randomMatrix(tokens, 70, seed: 4)
    let kept = (gate: Matrix(rows: tokens, columns: width), up: Matrix(rows: tokens, columns: width))
    let (gates, ups, gated) = (kept.gate.copy(), kept.up.copy(), kept.gate.copy())
    let (start, expected) = (randomMatrix(tokens, 70, seed: 5), Matrix(rows: tokens, columns: 70))
    backend.multiply(x.view, by: [gate, up], into: [gates.view, ups.view])
    backend.gate(gates.view, ups.view, by: activation, into: gated.view)
    backend.multiply(gated.view, by: down, into: expected.view)

    let y = start.copy()
    backend.feedForward(
      x.view, gate: gate, up: up, down: down, by: activation, keeping: (kept.gate.view, kept.up.view), into: y.view,
      adding: true)
    #expect(kept.gate.values == gates.values && kept.up.values == ups.values)
    let sum = start.copy()
    sum.view.add(expected.view)
    #expect(isNear(y, sum))
    // The result may take the place of the input.
    backend.feedForward(
      x.view, gate: gate, up: up, down: down, by: activation, keeping: (kept.gate.view, kept.up.view), into: x.view,
      adding: false)
    #expect(isNear(x, expected))
  }

  @Test(arguments: [Activation.silu, .geluTanh], shapes)
  func backward(activation: Activation, shape: (tokens: Int, width: Int)) {
    let (tokens, width) = shape
    let (gate, down) = (weight(width, 70, seed: 1), weight(70, width, seed: 3))
    let dy = randomMatrix(tokens, 70, seed: 4)
    let (gates, ups) = (randomMatrix(tokens, width, seed: 5), randomMatrix(tokens, width, seed: 6))
    let dGated = Matrix(rows: tokens, columns: width)
    let dx = [Matrix(rows: tokens, columns: 70), Matrix(rows: tokens, columns: 70), Matrix(rows: tokens, columns: 70)]

    let (dGate, dUp) = (gates.copy(), ups.copy())
    backend.multiplyTransposed(dy.view, by: down, into: dGated.view, adding: false)
    backend.gateBackward(dGate.view, dUp.view, by: activation, gradient: dGated.view) {
      backend.multiplyTransposed(dGate.view, by: gate, into: dx[0].view, adding: false)
    }
    // Shared copies are gone: what they were copies of is rounded again.
    backend.multiplyTransposed(dGate.view, by: gate, into: dx[1].view, adding: false)
    let (ownGate, ownUp) = (gates.copy(), ups.copy())
    backend.gateBackward(
      ownGate.view, ownUp.view, by: activation, dy: dy.view, through: down, with: nil, gradient: dGated.view
    ) {
      backend.multiplyTransposed(ownGate.view, by: gate, into: dx[2].view, adding: false)
    }
    #expect(isNear(ownGate, dGate) && isNear(ownUp, dUp))
    #expect(dx[0].values == dx[1].values && isNear(dx[2], dx[0]))
  }

  /// A pair's term comes with the product, large enough to be laid out for tiles or too small, as if it were added behind it.
  @Test(arguments: [(tokens: 200, rank: 16), (130, 40), (33, 3), (5, 8)])
  func terms(shape: (tokens: Int, rank: Int)) {
    let (tokens, rank) = shape
    let (x, left) = (randomMatrix(tokens, 330, seed: 1), randomMatrix(tokens, rank, seed: 2))
    let weights = [weight(320, 330, seed: 3), weight(250, 330, seed: 4)]
    let (right, across) = (randomMatrix(320, rank, seed: 5), randomMatrix(rank, 330, seed: 6))
    func results() -> [Matrix] { weights.map { Matrix(rows: tokens, columns: $0.rows) } }
    let (apart, together) = (results(), results())
    let term = LowRankTerm(left.view, right.view, transposed: true, scale: 0.5)
    backend.multiply(x.view, by: weights, into: apart.map(\.view))
    backend.add(term, to: apart[0].view)
    backend.multiply(x.view, by: weights, with: [term, nil], into: together.map(\.view))
    #expect(isNear(together[0], apart[0]) && together[1].values == apart[1].values)

    let (dx, sum) = (randomMatrix(tokens, 330, seed: 7), randomMatrix(tokens, 330, seed: 7))
    let back = LowRankTerm(left.view, across.view, transposed: false, scale: 1)
    backend.multiplyTransposed(apart[0].view, by: weights[0], into: dx.view, adding: true)
    backend.add(back, to: dx.view)
    backend.multiplyTransposed(apart[0].view, by: weights[0], with: back, into: sum.view, adding: true)
    #expect(isNear(sum, dx))

    // Through the gate: what is 330 wide is the gradient of gate · up.
    let (gates, ups, dGated) = (
      randomMatrix(tokens, 330, seed: 8), randomMatrix(tokens, 330, seed: 9), Matrix(rows: tokens, columns: 330)
    )
    let (ownGate, ownUp) = (gates.copy(), ups.copy())
    backend.multiplyTransposed(apart[0].view, by: weights[0], with: back, into: dGated.view, adding: false)
    backend.gateBackward(gates.view, ups.view, by: .silu, gradient: dGated.view) {}
    backend.gateBackward(
      ownGate.view, ownUp.view, by: .silu, dy: apart[0].view, through: weights[0], with: back, gradient: dGated.view
    ) {}
    #expect(isNear(ownGate, gates) && isNear(ownUp, ups))
  }
}
