import LanguageModels
import ModelFiles
import Quantization
import TensorCore

/// What is to be known of a model to say how much memory it needs.
package struct ModelShape: Sendable {
  package let configuration: ModelConfiguration
  /// Bytes of the linear layers' codes; of ggml's formats whole blocks.
  package let weightBytes: Int
  /// Bytes of scales that lie apart from the codes.
  package let scaleBytes: Int
  /// Bytes of embedding, head, norms and biases.
  package let keptBytes: Int
  package let parameterCount: Int

  /// The sizes of a model that is loaded.
  package init(_ model: LanguageModel) {
    configuration = model.configuration
    let linear = model.blocks.flatMap { block in LinearLayer.allCases.map { block[$0] } }
    let bytes = linear.reduce(0) { $0 + $1.byteCount }
    weightBytes = linear.reduce(0) { $0 + $1.codeBytes }
    scaleBytes = bytes - weightBytes
    keptBytes = model.byteCount - bytes
    parameterCount = model.parameterCount
  }

  /// The sizes of a model whose weights are not there.
  ///
  /// - Parameters:
  ///   - isTied: Whether the embedding is the head too.
  ///   - format: The format of the linear layers.
  ///   - kept: The format of embedding and head; norms and biases are float32.
  package init(
    _ configuration: ModelConfiguration, isTied: Bool, format: WeightFormat, kept: BlockFormat = .bf16
  ) {
    let layers = LinearLayer.allCases.map(configuration.shape)
    let sizes = layers.map { format.bytes(rows: $0.rows, columns: $0.columns) }
    let tables = (isTied ? 1 : 2) * configuration.vocabularySize * configuration.hiddenSize
    let gains = configuration.architecture.norms.reduce(0) { $0 + configuration.count(of: $1) }
    let biases = configuration.biasedLayers.reduce(0) { $0 + configuration.shape(of: $1).rows }
    let vectors = configuration.hiddenSize + configuration.blockCount * (gains + biases)
    self.configuration = configuration
    weightBytes = configuration.blockCount * sizes.reduce(0) { $0 + $1.codes }
    scaleBytes = configuration.blockCount * sizes.reduce(0) { $0 + $1.scales }
    keptBytes = tables * kept.bytesPerBlock / kept.blockSize + 4 * vectors
    parameterCount = configuration.blockCount * layers.reduce(0) { $0 + $1.rows * $1.columns } + tables + vectors
  }

  private init(_ other: ModelShape, weightBytes: Int, scaleBytes: Int) {
    configuration = other.configuration
    self.weightBytes = weightBytes
    self.scaleBytes = scaleBytes
    keptBytes = other.keptBytes
    parameterCount = other.parameterCount
  }

  /// The same model with its linear layers in another format.
  package func quantized(to format: WeightFormat) -> ModelShape {
    let other = ModelShape(configuration, isTied: true, format: format)
    return ModelShape(self, weightBytes: other.weightBytes, scaleBytes: other.scaleBytes)
  }
}

extension WeightFormat {
  /// Bytes of a matrix: its codes, and scales that lie apart from them.
  fileprivate func bytes(rows: Int, columns: Int) -> (codes: Int, scales: Int) {
    switch self {
    case .blocks(let format):
      return (rows * ((columns + format.blockSize - 1) / format.blockSize) * format.bytesPerBlock, 0)
    case .nf4(let blockSize, let doubleQuantized):
      let count = rows * columns
      let blocks = (count + blockSize - 1) / blockSize
      let groups = (blocks + DoubleQuantizedScales.groupSize - 1) / DoubleQuantizedScales.groupSize
      return ((count + 1) / 2, doubleQuantized ? blocks + 4 * groups : 4 * blocks)
    }
  }
}

extension WeightMatrix {
  /// Bytes without scales that lie apart.
  fileprivate var codeBytes: Int {
    switch storage {
    case .blocks(_, let bytes): bytes.count
    case .codeBook(let weights): weights.codes.count
    case .int8(let weights): weights.codes.count
    case .grouped(let weights): weights.codes.count
    }
  }
}
