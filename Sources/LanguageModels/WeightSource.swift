import ModelFiles
import Quantization
import Tokenization

/// Files that a model is put together from.
///
/// Whatever the files' own conventions are, a source answers in Quill's: rows of q and k in transformers' order, gains as
/// they are multiplied.
protocol WeightSource {
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
  /// Puts a model together.
  init(_ source: some WeightSource) throws {
    var shapes = source.configuration
    if source.contains(.ropeFactors) {
      let stored = try source.vector(.ropeFactors, count: shapes.headSize / 2)
      shapes.ropeFactors = shapes.ropeFactors.isEmpty ? stored : zip(shapes.ropeFactors, stored).map { $0 * $1 }
    }
    let configuration = shapes
    let blocks = try (0..<configuration.blockCount).map { index in
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
    let (vocabulary, hidden) = (configuration.vocabularySize, configuration.hiddenSize)
    try self.init(
      configuration: configuration, tokenizer: source.tokenizer(),
      tokenEmbedding: source.matrix(.tokenEmbedding, rows: vocabulary, columns: hidden), blocks: blocks,
      outputNorm: source.vector(.outputNorm, count: hidden),
      outputHead: source.contains(.outputHead)
        ? source.matrix(.outputHead, rows: vocabulary, columns: hidden) : nil,
      path: source.files.path, source: source.files)
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
