import Generation
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// Guessing ahead changes nothing but the time: whole generations are compared with those without.
struct SpeculationTests {
  /// Texts that repeat, so that there is something to guess.
  private static func prompt(_ seed: Int, _ vocabulary: Int) -> [Int] {
    let generator = SplitMix64(seed: UInt64(seed))
    let phrase = (0..<6).map { 3 + Int(generator.uniform(at: UInt64($0)) * Float(vocabulary - 3)) }
    return phrase + phrase.prefix(4) + phrase + [phrase[seed % 6], phrase[(seed + 1) % 6]]
  }

  private static let samplings = [
    SamplingOptions.greedy, SamplingOptions(temperature: 0.6, seed: 5),
    SamplingOptions(temperature: 1, topK: 12, topP: 0.9, minP: 0.01, repetitionPenalty: 1.1, seed: 8),
  ]

  /// Windows, biases, norms of heads, tied and own heads, adapters; with activations as they are and rounded.
  @Test(arguments: [
    "tiny-llama.gguf", "tiny-untied.gguf", "architectures/gemma3.gguf", "architectures/mistral-window",
    "architectures/qwen2.gguf", "architectures/qwen3.gguf",
  ])
  func tokensAreTheSame(path: String) throws {
    let plain = try LanguageModel(path: Fixtures.path(path))
    var rounded = try plain.attaching(LoRA(rank: 4, targets: Set(LinearLayer.allCases)), seed: 1)
    rounded.activations = .int8
    var accepted = 0
    for model in [plain, try plain.quantized(), rounded] {
      for sampling in Self.samplings {
        for seed in 0..<7 {
          let prompt = Self.prompt(seed, model.configuration.vocabularySize)
          let expected = try generate(model, prompt, sampling, draftTokens: 0)
          for draftTokens in [1, 4, 15] {
            let found = try generate(model, prompt, sampling, draftTokens: draftTokens)
            #expect(found.steps == expected.steps && found.stopReason == expected.stopReason)
            #expect(found.text == expected.text && found.acceptedTokens <= found.draftedTokens)
            accepted += found.acceptedTokens
          }
        }
      }
    }
    #expect(accepted > 10)
  }

  /// The last of ten drawn tokens is distributed as without guesses: other seeds, and the chi-square of two samples.
  @Test func drawnTokensFollowTheDistribution() throws {
    let context = PrefixContext(try LanguageModel(path: Fixtures.path("tiny-llama.gguf")))
    let generator = TextGenerator(context)
    let draws = 2000
    var counts: [Int: SIMD2<Double>] = [:]
    var (drafted, accepted) = (0, 0)
    for draw in 0..<2 * draws {
      let sampling = SamplingOptions(temperature: 0.8, topK: 4, seed: UInt64(draw))
      let generation = try generator.generate(
        after: Self.prompt(1, 300), prompt: "",
        GenerationOptions(maxTokens: 10, sampling: sampling, draftTokens: draw < draws ? 6 : 0))
      let last = generation.steps.last?.id ?? -1
      counts[last, default: .zero][draw < draws ? 0 : 1] += 1
      drafted += generation.draftedTokens
      accepted += generation.acceptedTokens
    }
    #expect(accepted > 200 && accepted < drafted)
    let (common, rare) = (counts.values.filter { $0.sum() >= 20 }, counts.values.filter { $0.sum() < 20 })
    let bins = common + (rare.isEmpty ? [] : [rare.reduce(.zero, +)])
    let chiSquare = bins.reduce(0) { $0 + ($1[0] - $1[1]) * ($1[0] - $1[1]) / $1.sum() }
    // Mean and standard deviation of chi-square with k degrees of freedom are k and the root of 2k.
    let freedom = Double(bins.count - 1)
    #expect(bins.count > 3 && chiSquare < freedom + 4 * (2 * freedom).squareRoot())
  }

  private func generate(
    _ model: LanguageModel, _ prompt: [Int], _ sampling: SamplingOptions, draftTokens: Int
  ) throws -> Generation {
    try TextGenerator(model).generate(
      after: prompt, prompt: "", GenerationOptions(maxTokens: 40, sampling: sampling, draftTokens: draftTokens))
  }
}
