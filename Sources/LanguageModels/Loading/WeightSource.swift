import Foundation
import ModelFiles
import Quantization
import Synchronization
import TensorCore
import Tokenization

/// Files that a model is put together from.
///
/// Whatever the files' own conventions are, a source answers in Quill's: rows of q and k in transformers' order, gains as
/// they are multiplied.
protocol WeightSource: Sendable {
  /// The file or folder.
  var files: ModelSource { get }

  var configuration: ModelConfiguration { get }

  func tokenizer() throws -> Tokenizer
  func contains(_ role: TensorRole) -> Bool

  /// A matrix `[rows, columns]` in the format in which it is stored, not read yet where it can be mapped.
  func matrix(_ role: TensorRole, rows: Int, columns: Int) throws -> WeightMatrix

  /// A vector as float32.
  func vector(_ role: TensorRole, count: Int) throws -> [Float]
}

extension LanguageModel {
  /// Puts a model together; the tokenizer is made on a thread of its own meanwhile.
  init(_ source: some WeightSource) throws {
    let tokenizer = BackgroundResult { try source.tokenizer() }
    // What is wrong with the weights is told first, whichever thread is done first.
    let weights = Result { try Weights(source) }
    let (words, parts) = try (tokenizer.result(), weights.get())
    try self.init(
      configuration: parts.configuration, tokenizer: words.get(), tokenEmbedding: parts.tokenEmbedding,
      blocks: parts.blocks, outputNorm: parts.outputNorm, outputHead: parts.outputHead, path: source.files.path,
      source: source.files)
    // Reading a tokenizer takes several times the memory that the tokenizer keeps.
    FreedMemory.giveBack()
  }

  /// The weights of a model.
  private struct Weights {
    let configuration: ModelConfiguration
    let tokenEmbedding: WeightMatrix
    let blocks: [TransformerBlock]
    let outputNorm: [Float]
    let outputHead: WeightMatrix?

    init(_ source: some WeightSource) throws {
      var shapes = source.configuration
      if source.contains(.ropeFactors) {
        let stored = try source.vector(.ropeFactors, count: shapes.headSize / 2)
        shapes.ropeFactors = shapes.ropeFactors.isEmpty ? stored : zip(shapes.ropeFactors, stored).map { $0 * $1 }
      }
      let configuration = shapes
      let (vocabulary, hidden) = (configuration.vocabularySize, configuration.hiddenSize)
      self.configuration = configuration
      blocks = try (0..<configuration.blockCount).map { try Self.block($0, source, configuration) }
      tokenEmbedding = try source.matrix(.tokenEmbedding, rows: vocabulary, columns: hidden)
      outputNorm = try source.vector(.outputNorm, count: hidden)
      outputHead =
        source.contains(.outputHead) ? try source.matrix(.outputHead, rows: vocabulary, columns: hidden) : nil
    }

    private static func block(
      _ index: Int, _ source: some WeightSource, _ configuration: ModelConfiguration
    ) throws -> TransformerBlock {
      try TransformerBlock(
        weight: { layer in
          let shape = configuration.shape(of: layer)
          return try source.matrix(.linear(layer, block: index), rows: shape.rows, columns: shape.columns)
        },
        bias: { layer in
          guard configuration.biasedLayers.contains(layer) else { return [] }
          return try source.vector(.bias(layer, block: index), count: configuration.shape(of: layer).rows)
        },
        gain: { norm in
          guard configuration.architecture.norms.contains(norm) else { return [] }
          return try source.vector(.norm(norm, block: index), count: configuration.count(of: norm))
        })
    }
  }
}

/// What a thread of its own computes.
private final class BackgroundResult<Value: Sendable>: Sendable {
  private let value = Mutex<Result<Value, any Error>?>(nil)
  private let condition = NSCondition()

  init(_ body: @escaping @Sendable () throws -> Value) {
    let thread = Thread { [self] in
      let result = Result { try body() }
      value.withLock { $0 = result }
      condition.withLock { condition.broadcast() }
    }
    // Readers of nested JSON go deeper than the usual half megabyte allows.
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Waits for it.
  func result() -> Result<Value, any Error> {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let result = value.withLock({ $0 }) { return result }
      condition.wait()
    }
  }
}

extension ModelConfiguration {
  /// The roles that a model's files can have tensors for.
  var roles: [TensorRole] {
    [.tokenEmbedding, .outputNorm, .outputHead, .ropeFactors]
      + (0..<blockCount).flatMap { block in
        LinearLayer.allCases.map { TensorRole.linear($0, block: block) }
          + biasedLayers.map { .bias($0, block: block) } + architecture.norms.map { .norm($0, block: block) }
      }
  }
}
