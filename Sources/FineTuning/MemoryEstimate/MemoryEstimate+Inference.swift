import LanguageModels
import ModelFiles
import TensorCore

extension MemoryEstimate {
  /// The peak of a process that reads and continues texts.
  ///
  /// - Parameters:
  ///   - texts: Texts whose keys and values are kept at the same time.
  ///   - length: Tokens of each, prompt and continuation together.
  ///   - cache: The format of keys and values.
  /// - Throws: ``KVFormatError`` when it does not fit the heads.
  package static func inference(
    _ model: ModelShape, texts: Int, length: Int, cache format: KVFormat = .f16
  ) throws -> MemoryEstimate {
    let configuration = model.configuration
    var bytes = standing(model)
    // A cache grows by pages of all blocks; one of each says how large they are.
    var cache = try KVCache(configuration, format: format)
    try cache.reserve(1)
    bytes[.cache] = texts * ((length + KVLayout.pageSize - 1) / KVLayout.pageSize) * cache.byteCount
    let backend = CPUBackend.shared
    let tokens = min(length, InferenceContext.chunkSize(configuration, activations: .int8, backend: backend))
    let isFused = backend.fusesProducts(ofRows: tokens)
    let heads = configuration.headCount * configuration.headSize
    let widest = max(configuration.feedForwardSize, max(configuration.hiddenSize, heads))
    // Inputs of products are rounded: to bfloat16, those of the feed-forward part beside what lies inside, or to 8 bits and scales.
    let rounded = isFused ? 2 * (configuration.feedForwardSize + configuration.hiddenSize) : widest * 3 / 2
    bytes[.workspace] =
      tokens * (4 * InferenceWorkspace.numbersPerToken(configuration, isFused: isFused) + rounded)
    bytes[.attention] =
      4 * max(512, length) * configuration.headSize * (configuration.localBlocks.contains(true) ? 2 : 1)
    bytes[.crossEntropy] = 2 * 4 * configuration.vocabularySize
    return MemoryEstimate(bytes)
  }
}
