import ModelFiles
import Quantization
import TensorCore
import Tokenization

/// A language model as a value over shared frozen weights.
///
/// Changing the format of the weights or attaching an adapter gives a new value; the old one stays as it was, and both
/// share what they have in common.
package struct LanguageModel: Sendable {
  package let configuration: ModelConfiguration
  package let tokenizer: Tokenizer
  /// One row for each token, `[V, D]`.
  package let tokenEmbedding: WeightMatrix
  package var blocks: [TransformerBlock]
  /// Gains of the last norm, `[D]`.
  package let outputNorm: [Float]
  /// The output head `[V, D]`; `nil` when the embedding serves as the head.
  package let outputHead: WeightMatrix?
  package var adapter: Adapter?
  /// The numbers that flow into the products with weights.
  package var activations = Activations.float32
  /// How contexts store keys and values; `nil` for as exactly as ``activations`` are.
  package private(set) var cacheFormat: KVFormat?
  /// Where the weights came from.
  package let path: String
  /// The files behind ``path``; `nil` for a model that was put together in memory.
  package let source: ModelSource?

  package init(
    configuration: ModelConfiguration, tokenizer: Tokenizer, tokenEmbedding: WeightMatrix, blocks: [TransformerBlock],
    outputNorm: [Float], outputHead: WeightMatrix?, adapter: Adapter? = nil, path: String, source: ModelSource? = nil
  ) {
    self.configuration = configuration
    self.tokenizer = tokenizer
    self.tokenEmbedding = tokenEmbedding
    self.blocks = blocks
    self.outputNorm = outputNorm
    self.outputHead = outputHead
    self.adapter = adapter
    self.path = path
    self.source = source
  }

  /// The matrix that turns hidden states into logits.
  package var head: WeightMatrix { outputHead ?? tokenEmbedding }

  /// Gives back the pages of the file that looking up embeddings has read, where no product needs them: the system maps
  /// their neighbours with them, 64 KiB for each token.
  package func releaseEmbeddingPages() {
    guard activations == .int8, !isTied || tokenEmbedding.interleaved != nil else { return }
    tokenEmbedding.releasePages()
  }

  /// Whether embedding and head are one matrix.
  package var isTied: Bool { outputHead == nil }

  /// All weights, each matrix counted once; adapters not counted.
  package var parameterCount: Int {
    let vectors = outputNorm.count + blocks.reduce(0) { $0 + $1.vectorCount }
    let linear = blocks.reduce(0) { sum, block in sum + LinearLayer.allCases.reduce(0) { $0 + block[$1].count } }
    return vectors + linear + tokenEmbedding.count + (outputHead?.count ?? 0)
  }

  /// Bytes of all weights as they are stored.
  package var byteCount: Int {
    let vectors = 4 * (outputNorm.count + blocks.reduce(0) { $0 + $1.vectorCount })
    let linear = blocks.reduce(0) { sum, block in sum + LinearLayer.allCases.reduce(0) { $0 + block[$1].byteCount } }
    return vectors + linear + tokenEmbedding.byteCount + (outputHead?.byteCount ?? 0)
  }
}

/// The numbers that flow into the products with weights, in inference.
package enum Activations: Sendable, Hashable {
  /// As they are.
  case float32
  /// Rounded to 8 bits, each 32 with a scale and an outlier with a second byte, beside packed weights; as they are beside
  /// plain floats. About twice as fast; perplexity differs by about a thousandth, a quarter of what llama.cpp's rounding does.
  case int8
}

// MARK: - Changing a model

extension LanguageModel {
  /// The same model, whose contexts store keys and values in a format of choice; with `nil`, as exactly as ``activations``.
  ///
  /// - Throws: ``KVFormatError`` when the format does not fit the size of the heads.
  package func caching(in format: KVFormat?) throws(KVFormatError) -> LanguageModel {
    try format?.check(headSize: configuration.headSize)
    var model = self
    model.cacheFormat = format
    return model
  }

  /// The same model with all linear layers in 4-bit NormalFloat; embeddings, norms and head are kept.
  ///
  /// - Complexity: O(weights), on all threads. An attached adapter stays.
  package func quantized(
    toNF4BlockSize blockSize: Int = 64, doubleQuantized: Bool = true, isCancelled: () -> Bool = { false }
  ) throws(CancellationError) -> LanguageModel {
    var model = self
    for index in blocks.indices {
      for layer in LinearLayer.allCases {
        if isCancelled() { throw CancellationError() }
        model.blocks[index][layer] = WeightMatrix(
          quantizing: blocks[index][layer].decoded(), blockSize: blockSize, doubleQuantized: doubleQuantized)
      }
    }
    return model
  }
}
