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
  let lowestBlock: Int
  private(set) var workspace: TrainingWorkspace
  private(set) var activations: [BlockActivations] = []
  private var capacity = 0

  /// Prepares a model with an adapter for sequences of at most `maxLength` tokens.
  ///
  /// - Throws: ``TrainingError/noAdapter``.
  package init(
    _ model: LanguageModel, maxLength: Int, backend: any ComputeBackend = CPUBackend.shared
  ) throws(TrainingError) {
    guard let adapter = model.adapter, let lowest = adapter.pairs.firstIndex(where: { !$0.isEmpty }) else {
      throw .noAdapter
    }
    self.model = model
    self.adapter = adapter
    decompositions = WeightDecomposition.all(of: model)
    self.backend = backend
    lowestBlock = lowest
    rotary = RotaryEmbeddings(model.configuration, positions: maxLength)
    workspace = TrainingWorkspace(model.configuration, rank: adapter.largestRank, rows: 0)
  }

  /// Runs a batch and adds to the gradients.
  ///
  /// - Parameters:
  ///   - denominator: Labels of the whole optimizer step, over which the loss is averaged.
  ///   - gradients: Where the gradients are added, or nil to compute the loss alone, without dropout.
  ///   - dropoutSeed: The seed of this batch's dropout.
  /// - Returns: The batch's share of the loss in nats per token.
  /// - Throws: `CancellationError`, asked for at every linear layer; the gradients are then of no use.
  package func run(
    _ batch: TrainingBatch, denominator: Int, gradients: AdapterGradients?, dropoutSeed: UInt64 = 0,
    isCancelled: () -> Bool = { false }
  ) throws -> Double {
    prepare(batch.tokens.count)
    let hidden = workspace.hidden.prefix(batch.tokens.count)
    model.embed(batch.tokens[...], into: hidden)
    let seed = gradients == nil ? nil : dropoutSeed
    for block in model.blocks.indices {
      try forward(block, hidden, batch, dropoutSeed: seed, isCancelled)
    }
    let dHidden = workspace.dHidden.prefix(hidden.rows)
    let loss = try predict(hidden, batch, denominator, dHidden: gradients == nil ? nil : dHidden, isCancelled)
    guard let gradients else { return loss }
    for block in model.blocks.indices.reversed() where block >= lowestBlock {
      try backward(block, dHidden, batch, gradients.pairs[block], dropoutSeed: seed, isCancelled)
    }
    return loss
  }

  private func prepare(_ rows: Int) {
    guard rows > capacity else { return }
    capacity = rows
    activations = []  // given back before the larger ones are asked for
    workspace = TrainingWorkspace(model.configuration, rank: adapter.largestRank, rows: rows)
    activations = adapter.pairs.map { BlockActivations(model.configuration, pairs: $0, rows: rows) }
  }

  func layer(_ layer: LinearLayer, _ block: Int, _ dropoutSeed: UInt64?) -> AdaptedLayer {
    var dropout: Dropout?
    if let dropoutSeed, adapter.options.dropout > 0 {
      let stream = UInt64(block * LinearLayer.allCases.count + layer.rawValue)
      dropout = Dropout(probability: adapter.options.dropout, seed: dropoutSeed, stream: stream)
    }
    return AdaptedLayer(
      backend: backend, weight: model.blocks[block][layer], bias: model.blocks[block].bias(of: layer),
      pair: adapter.pairs[block][layer], dropout: dropout, decomposition: decompositions[block][layer])
  }

  /// The loss of the rows that have a label and, where wanted, the gradient of the hidden states.
  private func predict(
    _ hidden: MatrixView, _ batch: TrainingBatch, _ denominator: Int, dHidden: MatrixView?, _ isCancelled: () -> Bool
  ) throws -> Double {
    let width = model.configuration.hiddenSize
    let labelled = batch.labels.indices.filter { batch.labels[$0] != TrainingBatch.ignored }
    let states = Matrix(rows: labelled.count, columns: width)
    let normed = Matrix(rows: labelled.count, columns: width)
    for (row, token) in labelled.enumerated() { states.view.row(row).update(from: hidden.row(token), count: width) }
    let epsilon = model.configuration.normEpsilon
    backend.normalize(states.view, gain: model.outputNorm, epsilon: epsilon, into: normed.view)
    let dNormed = dHidden.map { _ in Matrix(rows: labelled.count, columns: width) }
    let loss = try CrossEntropy(backend: backend, head: model.head).loss(
      normed.view, labels: labelled.map { batch.labels[$0] }, denominator: denominator, gradient: dNormed?.view,
      isCancelled: isCancelled)
    guard let dHidden, let dNormed else { return loss }
    backend.normalizeBackward(
      dNormed.view, x: states.view, gain: model.outputNorm, epsilon: epsilon, into: dNormed.view, adding: false)
    dHidden.fill(with: 0)
    for (row, token) in labelled.enumerated() { dHidden.row(token).update(from: dNormed.view.row(row), count: width) }
    return loss
  }
}
