import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// What the metadata of GGUF files and `config.json` say of the same models.
struct ConfigurationTests {
  private func gguf(_ name: String) throws -> ModelConfiguration {
    try ModelConfiguration(GGUFFile(path: Fixtures.path("architectures/\(name).gguf")))
  }

  private func folder(_ name: String) throws -> ModelConfiguration {
    try ModelConfiguration(HuggingFaceFolder(path: Fixtures.path("architectures/\(name)")))
  }

  /// The converter's file and the folder that it was made of; names and what GGUF cannot say are left out.
  @Test(arguments: ["llama", "mistral", "qwen2", "qwen3", "gemma3", "gemma3-linear"])
  func bothFormsSayTheSame(name: String) throws {
    var (file, folder) = try (gguf(name), folder(name))
    #expect(folder.name == name)
    folder.name = file.name
    // Stored in GGUF as a tensor, which is no part of the metadata.
    if name == "llama" { file.ropeFactors = folder.ropeFactors }
    // The converter leaves `query_pre_attn_scalar` out.
    if name == "gemma3-linear" { folder.queryScale = nil }
    #expect(file == folder)
  }

  @Test func llama() throws {
    let model = try folder("llama")
    #expect(model.architecture == .llama && model.blockCount == 2 && model.hiddenSize == 64)
    #expect(model.headCount == 4 && model.keyValueHeadCount == 2 && model.headSize == 16)
    #expect(model.feedForwardSize == 96 && model.vocabularySize == 320 && model.contextLength == 2048)
    #expect(model.ropeBase == 500_000 && model.normEpsilon == 1e-5 && model.biasedLayers.isEmpty)
    #expect(model.localBlocks.isEmpty && model.localRopeBase == nil && model.embeddingScale == 1)
  }

  /// The divisors that llama.cpp's converter computed in torch, bit for bit.
  @Test func llama3FactorsAreTheConverters() throws {
    let file = try GGUFFile(path: Fixtures.path("architectures/llama.gguf"))
    let tensor = try #require(file.tensor("rope_freqs.weight"))
    let factors = try folder("llama").ropeFactors
    #expect(factors == file.data(of: tensor).array(of: Float.self))
    #expect(factors.first == 1 && factors.last == 32 && Set(factors).count > 2)
  }

  @Test func windows() throws {
    let mistral = try folder("mistral-window")
    #expect(mistral.architecture == .llama && mistral.slidingWindow == 8 && mistral.localBlocks == [true, true])
    #expect(mistral.localRopeBase == nil)
    #expect(try folder("mistral").slidingWindow == nil)
    for model in try [gguf("gemma3"), folder("gemma3")] {
      #expect(model.slidingWindow == 8 && model.localBlocks == [true, true, true, true, true, false])
      #expect(model.ropeBase == 1_000_000 && model.localRopeBase == 10_000)
    }
  }

  @Test func qwen() throws {
    #expect(try gguf("qwen2").biasedLayers == [.q, .k, .v])
    #expect(try folder("qwen2").biasedLayers == [.q, .k, .v])
    let third = try folder("qwen3")
    #expect(third.biasedLayers.isEmpty && third.headSize == 16 && third.hiddenSize / third.headCount == 8)
  }

  @Test func gemma() throws {
    #expect(try folder("gemma3").embeddingScale == Float(32).squareRoot())
    #expect(try folder("gemma3").attentionScale == 0.25)
    let linear = try folder("gemma3-linear")
    #expect(linear.ropeFactors == [Float](repeating: 8, count: 8))
    #expect(linear.attentionScale == 1 / Float(24).squareRoot())
  }

  /// Fused and split files are the same models.
  @Test(arguments: [
    ("mistral-fused", "mistral"), ("qwen2-fused", "qwen2"), ("qwen2-split-00001-of-00003", "qwen2"),
  ])
  func otherFormsOfFiles(name: String, plain: String) throws {
    #expect(try gguf(name) == gguf(plain))
  }
}
