import FineTuning
import Foundation
import JSONValue
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// Optimizers step by step against torch and bitsandbytes; `Tests/Fixtures/makers/optimizers.py` made the runs.
struct OptimizerTests {
  private static let shapes = [("small", 8, 16), ("large", 62, 71)]

  private let facts: JSONValue
  private let tensors: SafetensorsFile

  init() throws {
    facts = try Fixtures.json("optimizers.json")
    tensors = try Fixtures.tensors("optimizers.safetensors")
  }

  /// Adam's quotient is the same to a few roundings; with 8 bits a moment at the border of two codes may take either.
  @Test(arguments: OptimizerKind.allCases)
  func trajectoryEqualsThePeers(kind: OptimizerKind) throws {
    let (parameters, _) = try run(kind) { step, parameters in
      guard tensors.tensors["\(kind.rawValue).\(step).small"] != nil else { return }
      for (shape, parameter) in zip(Self.shapes, parameters) {
        let expected = try tensors.floats("\(kind.rawValue).\(step).\(shape.0)")
        let differences = zip(parameter.matrix.values, expected).map { abs($0 - $1) }
        #expect(
          differences.count { $0 > 1e-6 } <= (kind == .adamW8bit ? expected.count / 500 : 0), "\(step) \(shape.0)")
        #expect(differences.max() ?? 1 < 1e-3)
      }
    }
    #expect(parameters.count == 2)
  }

  /// The codes and scales themselves are bitsandbytes' after twelve steps.
  @Test func momentsAreBitsandbytes() throws {
    let (_, optimizer) = try run(.adamW8bit) { _, _ in }
    let state = try saved(optimizer)
    for (number, name) in [(1, "exp_avg"), (2, "exp_avg_sq")] {
      #expect(state.tensors["large.\(name)"]?.type == .u8 && state.tensors["large.\(name)"]?.shape == [62, 71])
      let codes = try state.bytes("large.\(name)").array(of: UInt8.self)
      let expected = try tensors.bytes("adamW8bit.state\(number)").array(of: UInt8.self)
      let apart = zip(codes, expected).filter { $0 != $1 }
      #expect(apart.count <= expected.count / 500, "\(apart.count) codes differ")
      #expect(apart.allSatisfy { abs(Int($0) - Int($1)) == 1 })
      let expectedScales = try tensors.floats("adamW8bit.absmax\(number)")
      for (scale, expected) in zip(try state.floats("large.\(name).absmax"), expectedScales) {
        #expect(abs(scale - expected) <= 1e-6 * abs(expected))
      }
      #expect(expectedScales[3] == 0, "a block of zeros is among them")
    }
    #expect(state.tensors["small.exp_avg"]?.type == .f32, "small matrices keep whole moments")
    #expect(try state.bytes("step").array(of: Int64.self) == [12])
  }

  /// What an optimizer remembers can be handed to another one, which then goes on as the first would.
  @Test(arguments: OptimizerKind.allCases)
  func stateMovesToAnotherOptimizer(kind: OptimizerKind) throws {
    let (parameters, first) = try run(kind) { _, _ in }
    var (one, other) = (first, kind.make(parameters, weightDecay: 0.1))
    try other.restore(saved(first))
    let before = parameters.map { $0.matrix.values }
    let gradients = Self.shapes.map { Self.numbers($0.1, $0.2, step: 13) }
    one.update(gradients: gradients, learningRate: 0.01, gradientScale: 1)
    let expected = parameters.map { $0.matrix.values }
    for (parameter, values) in zip(parameters, before) {
      for (place, value) in values.enumerated() { parameter.matrix.view.base[place] = value }
    }
    other.update(gradients: gradients, learningRate: 0.01, gradientScale: 1)
    #expect(parameters.map { $0.matrix.values } == expected, "bit for bit")
    #expect(expected != before)
  }

  @Test func stateOfAnotherAdapterIsRefused() throws {
    let (parameters, optimizer) = try run(.adamW) { _, _ in }
    let file = try saved(optimizer)
    var wider = OptimizerKind.adamW.make(
      [parameters[0], TrainedParameter(name: "large", matrix: Matrix(rows: 71, columns: 62))], weightDecay: 0)
    #expect(throws: OptimizerStateError.shape("large.exp_avg", found: [62, 71], expected: [71, 62])) {
      try wider.restore(file)
    }
    var quantized = OptimizerKind.adamW8bit.make(parameters, weightDecay: 0)
    #expect(throws: OptimizerStateError.missing("large.exp_avg.absmax")) { try quantized.restore(file) }
    var renamed = OptimizerKind.adamW.make([TrainedParameter(name: "x", matrix: parameters[0].matrix)], weightDecay: 0)
    #expect(throws: OptimizerStateError.missing("x.exp_avg")) { try renamed.restore(file) }
  }

  /// Rates and decay of each parameter as PEFT's `create_loraplus_optimizer` groups them.
  @Test func loraPlusGroups() throws {
    let groups = try #require(facts["loraplus"]?.object)
    var lora = LoRA(rank: 4, alpha: 8, targets: [.q, .down])
    lora.isWeightDecomposed = true
    let model = try LanguageModel(path: Fixtures.path("tiny-llama.gguf")).attaching(lora, seed: 1)
    let parameters = TrainedParameter.all(of: try #require(model.adapter), loraPlusRatio: 16)
    #expect(Set(parameters.map(\.name)) == Set(groups.keys))
    for parameter in parameters {
      let group = try #require(groups[parameter.name]?.array).compactMap(\.number)
      #expect(abs(1e-3 * parameter.rateFactor - group[0]) < 1e-12, "\(parameter.name)")
      #expect(parameter.decays == (group[1] > 0), "\(parameter.name)")
    }
  }

  /// What an optimizer remembers, written to a file and read again.
  private func saved(_ optimizer: any Optimizer) throws -> SafetensorsFile {
    let folder = try TemporaryFolder()
    let path = folder.file("optimizer.safetensors").path
    let writer = SafetensorsWriter(optimizer.state())
    try writer.write(to: path, reporting: WriteProgress(total: writer.tensorByteCount))
    return try SafetensorsFile(path: path, bytes: Bytes(Array(Data(contentsOf: URL(filePath: path)))))
  }

  // MARK: - The maker's run

  private func run(
    _ kind: OptimizerKind, check: (_ step: Int, _ parameters: [TrainedParameter]) throws -> Void
  ) throws -> ([TrainedParameter], any Optimizer) {
    let parameters = Self.shapes.map { TrainedParameter(name: $0.0, matrix: Self.numbers($0.1, $0.2, step: 0)) }
    let rate = try #require(facts["learning_rate"]?.number)
    let scale = Float(try #require(facts["scale"]?.number))
    var optimizer = kind.make(parameters, weightDecay: try #require(facts["weight_decay"]?.number))
    for step in 1...(try #require(facts["steps"]?.integer)) {
      let gradients = Self.shapes.map { Self.numbers($0.1, $0.2, step: step) }
      optimizer.update(gradients: gradients, learningRate: rate / Double(step), gradientScale: scale)
      try check(step, parameters)
    }
    return (parameters, optimizer)
  }

  /// `numbers` of the maker.
  private static func numbers(_ rows: Int, _ columns: Int, step: Int) -> Matrix {
    let values = (0..<rows * columns).map { place -> Float in
      if place / 256 == 3 || step == 2 && place % 7 == 0 { return 0 }
      let bits = UInt32(truncatingIfNeeded: place &* 2_654_435_761 &+ step &* 2_246_822_519) >> 8
      return (Float(bits) / Float(1 << 24) - 0.5) * Float(sign: .plus, exponent: -(place % 11), significand: 1)
    }
    return Matrix(rows: rows, columns: columns, values: values)
  }
}
