import Datasets
import FineTuning
import Foundation
import JSONValue
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing
import Tokenization

/// Ten QLoRA steps of the real model on IMDB rows against HF Trainer, PEFT and bitsandbytes in float32.
struct SmolLM2TrainingTests {
  @Test func firstStepsEqualTrainer() throws {
    let run = try Fixtures.json("qlora_smollm2.json")
    let model = try LanguageModel(ggufPath: Fixtures.smolLM2).quantized()
      .attaching(LoRA(rank: 8, alpha: 16, targets: [.q, .v]), seed: 42)
    try expectInitialAdapter(try #require(model.adapter), equals: try #require(run["initial_lora_A_start"]?.object))
    let dataset = try Dataset.imdb(path: Fixtures.movieReviews).shuffled(seed: 42).prefix(64)
    let sequences = try (0..<dataset.count).map { model.tokenizer.ids(of: try dataset.row($0).text) }
    for (sequence, expected) in zip(sequences, try #require(run["ids_sha256"]?.array)) {
      #expect(sha256(sequence.prefix(128).map(Int32.init)) == expected.string, "tokens of a row")
    }
    let trainer = try Trainer(
      model, sequences: sequences,
      options: TrainingOptions(steps: 10, batchSize: 4, maxLength: 128, precision: .float32, seed: 42))
    for expected in try #require(run["history"]?.array) {
      let record = try trainer.step()
      #expect(abs(record.loss - (expected["loss"]?.number ?? .nan)) < 1e-3)
      #expect(abs(record.gradientNorm - (expected["grad_norm"]?.number ?? .nan)) < 1e-3)
      #expect(abs(record.learningRate - (expected["learning_rate"]?.number ?? .nan)) < 1e-12)
    }
    #expect(trainer.isFinished)
    let adapter = try #require(trainer.model.adapter)
    try expectNorms(of: adapter, equal: try #require(run["final_norms"]?.object))
  }

  private func expectInitialAdapter(_ adapter: Adapter, equals expected: [String: JSONValue]) throws {
    #expect(expected.count == 60)
    for (module, pair) in adapter.folder(baseModel: nil).pairs {
      let start = try #require(expected["base_model.model.\(module).lora_A.weight"]?.array).compactMap(\.number)
      #expect(Array(pair.a.values.prefix(start.count)) == start.map { Float($0) }, "\(module)")
    }
  }

  private func expectNorms(of adapter: Adapter, equal expected: [String: JSONValue]) throws {
    for (module, pair) in adapter.folder(baseModel: nil).pairs {
      for (suffix, matrix) in [("lora_A", pair.a), ("lora_B", pair.b)] {
        let norm = matrix.values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        let value = try #require(expected["base_model.model.\(module).\(suffix).weight"]?.number)
        #expect(abs(norm - value) < 1e-3 * max(1, value), "\(module) \(suffix)")
      }
    }
  }
}
