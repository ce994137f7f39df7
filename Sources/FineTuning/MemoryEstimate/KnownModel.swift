import LanguageModels
import ModelFiles
import Quantization

/// The sizes of a published model, as its `config.json` states them, so that it can be spoken of before it is fetched.
package struct KnownModel: Sendable {
  /// The name in small letters, without the word for its chat version.
  package let name: String
  package let configuration: ModelConfiguration
  /// Whether the embedding is the head too.
  package let isTied: Bool

  /// The model of this name: with or without its publisher, and with or without a word for its chat version.
  package static func named(_ name: String) -> KnownModel? {
    var plain = (name.split(separator: "/").last.map(String.init) ?? name).lowercased()
    if plain.hasPrefix("meta-") { plain.removeFirst("meta-".count) }
    for ending in ["-instruct", "-it", "-chat", "-base"] where plain.hasSuffix(ending) {
      plain.removeLast(ending.count)
    }
    return all.first { $0.name == plain }
  }

  /// The shape with linear layers in a format, embedding and head in bfloat16 as they are published.
  package func shape(_ format: WeightFormat) -> ModelShape {
    ModelShape(configuration, isTied: isTied, format: format)
  }

  private init(
    _ name: String, _ architecture: Architecture, blocks: Int, hidden: Int, feedForward: Int, heads: Int,
    keyValueHeads: Int, headSize: Int, vocabulary: Int, context: Int, isTied: Bool
  ) {
    var configuration = ModelConfiguration(
      architecture: architecture, name: name, blockCount: blocks, hiddenSize: hidden, feedForwardSize: feedForward,
      headCount: heads, keyValueHeadCount: keyValueHeads, headSize: headSize, vocabularySize: vocabulary,
      contextLength: context, normEpsilon: 1e-6, ropeBase: 10_000)
    if architecture == .qwen2 { configuration.biasedLayers = [.q, .k, .v] }
    if architecture == .gemma3 {
      configuration.slidingWindow = 512
      configuration.localBlocks = (1...blocks).map { !$0.isMultiple(of: 6) }
      configuration.localRopeBase = 10_000
    }
    self.name = name
    self.configuration = configuration
    self.isTied = isTied
  }

  // swift-format-ignore
  package static let all = [
    KnownModel("smollm2-135m", .llama, blocks: 30, hidden: 576, feedForward: 1536, heads: 9, keyValueHeads: 3, headSize: 64, vocabulary: 49_152, context: 8192, isTied: true),
    KnownModel("smollm2-360m", .llama, blocks: 32, hidden: 960, feedForward: 2560, heads: 15, keyValueHeads: 5, headSize: 64, vocabulary: 49_152, context: 8192, isTied: true),
    KnownModel("smollm2-1.7b", .llama, blocks: 24, hidden: 2048, feedForward: 8192, heads: 32, keyValueHeads: 32, headSize: 64, vocabulary: 49_152, context: 8192, isTied: true),
    KnownModel("llama-2-7b", .llama, blocks: 32, hidden: 4096, feedForward: 11_008, heads: 32, keyValueHeads: 32, headSize: 128, vocabulary: 32_000, context: 4096, isTied: false),
    KnownModel("llama-3.1-8b", .llama, blocks: 32, hidden: 4096, feedForward: 14_336, heads: 32, keyValueHeads: 8, headSize: 128, vocabulary: 128_256, context: 131_072, isTied: false),
    KnownModel("llama-3.1-70b", .llama, blocks: 80, hidden: 8192, feedForward: 28_672, heads: 64, keyValueHeads: 8, headSize: 128, vocabulary: 128_256, context: 131_072, isTied: false),
    KnownModel("llama-3.2-1b", .llama, blocks: 16, hidden: 2048, feedForward: 8192, heads: 32, keyValueHeads: 8, headSize: 64, vocabulary: 128_256, context: 131_072, isTied: true),
    KnownModel("llama-3.2-3b", .llama, blocks: 28, hidden: 3072, feedForward: 8192, heads: 24, keyValueHeads: 8, headSize: 128, vocabulary: 128_256, context: 131_072, isTied: true),
    KnownModel("mistral-7b-v0.3", .llama, blocks: 32, hidden: 4096, feedForward: 14_336, heads: 32, keyValueHeads: 8, headSize: 128, vocabulary: 32_768, context: 32_768, isTied: false),
    KnownModel("qwen2.5-0.5b", .qwen2, blocks: 24, hidden: 896, feedForward: 4864, heads: 14, keyValueHeads: 2, headSize: 64, vocabulary: 151_936, context: 32_768, isTied: true),
    KnownModel("qwen2.5-1.5b", .qwen2, blocks: 28, hidden: 1536, feedForward: 8960, heads: 12, keyValueHeads: 2, headSize: 128, vocabulary: 151_936, context: 32_768, isTied: true),
    KnownModel("qwen2.5-3b", .qwen2, blocks: 36, hidden: 2048, feedForward: 11_008, heads: 16, keyValueHeads: 2, headSize: 128, vocabulary: 151_936, context: 32_768, isTied: true),
    KnownModel("qwen2.5-7b", .qwen2, blocks: 28, hidden: 3584, feedForward: 18_944, heads: 28, keyValueHeads: 4, headSize: 128, vocabulary: 152_064, context: 32_768, isTied: false),
    KnownModel("qwen3-0.6b", .qwen3, blocks: 28, hidden: 1024, feedForward: 3072, heads: 16, keyValueHeads: 8, headSize: 128, vocabulary: 151_936, context: 40_960, isTied: true),
    KnownModel("qwen3-1.7b", .qwen3, blocks: 28, hidden: 2048, feedForward: 6144, heads: 16, keyValueHeads: 8, headSize: 128, vocabulary: 151_936, context: 40_960, isTied: true),
    KnownModel("qwen3-4b", .qwen3, blocks: 36, hidden: 2560, feedForward: 9728, heads: 32, keyValueHeads: 8, headSize: 128, vocabulary: 151_936, context: 40_960, isTied: true),
    KnownModel("qwen3-8b", .qwen3, blocks: 36, hidden: 4096, feedForward: 12_288, heads: 32, keyValueHeads: 8, headSize: 128, vocabulary: 151_936, context: 40_960, isTied: false),
    KnownModel("gemma-3-270m", .gemma3, blocks: 18, hidden: 640, feedForward: 2048, heads: 4, keyValueHeads: 1, headSize: 256, vocabulary: 262_144, context: 32_768, isTied: true),
    KnownModel("gemma-3-1b", .gemma3, blocks: 26, hidden: 1152, feedForward: 6912, heads: 4, keyValueHeads: 1, headSize: 256, vocabulary: 262_144, context: 32_768, isTied: true),
  ]
}
