import LanguageModels
import ModelFiles
import TensorCore

extension TrainingPass {
  /// Passes hidden states `[N, D]` through a block and keeps what its backward pass needs.
  ///
  /// - Parameters:
  ///   - isAgain: Whether only what is kept is wanted; hidden is then of no use.
  ///   - checksOutputs: Whether a layer's output that is not finite is an error.
  /// - Throws: `CancellationError`; ``NonFiniteValue``.
  func forward(
    _ index: Int, _ hidden: MatrixView, _ batch: TrainingBatch, seed: BatchSeed?, isAgain: Bool = false,
    checksOutputs: Bool = false, _ isCancelled: () -> Bool
  ) throws {
    let (configuration, kept, rows) = (model.configuration, activations[index], hidden.rows)
    let normed = workspace.normed.view.reshaped(rows, configuration.hiddenSize)
    let (queries, keys) = (kept.queries.prefix(rows), kept.keys.prefix(rows))
    /// Layers that share their input round it once.
    func apply(_ names: [LinearLayer], _ x: MatrixView, into ys: [MatrixView]) throws {
      if isCancelled() { throw CancellationError() }
      try backend.sharing(x) {
        let (layers, dropped) = (names.map { layer($0, index, seed) }, workspace.dropped)
        let terms = zip(names, layers).map { $1.term(of: x, reduced: reduced($0, index, rows), dropped: dropped) }
        backend.multiply(x, by: layers.map(\.weight), with: terms, into: ys)
        for ((name, layer), y) in zip(zip(names, layers), ys) {
          layer.finish(y, of: x, reduced: reduced(name, index, rows), dropped: dropped)
          if checksOutputs, !y.buffer.allSatisfy(\.isFinite) {
            throw NonFiniteValue(.output, layer: name.path(inBlock: index))
          }
        }
      }
    }

    normalize(.attention, index, hidden, into: normed)
    try apply([.q, .k, .v], normed, into: [queries, keys, kept.values.prefix(rows)])
    normalize(.query, index, queries.heads(of: configuration))
    normalize(.key, index, keys.heads(of: configuration))
    for sequence in batch.sequences {
      rotary[block: index].rotate(queries[sequence])
      rotary[block: index].rotate(keys[sequence])
      backend.attend(
        attention(index, sequence), into: kept.attended.view[sequence], logSums: kept.logSums.view[sequence])
    }
    try apply([.o], kept.attended.prefix(rows), into: [normed])
    normalize(.postAttention, index, normed)
    hidden.add(normed)

    normalize(.feedForward, index, hidden, into: normed)
    let (gated, downReduced) = (workspace.gated.prefix(rows), reduced(.down, index, rows))
    let keepsOutput = model.blocks[index].gain(of: .postFeedForward) != nil
    if !isAgain, !checksOutputs, fusesFeedForward(index, rows) {
      if isCancelled() { throw CancellationError() }
      return feedForward(index, normed, to: hidden)
    }
    try apply([.gate, .up], normed, into: [kept.gate.prefix(rows), kept.up.prefix(rows)])
    if isAgain, !keepsOutput, downReduced == nil { return }
    backend.gate(
      kept.gate.prefix(rows), kept.up.prefix(rows), by: configuration.architecture.activation, into: gated)
    if isAgain, !keepsOutput, let downReduced {
      layer(.down, index, seed).reduce(gated, into: downReduced, dropped: workspace.dropped)
      return
    }
    try apply([.down], gated, into: [normed])
    normalize(.postFeedForward, index, normed)
    hidden.add(normed)
  }

  /// Whether the feed-forward part of a block is one operation of the backend: nothing is added to its products.
  private func fusesFeedForward(_ index: Int, _ rows: Int) -> Bool {
    let block = model.blocks[index]
    return backend.roundsProducts(ofRows: rows)
      && [.gate, .up, .down].allSatisfy { model.adapter?.pairs[index][$0] == nil && block.bias(of: $0) == nil }
  }

  /// hidden += norm(feedForward(normed)); keeps gate and up.
  private func feedForward(_ index: Int, _ normed: MatrixView, to hidden: MatrixView) {
    let (block, kept, rows) = (model.blocks[index], activations[index], hidden.rows)
    let isAdded = block.gain(of: .postFeedForward) == nil
    backend.feedForward(
      normed, gate: block[.gate], up: block[.up], down: block[.down], by: model.configuration.architecture.activation,
      keeping: (kept.gate.prefix(rows), kept.up.prefix(rows)), into: isAdded ? hidden : normed, adding: isAdded)
    if isAdded { return }
    normalize(.postFeedForward, index, normed)
    hidden.add(normed)
  }

  /// Where x Aᵀ of an adapted layer is kept, `[N, r]`.
  func reduced(_ layer: LinearLayer, _ index: Int, _ rows: Int) -> MatrixView? {
    guard let pair = model.adapter?.pairs[index][layer] else { return nil }
    return activations[index].reduced[layer]?.view.reshaped(rows, pair.rank)
  }

  /// The attention of one sequence in a block.
  func attention(_ index: Int, _ sequence: Range<Int>) -> Attention {
    let (configuration, kept) = (model.configuration, activations[index])
    return Attention(
      queries: kept.queries.view[sequence], keys: kept.keys.view[sequence], values: kept.values.view[sequence],
      headSize: configuration.headSize, scale: configuration.attentionScale,
      window: configuration.window(ofBlock: index))
  }

  /// y = norm(x), or x itself normed when there is no y.
  ///
  /// Keeps x. Nothing happens when the block lacks the norm.
  private func normalize(_ norm: BlockNorm, _ index: Int, _ x: MatrixView, into y: MatrixView? = nil) {
    guard let gain = model.blocks[index].gain(of: norm), let input = activations[index].normInputs[norm] else { return }
    let kept = input.prefix(x.rows)
    kept.copy(from: x)
    backend.normalize(kept, gain: gain, epsilon: model.configuration.normEpsilon, into: y ?? x)
  }
}
