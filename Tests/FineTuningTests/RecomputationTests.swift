import FineTuning
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// What is computed again is what was computed before, and takes less memory.
struct RecomputationTests {
  /// A model whose adapter has other ranks on other layers; Gemma has norms behind its layers too.
  private func model(_ name: String, isWeightDecomposed: Bool) throws -> LanguageModel {
    var lora = LoRA(
      rank: 4, alpha: 8, dropout: 0.2, targets: Set(LinearLayer.allCases), isWeightDecomposed: isWeightDecomposed)
    lora.rankPattern = [
      try #require(ModulePattern("0.self_attn.q_proj")): 7, try #require(ModulePattern("1.mlp.down_proj")): 2,
    ]
    let model = try LanguageModel(path: Fixtures.path(name)).attaching(lora, seed: 5)
    for (index, matrix) in AdapterGradients.matrices(of: model.adapter?.pairs ?? []).enumerated() {
      let noise = randomMatrix(matrix.rows, matrix.columns, seed: UInt64(index), scale: 0.1)
      matrix.view.add(noise.view)
    }
    return model
  }

  @Test(arguments: ["tiny-llama.gguf", "architectures/gemma3"], [false, true])
  func gradientsAreBitEqual(name: String, isWeightDecomposed: Bool) throws {
    let model = try model(name, isWeightDecomposed: isWeightDecomposed)
    let adapter = try #require(model.adapter)
    let batch = TrainingBatch(TinyTraining().rows(3))
    func run(recompute: Bool) throws -> (Double, [[Float]]) {
      let pass = try TrainingPass(model, maxLength: 16, recompute: recompute, noiseAlpha: 5)
      let gradients = AdapterGradients(like: adapter)
      let loss = try pass.run(batch, denominator: batch.labelCount, gradients: gradients, dropoutSeed: 3)
      return (loss, gradients.matrices.map(\.values))
    }
    let (kept, again) = (try run(recompute: false), try run(recompute: true))
    #expect(kept.0 == again.0)
    for (one, other) in zip(kept.1, again.1) {
      #expect(zip(one, other).allSatisfy { $0 == $1 } && one.contains { $0 != 0 })
    }
  }

  /// A whole training, with batches of different lengths.
  @Test func trainingIsTheSame() throws {
    let tiny = TinyTraining()
    var options = tiny.options(steps: 6)
    let kept = try tiny.trainer(options, dropout: 0.1)
    options.recompute = true
    let again = try tiny.trainer(options, dropout: 0.1)
    for _ in 0..<6 {
      let (one, other) = (try kept.step(), try again.step())
      #expect(one.loss == other.loss && one.gradientNorm == other.gradientNorm)
    }
    #expect(try tiny.numbers(of: kept) == tiny.numbers(of: again))
  }
}
