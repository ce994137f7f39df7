import FineTuning
import Foundation
import JSONValue
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// DoRA, patterns and initializations step by step against PEFT and torch's AdamW in float32;
/// `Tests/Fixtures/makers/adapter_variants.py` made the runs.
struct AdapterTrainingTests {
  private static let runs: [(name: String, options: LoRA)] = {
    var patterns = LoRA(rank: 3, alpha: 6, targets: Set(LinearLayer.allCases))
    patterns.rankPattern["q_proj"] = 2
    patterns.alphaPattern["up_proj"] = 1
    return [
      ("dora", LoRA(rank: 3, alpha: 6, targets: [.q, .v, .o, .down], isWeightDecomposed: true)),
      ("lora-patterns", patterns),
      ("gaussian", LoRA(rank: 3, alpha: 6, targets: [.q, .up], initialization: .gaussian)),
      ("pissa", LoRA(rank: 3, alpha: 6, targets: [.k, .down], initialization: .pissa)),
    ]
  }()

  private let tensors: SafetensorsFile
  private let sequences: [[Int]]

  init() throws {
    tensors = try Fixtures.tensors("adapters/training.safetensors")
    let ids = try tensors.integers("ids")
    sequences = [Array(ids[..<18]), Array(ids[18..<29])]
  }

  @Test(arguments: runs.map(\.name))
  func stepsEqualPEFT(name: String) throws {
    let options = try #require(Self.runs.first { $0.name == name }).options
    let facts = try Fixtures.json("adapters/training.json")
    let losses = try #require(facts[name]?["losses"]?.array).compactMap(\.number)
    let model = try LanguageModel(path: Fixtures.path("tiny-llama.gguf")).attaching(options, seed: 21)
    let trainer = try Trainer(
      model, sequences: sequences,
      options: TrainingOptions(
        steps: losses.count, batchSize: 2, learningRate: try #require(facts["learning_rate"]?.number),
        schedule: .constant, maxGradNorm: 0, shuffle: false, precision: .float32))
    for (index, loss) in losses.enumerated() {
      if index == 1 { try expectGradients(of: trainer.model, name) }
      #expect(abs(try trainer.step().loss - loss) < 2e-4 * loss, "step \(index)")
    }
    try expectAdapter(try #require(trainer.model.adapter), name)
  }

  private func expectGradients(of model: LanguageModel, _ name: String) throws {
    let adapter = try #require(model.adapter)
    let gradients = AdapterGradients(like: adapter)
    let batch = TrainingBatch(sequences, rows: [0, 1])
    _ = try TrainingPass(model, maxLength: 18).run(batch, denominator: batch.labelCount, gradients: gradients)
    // Which way a singular direction points is LAPACK's choice.
    let ignoresSign = adapter.taken != nil
    for (block, pairs) in gradients.pairs.enumerated() {
      for (layer, pair) in pairs {
        let module = "base_model.model.\(layer.path(inBlock: block))"
        for (suffix, matrix) in zip(["lora_A.weight", "lora_B.weight", "lora_magnitude_vector.weight"], pair.matrices) {
          let key = "\(name).gradient.\(module).\(suffix)"
          let expected = try tensors.floats(key).map { ignoresSign ? abs($0) : $0 }
          let found = matrix.values.map { ignoresSign ? abs($0) : $0 }
          let largest = expected.map(abs).max() ?? 0
          #expect(largest > 0 && largestDifference(found, expected) < 2e-3 * largest, "\(key)")
        }
      }
    }
  }

  private func expectAdapter(_ adapter: Adapter, _ name: String) throws {
    for (module, pair) in adapter.folder(baseModel: nil).pairs {
      let key = "\(name).final.base_model.model.\(module)"
      let (a, b) = (try tensors.floats("\(key).lora_A.weight"), try tensors.floats("\(key).lora_B.weight"))
      let expected = product(
        Matrix(rows: pair.b.rows, columns: pair.b.columns, values: b),
        Matrix(rows: pair.a.rows, columns: pair.a.columns, values: a))
      let largest = expected.map(abs).max() ?? 0
      #expect(largestDifference(product(pair.b, pair.a), expected) < 0.02 * largest, "\(module)")
      if let magnitude = pair.magnitude {
        let expected = try tensors.floats("\(key).lora_magnitude_vector")
        #expect(largestDifference(magnitude.values, expected) < 1e-3, "\(module)")
      }
    }
  }

  private func product(_ b: Matrix, _ a: Matrix) -> [Float] {
    let product = Matrix(rows: b.rows, columns: a.columns)
    MatrixProduct.multiply(b.view, by: a.view, into: product.view)
    return product.values
  }
}
