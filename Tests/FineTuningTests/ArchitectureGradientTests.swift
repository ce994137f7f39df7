import FineTuning
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// Loss and gradients of a LoRA on all linear layers of each architecture, against PEFT and transformers in float32.
struct ArchitectureGradientTests {
  @Test(arguments: ["llama", "mistral", "mistral-window", "qwen2", "qwen3", "gemma3"])
  func lossAndGradientsEqualPEFT(name: String) throws {
    var model = try LanguageModel(path: Fixtures.path("architectures/\(name)"))
    let folder = Fixtures.path("architectures/\(name).adapter")
    let adapter = try Adapter(AdapterFolder(readingFrom: folder), path: folder, configuration: model.configuration)
    model.adapter = adapter
    let fixture = try Fixtures.tensors("architectures/\(name).gradients.safetensors")
    let batch = try batch(fixture)
    let gradients = AdapterGradients(like: adapter)
    let pass = try TrainingPass(model, maxLength: 24)
    let loss = try pass.run(batch, denominator: batch.labelCount, gradients: gradients)
    let expectedLoss = try Double(fixture.floats("loss")[0])
    #expect(abs(loss - expectedLoss) < 1e-4 * expectedLoss)
    #expect(gradients.matrices.count == fixture.tensors.count - 3, "ids, lengths and loss are no gradients")
    for (index, pairs) in gradients.pairs.enumerated() {
      for (layer, pair) in pairs {
        for (matrix, letter) in [(pair.a, "A"), (pair.b, "B")] {
          let module = layer.path(inBlock: index)
          let expected = try fixture.floats("base_model.model.\(module).lora_\(letter).weight")
          let largest = expected.map(abs).max() ?? 0
          #expect(largestDifference(matrix.values, expected) < 1e-4 * largest, "\(module) \(letter)")
        }
      }
    }
    #expect(try abs(pass.run(batch, denominator: batch.labelCount, gradients: nil) - loss) < 1e-5)
  }

  /// The rows of the fixture without their padding.
  private func batch(_ fixture: SafetensorsFile) throws -> TrainingBatch {
    let (ids, lengths) = try (fixture.integers("ids"), fixture.integers("lengths"))
    let width = ids.count / lengths.count
    let rows = lengths.enumerated().map { row, length in Array(ids[row * width..<row * width + length]) }
    return TrainingBatch(rows, rows: Array(rows.indices))
  }
}
