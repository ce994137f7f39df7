import LanguageModels
import ModelFiles
import TensorCore

/// What the forward pass of one block keeps for its backward pass; `N` tokens of all sequences of a batch.
///
/// Norms and the gated product are cheap and computed again.
struct BlockActivations {
  /// What went into each norm: rows of `[N, D]`, or of all heads `[N · H, d]` and `[N · K, d]`.
  let normInputs: [BlockNorm: Matrix]
  /// Rotated queries `[N, H · d]` and keys `[N, K · d]`, and values.
  let queries: Matrix
  let keys: Matrix
  let values: Matrix
  /// The result of attention, `[N, H · d]`.
  let attended: Matrix
  /// Logarithms of the sums of exponentials, `[N, H]`.
  let logSums: Matrix
  /// `[N, F]` each.
  let gate: Matrix
  let up: Matrix
  /// x Aᵀ of each adapted layer, `[N, r]`.
  let reduced: [LinearLayer: Matrix]

  init(_ configuration: ModelConfiguration, pairs: [LinearLayer: LoRAPair], rows: Int) {
    func matrix(_ columns: Int) -> Matrix { Matrix(rows: rows, columns: columns) }
    let width = configuration.headCount * configuration.headSize
    let sharedWidth = configuration.keyValueHeadCount * configuration.headSize
    var inputs: [BlockNorm: Matrix] = [:]
    for norm in configuration.architecture.norms {
      switch norm {
      case .query: inputs[norm] = Matrix(rows: rows * configuration.headCount, columns: configuration.headSize)
      case .key: inputs[norm] = Matrix(rows: rows * configuration.keyValueHeadCount, columns: configuration.headSize)
      default: inputs[norm] = matrix(configuration.hiddenSize)
      }
    }
    normInputs = inputs
    queries = matrix(width)
    keys = matrix(sharedWidth)
    values = matrix(sharedWidth)
    attended = matrix(width)
    logSums = matrix(configuration.headCount)
    gate = matrix(configuration.feedForwardSize)
    up = matrix(configuration.feedForwardSize)
    reduced = pairs.mapValues { matrix($0.rank) }
  }
}

/// Memory that all blocks use in turn.
struct TrainingWorkspace {
  let hidden: Matrix
  let normed: Matrix
  let gated: Matrix
  let dHidden: Matrix
  let dNormed: Matrix
  let dGated: Matrix
  let dQueries: Matrix
  let dKeys: Matrix
  let dValues: Matrix
  let dReduced: Matrix
  /// The widest input of a linear layer, for dropout.
  let dropped: Matrix

  init(_ configuration: ModelConfiguration, rank: Int, rows: Int) {
    func matrix(_ columns: Int) -> Matrix { Matrix(rows: rows, columns: columns) }
    let width = configuration.headCount * configuration.headSize
    let sharedWidth = configuration.keyValueHeadCount * configuration.headSize
    hidden = matrix(configuration.hiddenSize)
    normed = matrix(max(configuration.hiddenSize, width))
    gated = matrix(configuration.feedForwardSize)
    dHidden = matrix(configuration.hiddenSize)
    dNormed = matrix(max(configuration.hiddenSize, width))
    dGated = matrix(configuration.feedForwardSize)
    dQueries = matrix(width)
    dKeys = matrix(sharedWidth)
    dValues = matrix(sharedWidth)
    dReduced = matrix(rank)
    dropped = matrix(max(configuration.feedForwardSize, max(configuration.hiddenSize, width)))
  }
}
