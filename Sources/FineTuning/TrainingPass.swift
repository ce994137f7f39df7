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
  private let rotary: RotaryEmbedding
  private let adapter: Adapter
  private let lowestBlock: Int
  private var workspace: TrainingWorkspace
  private var activations: [BlockActivations] = []
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
    self.backend = backend
    lowestBlock = lowest
    rotary = RotaryEmbedding(model.configuration, positions: maxLength)
    workspace = TrainingWorkspace(model.configuration, rank: adapter.options.rank, rows: 0)
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
    workspace = TrainingWorkspace(model.configuration, rank: adapter.options.rank, rows: rows)
    activations = adapter.pairs.map { BlockActivations(model.configuration, pairs: $0, rows: rows) }
  }

  private func layer(_ layer: LinearLayer, _ block: Int, _ dropoutSeed: UInt64?) -> AdaptedLayer {
    var dropout: Dropout?
    if let dropoutSeed, adapter.options.dropout > 0 {
      let stream = UInt64(block * LinearLayer.allCases.count + layer.rawValue)
      dropout = Dropout(probability: adapter.options.dropout, seed: dropoutSeed, stream: stream)
    }
    return AdaptedLayer(
      backend: backend, weight: model.blocks[block][layer], pair: adapter.pairs[block][layer],
      scale: adapter.options.scale, dropout: dropout)
  }
}

// MARK: - Forward

extension TrainingPass {
  private func forward(
    _ index: Int, _ hidden: MatrixView, _ batch: TrainingBatch, dropoutSeed: UInt64?, _ isCancelled: () -> Bool
  ) throws {
    let block = model.blocks[index]
    let kept = activations[index]
    let rows = hidden.rows
    let epsilon = model.configuration.normEpsilon
    let normed = workspace.normed.view.reshaped(rows, model.configuration.hiddenSize)
    func apply(_ name: LinearLayer, _ x: MatrixView, into y: MatrixView) throws {
      if isCancelled() { throw CancellationError() }
      layer(name, index, dropoutSeed).forward(
        x, into: y, reduced: kept.reduced[name]?.prefix(rows), dropped: workspace.dropped)
    }

    kept.input.prefix(rows).copy(from: hidden)
    backend.normalize(hidden, gain: block.attentionNorm, epsilon: epsilon, into: normed)
    try apply(.q, normed, into: kept.queries.prefix(rows))
    try apply(.k, normed, into: kept.keys.prefix(rows))
    try apply(.v, normed, into: kept.values.prefix(rows))
    for sequence in batch.sequences {
      rotary.rotate(kept.queries.view[sequence])
      rotary.rotate(kept.keys.view[sequence])
      backend.attend(
        attention(kept, sequence), into: kept.attended.view[sequence], logSums: kept.logSums.view[sequence])
    }
    try apply(.o, kept.attended.prefix(rows), into: normed)
    hidden.add(normed)

    kept.middle.prefix(rows).copy(from: hidden)
    backend.normalize(hidden, gain: block.feedForwardNorm, epsilon: epsilon, into: normed)
    try apply(.gate, normed, into: kept.gate.prefix(rows))
    try apply(.up, normed, into: kept.up.prefix(rows))
    let gated = workspace.gated.prefix(rows)
    backend.gate(kept.gate.prefix(rows), kept.up.prefix(rows), into: gated)
    try apply(.down, gated, into: normed)
    hidden.add(normed)
  }

  private func attention(_ kept: BlockActivations, _ sequence: Range<Int>) -> Attention {
    Attention(
      queries: kept.queries.view[sequence], keys: kept.keys.view[sequence], values: kept.values.view[sequence],
      headSize: model.configuration.headSize)
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
    normed.view.fill(with: 0)
    backend.normalizeBackward(
      dNormed.view, x: states.view, gain: model.outputNorm, epsilon: epsilon, addingTo: normed.view)
    dHidden.fill(with: 0)
    for (row, token) in labelled.enumerated() { dHidden.row(token).update(from: normed.view.row(row), count: width) }
    return loss
  }
}

// MARK: - Backward

extension TrainingPass {
  /// Turns the gradient of a block's output into that of its input and adds the gradients of its pairs.
  private func backward(
    _ index: Int, _ dHidden: MatrixView, _ batch: TrainingBatch, _ gradients: [LinearLayer: LoRAPair],
    dropoutSeed: UInt64?, _ isCancelled: () -> Bool
  ) throws {
    let isLowest = index == lowestBlock
    // What lies before the lowest pair of the lowest block needs no gradient.
    let needsAttention = !isLowest || LinearLayer.attention.contains { gradients[$0] != nil }
    try backwardFeedForward(index, dHidden, gradients, dropoutSeed, needsInput: needsAttention, isCancelled)
    if needsAttention {
      try backwardAttention(index, dHidden, batch, gradients, dropoutSeed, needsInput: !isLowest, isCancelled)
    }
  }

  private func backwardFeedForward(
    _ index: Int, _ dHidden: MatrixView, _ gradients: [LinearLayer: LoRAPair], _ dropoutSeed: UInt64?,
    needsInput: Bool, _ isCancelled: () -> Bool
  ) throws {
    let (block, kept, rows) = (model.blocks[index], activations[index], dHidden.rows)
    let epsilon = model.configuration.normEpsilon
    let (gate, up) = (kept.gate.prefix(rows), kept.up.prefix(rows))
    let (gated, dGate) = (workspace.gated.prefix(rows), workspace.dGate.prefix(rows))
    let middle = kept.middle.prefix(rows)

    backend.gate(gate, up, into: gated)
    try backward(.down, index, dHidden, x: gated, gradients, dropoutSeed, into: dGate, adding: false, isCancelled)
    backend.gateBackward(gate, up, gradient: dGate)  // gate and up hold their gradients from here on
    let normed = workspace.normed.view.reshaped(rows, model.configuration.hiddenSize)
    let dNormed = needsInput ? workspace.dNormed.view.reshaped(rows, model.configuration.hiddenSize) : nil
    backend.normalize(middle, gain: block.feedForwardNorm, epsilon: epsilon, into: normed)
    try backward(.gate, index, gate, x: normed, gradients, dropoutSeed, into: dNormed, adding: false, isCancelled)
    try backward(.up, index, up, x: normed, gradients, dropoutSeed, into: dNormed, adding: true, isCancelled)
    if let dNormed {
      backend.normalizeBackward(dNormed, x: middle, gain: block.feedForwardNorm, epsilon: epsilon, addingTo: dHidden)
    }
  }

  private func backwardAttention(
    _ index: Int, _ dHidden: MatrixView, _ batch: TrainingBatch, _ gradients: [LinearLayer: LoRAPair],
    _ dropoutSeed: UInt64?, needsInput: Bool, _ isCancelled: () -> Bool
  ) throws {
    let (block, kept, rows) = (model.blocks[index], activations[index], dHidden.rows)
    let epsilon = model.configuration.normEpsilon
    let input = kept.input.prefix(rows)
    let dAttended = workspace.dNormed.view.reshaped(rows, kept.attended.columns)
    try backward(
      .o, index, dHidden, x: kept.attended.prefix(rows), gradients, dropoutSeed, into: dAttended, adding: false,
      isCancelled)
    let (dQueries, dKeys, dValues) = (
      workspace.dQueries.prefix(rows), workspace.dKeys.prefix(rows), workspace.dValues.prefix(rows)
    )
    backend.attendBackward(
      batch.sequences.map { sequence in
        AttentionGradient(
          attention: attention(kept, sequence), output: kept.attended.view[sequence],
          logSums: kept.logSums.view[sequence], gradient: dAttended[sequence], dQueries: dQueries[sequence],
          dKeys: dKeys[sequence], dValues: dValues[sequence])
      })
    for sequence in batch.sequences {
      rotary.rotate(dQueries[sequence], inverse: true)
      rotary.rotate(dKeys[sequence], inverse: true)
    }
    let normed = workspace.normed.view.reshaped(rows, model.configuration.hiddenSize)
    let dNormed = needsInput ? workspace.dNormed.view.reshaped(rows, model.configuration.hiddenSize) : nil
    backend.normalize(input, gain: block.attentionNorm, epsilon: epsilon, into: normed)
    try backward(.q, index, dQueries, x: normed, gradients, dropoutSeed, into: dNormed, adding: false, isCancelled)
    try backward(.k, index, dKeys, x: normed, gradients, dropoutSeed, into: dNormed, adding: true, isCancelled)
    try backward(.v, index, dValues, x: normed, gradients, dropoutSeed, into: dNormed, adding: true, isCancelled)
    if let dNormed {
      backend.normalizeBackward(dNormed, x: input, gain: block.attentionNorm, epsilon: epsilon, addingTo: dHidden)
    }
  }

  private func backward(
    _ name: LinearLayer, _ index: Int, _ dy: MatrixView, x: MatrixView, _ gradients: [LinearLayer: LoRAPair],
    _ dropoutSeed: UInt64?, into dx: MatrixView?, adding: Bool, _ isCancelled: () -> Bool
  ) throws {
    if isCancelled() { throw CancellationError() }
    layer(name, index, dropoutSeed).backward(
      dy, x: x, reduced: activations[index].reduced[name]?.prefix(dy.rows), gradient: gradients[name],
      dReduced: workspace.dReduced, dropped: workspace.dropped, into: dx, adding: adding)
  }
}

extension LinearLayer {
  fileprivate static let attention: [LinearLayer] = [.q, .k, .v, .o]
}
