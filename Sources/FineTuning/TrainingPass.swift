import LanguageModels
import ModelFiles
import TensorCore

/// The forward and backward pass of a batch through a model whose adapter is trained.
///
/// Gradients flow only through frozen weights, down to the lowest block that has an adapter. Memory is kept from batch to
/// batch. Axes: `N` tokens of all sequences of a batch, one after the other.
package final class TrainingPass {
  let model: LanguageModel
  let backend: any ComputeBackend
  let rotary: RotaryEmbeddings
  private let adapter: Adapter
  /// What DoRA needs of each layer; empty for other adapters.
  private let decompositions: [[LinearLayer: WeightDecomposition]]
  private let crossEntropy: CrossEntropy
  let lowestBlock: Int
  private let noise: EmbeddingNoise?
  private(set) var workspace: TrainingWorkspace
  /// What each block keeps; with recomputation the same memory for all.
  private(set) var activations: [BlockActivations] = []
  /// With recomputation the input of each block, `[N, D]`; otherwise empty.
  private var blockInputs: [Matrix] = []
  private let recomputes: Bool
  private var capacity = 0
  private let tokensAtOnce: Int

  /// Tokens that pass through the model together: a batch with more goes in parts of whole sequences, whose gradients add
  /// up to the same sums.
  ///
  /// They are enough for products to be bound by arithmetic, and memory no longer grows with the batch.
  package static let tokensAtOnce = 640

  /// Prepares a model with an adapter for sequences of at most `maxLength` tokens.
  ///
  /// - Parameters:
  ///   - recompute: Whether a block keeps only its input and passes forward again before it passes backward: a third more
  ///     work for a fraction of the memory, as `gradient_checkpointing` (Chen et al., 2016, arXiv:1604.06174).
  ///   - noiseAlpha: NEFTune's α, 0 for no noise.
  ///   - tokensAtOnce: Tokens from which on a batch goes in parts.
  /// - Throws: ``TrainingError/noAdapter``.
  package init(
    _ model: LanguageModel, maxLength: Int, recompute: Bool = false, noiseAlpha: Double = 0,
    tokensAtOnce: Int = TrainingPass.tokensAtOnce, backend: any ComputeBackend = CPUBackend.shared
  ) throws(TrainingError) {
    guard let adapter = model.adapter, let lowest = adapter.pairs.firstIndex(where: { !$0.isEmpty }) else {
      throw .noAdapter
    }
    self.model = model
    self.adapter = adapter
    decompositions = WeightDecomposition.all(of: model)
    self.backend = backend
    crossEntropy = CrossEntropy(backend: backend, head: model.head)
    recomputes = recompute
    self.tokensAtOnce = tokensAtOnce
    noise = noiseAlpha > 0 ? EmbeddingNoise(alpha: noiseAlpha) : nil
    lowestBlock = lowest
    rotary = RotaryEmbeddings(model.configuration, positions: maxLength)
    workspace = TrainingWorkspace(model.configuration, rank: adapter.largestRank, rows: 0)
  }

  /// Runs a batch and adds to the gradients.
  ///
  /// - Parameters:
  ///   - denominator: Labels of the whole optimizer step, over which the loss is averaged.
  ///   - gradients: Where the gradients are added, or nil to compute the loss alone, without dropout and noise.
  ///   - dropoutSeed: The seed of this batch's dropout and noise.
  /// - Returns: The batch's share of the loss in nats per token.
  /// - Throws: `CancellationError`, asked for at every linear layer; the gradients are then of no use.
  ///   ``NonFiniteValue`` with the first layer whose output is not finite, if the loss is not.
  package func run(
    _ batch: TrainingBatch, denominator: Int, gradients: AdapterGradients?, dropoutSeed: UInt64 = 0,
    isCancelled: () -> Bool = { false }
  ) throws -> Double {
    try batch.parts(ofAtMost: tokensAtOnce).reduce(0) { loss, part in
      try loss
        + run(part: part, denominator: denominator, gradients: gradients, dropoutSeed: dropoutSeed, isCancelled)
    }
  }

  private func run(
    part batch: TrainingBatch, denominator: Int, gradients: AdapterGradients?, dropoutSeed: UInt64,
    _ isCancelled: () -> Bool
  ) throws -> Double {
    let seed = gradients == nil ? nil : BatchSeed(value: dropoutSeed, firstToken: batch.firstToken)
    let hidden = try forward(batch, seed: seed, isCancelled)
    let dHidden = gradients == nil ? nil : workspace.dHidden.prefix(hidden.rows)
    let loss = try predict(hidden, batch, denominator, dHidden: dHidden, isCancelled).reduce(0) { $0 + $1.loss }
    guard loss.isFinite else {
      _ = try forward(batch, seed: seed, checksOutputs: true, isCancelled)
      throw NonFiniteValue(.loss)
    }
    guard let gradients, let dHidden else { return loss / Double(denominator) }
    for block in model.blocks.indices.reversed() where block >= lowestBlock {
      if recomputes {
        hidden.copy(from: blockInputs[block].prefix(hidden.rows))
        try forward(block, hidden, batch, seed: seed, isAgain: true, isCancelled)
      }
      try backward(block, dHidden, batch, gradients.pairs[block], seed: seed, isCancelled)
    }
    return loss / Double(denominator)
  }

  /// Judges a batch, without dropout and noise.
  ///
  /// - Throws: `CancellationError`; ``NonFiniteValue``.
  package func evaluate(_ batch: TrainingBatch, isCancelled: () -> Bool = { false }) throws -> BatchEvaluation {
    let predictions = try batch.parts(ofAtMost: tokensAtOnce).flatMap { part in
      let hidden = try forward(part, seed: nil, isCancelled)
      return try predict(hidden, part, batch.labelCount, dHidden: nil, isCancelled)
    }
    let evaluation = BatchEvaluation(predictions, of: batch)
    if !evaluation.lossSum.isFinite {
      for part in batch.parts(ofAtMost: tokensAtOnce) {
        _ = try forward(part, seed: nil, checksOutputs: true, isCancelled)
      }
      throw NonFiniteValue(.loss)
    }
    return evaluation
  }

  /// Passes the tokens through all blocks; returns the hidden states `[N, D]`, in memory of the workspace.
  private func forward(
    _ batch: TrainingBatch, seed: BatchSeed?, checksOutputs: Bool = false, _ isCancelled: () -> Bool
  ) throws -> MatrixView {
    prepare(batch.tokens.count)
    let hidden = workspace.hidden.prefix(batch.tokens.count)
    model.embed(batch.tokens[...], into: hidden)
    if let noise, let seed {
      for sequence in batch.sequences {
        noise.add(to: hidden[sequence], place: seed.firstToken + sequence.lowerBound, seed: seed.value)
      }
    }
    for block in model.blocks.indices {
      if recomputes { blockInputs[block].prefix(hidden.rows).copy(from: hidden) }
      try forward(block, hidden, batch, seed: seed, checksOutputs: checksOutputs, isCancelled)
    }
    return hidden
  }

  private func prepare(_ rows: Int) {
    guard rows > capacity else { return }
    capacity = rows
    (activations, blockInputs) = ([], [])  // given back before the larger ones are asked for
    workspace = TrainingWorkspace(model.configuration, rank: adapter.largestRank, rows: rows)
    guard recomputes else {
      activations = adapter.pairs.map { BlockActivations(model.configuration, pairs: $0, rows: rows) }
      return
    }
    let ofAll = adapter.pairs.reduce(into: [:]) { pairs, block in
      pairs.merge(block) { $0.rank >= $1.rank ? $0 : $1 }
    }
    let shared = BlockActivations(model.configuration, pairs: ofAll, rows: rows)
    activations = model.blocks.map { _ in shared }
    blockInputs = model.blocks.map { _ in Matrix(rows: rows, columns: model.configuration.hiddenSize) }
  }

  func layer(_ layer: LinearLayer, _ block: Int, _ seed: BatchSeed?) -> AdaptedLayer {
    var dropout: Dropout?
    if let seed, adapter.options.dropout > 0 {
      let stream = UInt64(block * LinearLayer.allCases.count + layer.rawValue)
      dropout = Dropout(probability: adapter.options.dropout, seed: seed, stream: stream)
    }
    return AdaptedLayer(
      backend: backend, weight: model.blocks[block][layer], bias: model.blocks[block].bias(of: layer),
      pair: adapter.pairs[block][layer], dropout: dropout, decomposition: decompositions[block][layer])
  }

  /// What becomes of the rows that have a label and, where wanted, the gradient of the hidden states.
  private func predict(
    _ hidden: MatrixView, _ batch: TrainingBatch, _ denominator: Int, dHidden: MatrixView?, _ isCancelled: () -> Bool
  ) throws -> [LabelPrediction] {
    let width = model.configuration.hiddenSize
    let labelled = batch.labels.indices.filter { batch.labels[$0] != TrainingBatch.ignored }
    let states = Matrix(rows: labelled.count, columns: width)
    let normed = Matrix(rows: labelled.count, columns: width)
    for (row, token) in labelled.enumerated() { states.view.row(row).update(from: hidden.row(token), count: width) }
    let epsilon = model.configuration.normEpsilon
    backend.normalize(states.view, gain: model.outputNorm, epsilon: epsilon, into: normed.view)
    let dNormed = dHidden.map { _ in Matrix(rows: labelled.count, columns: width) }
    let predictions = try crossEntropy.predictions(
      normed.view, labels: labelled.map { batch.labels[$0] }, denominator: denominator, gradient: dNormed?.view,
      isCancelled: isCancelled)
    guard let dHidden, let dNormed else { return predictions }
    backend.normalizeBackward(
      dNormed.view, x: states.view, gain: model.outputNorm, epsilon: epsilon, into: dNormed.view, adding: false)
    dHidden.fill(with: 0)
    for (row, token) in labelled.enumerated() { dHidden.row(token).update(from: dNormed.view.row(row), count: width) }
    return predictions
  }
}
