import FineTuning
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// A batch that passes through the model in parts gives what it gives as a whole, dropout and noise included.
struct BatchPartTests {
  @Test(arguments: [false, true])
  func gradientsAddUp(recompute: Bool) throws {
    let lora = LoRA(rank: 4, alpha: 8, dropout: 0.2, targets: Set(LinearLayer.allCases))
    let model = try LanguageModel(path: Fixtures.path("tiny-llama.gguf")).attaching(lora, seed: 5)
    let adapter = try #require(model.adapter)
    for (index, matrix) in AdapterGradients.matrices(of: adapter.pairs).enumerated() {
      matrix.view.add(randomMatrix(matrix.rows, matrix.columns, seed: UInt64(index), scale: 0.1).view)
    }
    let batch = TrainingBatch(TinyTraining().rows(5))
    func run(tokensAtOnce: Int) throws -> (loss: Double, gradients: [[Float]], evaluation: BatchEvaluation) {
      let pass = try TrainingPass(
        model, maxLength: 16, recompute: recompute, noiseAlpha: 5, tokensAtOnce: tokensAtOnce)
      let gradients = AdapterGradients(like: adapter)
      let loss = try pass.run(batch, denominator: batch.labelCount, gradients: gradients, dropoutSeed: 3)
      return (loss, gradients.matrices.map(\.values), try pass.evaluate(batch))
    }
    let whole = try run(tokensAtOnce: 1000)
    // Parts of some sequences, and of one that is longer than the limit.
    for limit in [batch.tokens.count / 2, 3] {
      let parts = try run(tokensAtOnce: limit)
      #expect(abs(parts.loss - whole.loss) < 1e-5 * whole.loss)
      #expect(abs(parts.evaluation.lossSum - whole.evaluation.lossSum) < 1e-5 * whole.evaluation.lossSum)
      #expect(
        parts.evaluation.labels == whole.evaluation.labels && parts.evaluation.rows == whole.evaluation.rows
          && parts.evaluation.rightTokens == whole.evaluation.rightTokens)
      for (one, other) in zip(parts.gradients, whole.gradients) {
        let largest = other.map(abs).max() ?? 0
        #expect(largest > 0)
        #expect(zip(one, other).allSatisfy { abs($0 - $1) < 1e-4 * largest })
      }
    }
  }
}
