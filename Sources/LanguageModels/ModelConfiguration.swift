import ModelFiles

/// The sizes and constants of a transformer.
package struct ModelConfiguration: Sendable, Hashable {
  package var architecture: Architecture
  /// The model's own name, for messages and for an adapter's `base_model_name_or_path`.
  package var name: String
  package var blockCount: Int
  /// `D`.
  package var hiddenSize: Int
  /// `F`.
  package var feedForwardSize: Int
  /// `H`.
  package var headCount: Int
  /// `K`; a divisor of `H`: that many query heads share one key and value head.
  package var keyValueHeadCount: Int
  /// `d`.
  package var headSize: Int
  /// `V`.
  package var vocabularySize: Int
  /// The most tokens that the model was trained to see.
  package var contextLength: Int
  package var normEpsilon: Float
  package var ropeBase: Float
  /// What each of the `d` / 2 rotation frequencies is divided by; empty when nothing is scaled.
  package var ropeFactors: [Float] = []
  /// The linear layers that add a bias.
  package var biasedLayers: [LinearLayer] = []
  /// How many of the last tokens, its own included, a token of a local block sees; `nil` when all blocks see everything.
  package var slidingWindow: Int?
  /// Whether each block is local; empty when none is.
  package var localBlocks: [Bool] = []
  /// The rope base of local blocks, whose frequencies are never scaled; `nil` when it is ``ropeBase``.
  package var localRopeBase: Float?
  /// What the scores of attention are multiplied by; `nil` for 1 / √d.
  package var queryScale: Float?
  /// What embeddings are multiplied by as they enter the first block.
  package var embeddingScale: Float = 1

  /// A model without scaled rotations, biases, windows and scales; they are set afterwards.
  package init(
    architecture: Architecture, name: String, blockCount: Int, hiddenSize: Int, feedForwardSize: Int, headCount: Int,
    keyValueHeadCount: Int, headSize: Int, vocabularySize: Int, contextLength: Int, normEpsilon: Float, ropeBase: Float
  ) {
    self.architecture = architecture
    self.name = name
    self.blockCount = blockCount
    self.hiddenSize = hiddenSize
    self.feedForwardSize = feedForwardSize
    self.headCount = headCount
    self.keyValueHeadCount = keyValueHeadCount
    self.headSize = headSize
    self.vocabularySize = vocabularySize
    self.contextLength = contextLength
    self.normEpsilon = normEpsilon
    self.ropeBase = ropeBase
  }

  /// The names of the architectures that Quill runs.
  package static var knownArchitectures: [String] { Architecture.allCases.map(\.rawValue) }

  /// What the scores of attention are multiplied by.
  package var attentionScale: Float { queryScale ?? 1 / Float(headSize).squareRoot() }

  /// How many of the last tokens a token of this block sees; `nil` for all.
  package func window(ofBlock index: Int) -> Int? { isLocal(index) ? slidingWindow : nil }

  /// Whether a block sees a window only and rotates with ``localRopeBase``.
  package func isLocal(_ block: Int) -> Bool { !localBlocks.isEmpty && localBlocks[block] }

  /// The length of a norm's gains.
  package func count(of norm: BlockNorm) -> Int { norm == .query || norm == .key ? headSize : hiddenSize }

  /// Shape `[out, in]` of a linear layer.
  package func shape(of layer: LinearLayer) -> (rows: Int, columns: Int) {
    switch layer {
    case .q: (headCount * headSize, hiddenSize)
    case .k, .v: (keyValueHeadCount * headSize, hiddenSize)
    case .o: (hiddenSize, headCount * headSize)
    case .gate, .up: (feedForwardSize, hiddenSize)
    case .down: (hiddenSize, feedForwardSize)
    }
  }
}
