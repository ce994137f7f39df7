import FineTuning
import LanguageModels
import ModelFiles
import TestSupport
import Testing

/// The arithmetic of memory; that the sums are true is measured by the tests of `quill bench train`.
struct MemoryEstimateTests {
  /// The publishers' own counts of parameters.
  @Test(arguments: [
    ("smollm2-135m", 134_515_008), ("HuggingFaceTB/SmolLM2-360M-Instruct", 361_821_120),
    ("smollm2-1.7b", 1_711_376_384),
    ("llama-2-7b", 6_738_415_616), ("meta-llama/Llama-3.1-8B", 8_030_261_248), ("llama-3.1-70b", 70_553_706_496),
    ("Llama-3.2-1B-Instruct", 1_235_814_400), ("llama-3.2-3b", 3_212_749_824), ("mistral-7b-v0.3", 7_248_023_552),
    ("qwen2.5-0.5b", 494_032_768), ("qwen2.5-1.5b", 1_543_714_304), ("qwen2.5-3b", 3_085_938_688),
    ("qwen2.5-7b", 7_615_616_512), ("qwen3-0.6b", 596_049_920), ("qwen3-1.7b", 1_720_574_976),
    ("qwen3-4b", 4_022_468_096), ("qwen3-8b", 8_190_735_360), ("gemma-3-270m", 268_098_176),
    ("google/gemma-3-1b-it", 999_885_952),
  ])
  func parametersOfPublishedModels(name: String, count: Int) throws {
    #expect(try #require(KnownModel.named(name)).shape(.bf16).parameterCount == count)
  }

  @Test func strangersAreNotKnown() { #expect(KnownModel.named("llama-9") == nil) }

  /// What a name foretells is what the loaded model has.
  @Test func nameAndModelAgree() throws {
    let model = try LanguageModel(ggufPath: Fixtures.smolLM2).quantized()
    let (loaded, known) = (ModelShape(model), try #require(KnownModel.named("smollm2-135m")).shape(.nf4))
    #expect(loaded.weightBytes == known.weightBytes && loaded.parameterCount == known.parameterCount)
    // Scales in a file have their map beside them.
    #expect(abs(loaded.scaleBytes - known.scaleBytes) <= 210 * 1040)
    let lora = LoRA(rank: 16, targets: Set(LinearLayer.allCases))
    let adapted = try #require(try model.attaching(lora, seed: 1).adapter)
    let shape = AdapterShape(lora, model.configuration)
    #expect(shape.parameterCount == adapted.parameterCount && shape.parameterCount == 4_884_480)
    #expect(AdapterShape(adapted, model.configuration).parameterCount == adapted.parameterCount)
  }

  private func estimate(_ change: (inout TrainingOptions) -> Void = { _ in }, rank: Int = 16) throws -> MemoryEstimate {
    let shape = try #require(KnownModel.named("llama-3.2-1b")).shape(.nf4)
    var options = TrainingOptions(batchSize: 2, maxLength: 512)
    change(&options)
    return .training(shape, AdapterShape(LoRA(rank: rank), shape.configuration), options, threads: 2)
  }

  @Test func recomputationNeedsLess() throws {
    let kept = try estimate { $0.maxLength = 1024 }
    let again = try estimate { ($0.maxLength, $0.recompute) = (1024, true) }
    #expect(again.total < kept.total * 6 / 10)
    // The inputs of 16 blocks, 1,024 tokens of 2,048 floats each, and one block's own.
    #expect(again[.activations] == 16 * 1024 * 2048 * 4)
    #expect(again[.recomputed] == kept[.activations] / 16 && kept[.recomputed] == 0)
  }

  @Test func partsGrowWithWhatTheyAreOf() throws {
    let (small, long) = (try estimate(), try estimate { $0.maxLength = 1024 })
    #expect(long[.activations] == 2 * small[.activations] && long[.weights] == small[.weights])
    let (adam, bytes) = (small[.optimizer], try estimate { $0.optimizer = .adamW8bit }[.optimizer])
    #expect(adam == 2 * small[.gradients] && small[.adapter] == adam && bytes * 3 < adam && bytes * 4 > adam)
    #expect(try estimate { $0.optimizer = .sgd }[.optimizer] == 0)
    #expect(try estimate(rank: 64)[.gradients] == 4 * small[.gradients])
    #expect(small.total == small.parts.reduce(0) { $0 + $1.bytes } && small.parts.allSatisfy { $0.bytes > 0 })
  }

  @Test func sessionIsWhatIsLeft() throws {
    let estimate = try estimate()
    let standing = [.program, .tokenizer, .weights, .scales, .kept].reduce(0) { $0 + estimate[$1] }
    #expect(estimate.adding(session: standing + 1000)[.session] == 1000)
    #expect(estimate.adding(session: 5).total == estimate.total, "a model that is not read yet makes nothing less")
  }

  @Test func inferenceKeepsKeysAndValues() throws {
    let shape = try #require(KnownModel.named("llama-3.2-1b")).shape(.bf16)
    let one = try MemoryEstimate.inference(shape, texts: 1, length: 1024)
    // 16 blocks of 8 heads of 64 numbers of 2 bytes, keys and values.
    #expect(one[.cache] == 1024 * 16 * 2 * 8 * 64 * 2)
    #expect(try MemoryEstimate.inference(shape, texts: 3, length: 1024)[.cache] == 3 * one[.cache])
    #expect(one[.gradients] == 0 && one[.weights] == 973_078_528 * 2)
  }
}
