import LanguageModels
import ModelFiles
import TensorCore

extension MemoryEstimate {
  /// The peak of a training in a process of its own, once a batch was as long as it can be.
  ///
  /// - Parameters:
  ///   - options: Rows of a batch, tokens of a row, optimizer, precision, recomputation.
  ///   - threads: How many threads compute: each has a tile of attention and a place to unpack weights.
  package static func training(
    _ model: ModelShape, _ adapter: AdapterShape, _ options: TrainingOptions,
    threads: Int = ThreadPool.shared.threads
  ) -> MemoryEstimate {
    let memory = TrainingMemory(model: model.configuration, adapter: adapter, options: options, threads: threads)
    var bytes = standing(model)
    // The model's own adapter stays as it was beside the one that is trained.
    bytes[.adapter] = 2 * 4 * adapter.parameterCount
    bytes[.gradients] = 4 * adapter.parameterCount
    bytes[.optimizer] = adapter.matrixCounts.reduce(0) { $0 + options.optimizer.stateBytes(ofMatrix: $1) }
    bytes[.activations] = 4 * (options.recompute ? memory.blockInputs : memory.activations)
    bytes[.recomputed] = options.recompute ? 4 * memory.recomputedActivations : 0
    bytes[.attention] = 4 * (memory.rotations + memory.attentionTiles)
    bytes[.crossEntropy] = 4 * memory.crossEntropy
    bytes[.workspace] = 4 * memory.workspace + memory.productBytes
    return MemoryEstimate(bytes)
  }

  /// What is there before anything is computed.
  static func standing(_ model: ModelShape) -> [Kind: Int] {
    [
      .weights: model.weightBytes, .scales: model.scaleBytes, .kept: model.keptBytes,
      .tokenizer: model.configuration.vocabularySize * tokenizerBytesPerToken, .program: programBytes,
    ]
  }

  /// What a token costs a tokenizer with its tables of texts, ids and merges; measured over vocabularies of 49,000 to
  /// 262,000 tokens.
  private static let tokenizerBytesPerToken = 85
  /// Code of the program and its libraries as far as it is used, and the memory of OpenBLAS; measured on Linux.
  private static let programBytes = 50 << 20
}

/// Numbers that ``TrainingPass`` and ``CrossEntropy`` hold, each 4 bytes where nothing else is said.
///
/// What grows with the tokens is asked of the very types that the pass allocates, for one token.
private struct TrainingMemory {
  let model: ModelConfiguration
  let adapter: AdapterShape
  let options: TrainingOptions
  let threads: Int

  /// `N`, the tokens of a full batch, or of its largest part.
  private var tokens: Int {
    TrainingBatch.partSize(
      sequences: options.batchSize, length: options.maxLength, limit: TrainingPass.tokensAtOnce)
  }

  /// What all blocks keep, `N` tokens each.
  var activations: Int { tokens * adapter.emptyPairs.reduce(0) { $0 + perToken(ofPairs: $1) } }

  /// The inputs of all blocks, `[N, D]` each.
  var blockInputs: Int { tokens * model.blockCount * model.hiddenSize }

  /// What one block keeps that has the largest pair of each layer.
  var recomputedActivations: Int {
    tokens * perToken(ofPairs: adapter.emptyPairs.reduce(into: [:]) { $0.merge($1) { $0.rank >= $1.rank ? $0 : $1 } })
  }

  private func perToken(ofPairs pairs: [LinearLayer: LoRAPair]) -> Int {
    numberCount(in: BlockActivations(model, pairs: pairs, rows: 1))
  }

  /// What all blocks use in turn, and with DoRA one layer's outputs.
  var workspace: Int {
    let perToken = numberCount(in: TrainingWorkspace(model, rank: adapter.largestRank, rows: 1))
    return tokens * (perToken + (adapter.isWeightDecomposed ? adapter.widestOutput : 0))
  }

  /// Cosines and sines of all positions, of local blocks apart.
  var rotations: Int { options.maxLength * model.headSize * (model.localBlocks.contains(true) ? 2 : 1) }

  /// Weights of attention and their gradients for 64 queries, on each thread; with a matrix unit also keys and values of a head
  /// in its layouts, and their gradients.
  var attentionTiles: Int {
    let hasUnit = options.precision.onThisProcessor == .bfloat16 && InstructionSet.current.hasMatrixUnit
    let perPosition = hasUnit ? 3 * 64 + 7 * model.headSize / 2 : 2 * 64
    return threads * perPosition * options.maxLength
  }

  /// A chunk of logits; states of the rows with a label, normed, and their gradient.
  var crossEntropy: Int {
    let labels = tokens - tokens / options.maxLength
    return CrossEntropy.chunkRows(of: labels, vocabulary: model.vocabularySize) * model.vocabularySize
      + 3 * labels * model.hiddenSize
  }

  /// Bytes that products with weights borrow at the same time: a slice of unpacked weights, the rounded rows, and a place
  /// to unpack for each thread.
  var productBytes: Int {
    let shapes = LinearLayer.allCases.map(model.shape)
    let chunk = CrossEntropy.chunkRows(of: tokens, vocabulary: model.vocabularySize)
    let widest = shapes.map { max($0.rows, $0.columns) }.max() ?? 0
    let rounded =
      options.precision.onThisProcessor == .bfloat16 ? 2 * max(tokens * widest, chunk * model.vocabularySize) : 0
    let slice = 8 << 20
    return slice + rounded + threads * 2 * 16 * 4 * widest
  }
}

extension OptimizerKind {
  /// Bytes that are remembered of a matrix of so many numbers.
  func stateBytes(ofMatrix count: Int) -> Int {
    switch self {
    case .adamW: 2 * 4 * count
    case .adamW8bit:
      count < QuantizedMoments.smallestCount ? 2 * 4 * count : 2 * (count + 4 * ((count + 255) / 256))
    case .sgd: 0
    }
  }
}

/// The numbers of all matrices inside a value, however deep.
private func numberCount(in value: Any) -> Int {
  if let matrix = value as? Matrix { return matrix.rows * matrix.columns }
  return Mirror(reflecting: value).children.reduce(0) { $0 + numberCount(in: $1.value) }
}
