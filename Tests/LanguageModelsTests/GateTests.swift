import Foundation
import LanguageModels
import TensorCore
import Testing

/// The gated activations against their definitions in double precision.
struct GateTests {
  @Test(arguments: [Activation.silu, .geluTanh])
  func equalsDefinition(_ activation: Activation) {
    // More than a chunk, and numbers whose exponentials overflow and vanish.
    let values = (0..<1500).map { Float($0 - 750) / 60 } + [-3e4, -100, -88, 0, -0.0, 88, 100, 3e4]
    let gate = Matrix(rows: 1, columns: values.count, values: values)
    let up = Matrix(rows: 1, columns: values.count, values: values.indices.map { $0 % 2 == 0 ? 1 : -0.5 })
    let out = Matrix(rows: 1, columns: values.count)
    CPUBackend.shared.gate(gate.view, up.view, by: activation, into: out.view)
    for (index, x) in values.enumerated() {
      let expected = Self.value(of: activation, at: Double(x)) * (index % 2 == 0 ? 1 : -0.5)
      #expect(abs(Double(out.values[index]) - expected) <= 1e-6 + 1e-6 * abs(expected), "at \(x)")
    }
    CPUBackend.shared.gate(gate.view, up.view, by: activation, into: gate.view)
    #expect(gate.values == out.values, "the result may be written over the gate")
  }

  private static func value(of activation: Activation, at x: Double) -> Double {
    switch activation {
    case .silu: x / (1 + exp(-x))
    case .geluTanh: 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    }
  }
}
