import LanguageModels
import ModelFiles
import TensorCore

extension TrainingPass {
  /// Passes hidden states `[N, D]` through a block and keeps what its backward pass needs.
  func forward(
    _ index: Int, _ hidden: MatrixView, _ batch: TrainingBatch, dropoutSeed: UInt64?, _ isCancelled: () -> Bool
  ) throws {
    let (configuration, kept, rows) = (model.configuration, activations[index], hidden.rows)
    let normed = workspace.normed.view.reshaped(rows, configuration.hiddenSize)
    let (queries, keys) = (kept.queries.prefix(rows), kept.keys.prefix(rows))
    func apply(_ name: LinearLayer, _ x: MatrixView, into y: MatrixView) throws {
      if isCancelled() { throw CancellationError() }
      layer(name, index, dropoutSeed).forward(
        x, into: y, reduced: kept.reduced[name]?.prefix(rows), dropped: workspace.dropped)
    }

    normalize(.attention, index, hidden, into: normed)
    try apply(.q, normed, into: queries)
    try apply(.k, normed, into: keys)
    try apply(.v, normed, into: kept.values.prefix(rows))
    normalize(.query, index, queries.heads(of: configuration))
    normalize(.key, index, keys.heads(of: configuration))
    for sequence in batch.sequences {
      rotary[block: index].rotate(queries[sequence])
      rotary[block: index].rotate(keys[sequence])
      backend.attend(
        attention(index, sequence), into: kept.attended.view[sequence], logSums: kept.logSums.view[sequence])
    }
    try apply(.o, kept.attended.prefix(rows), into: normed)
    normalize(.postAttention, index, normed)
    hidden.add(normed)

    normalize(.feedForward, index, hidden, into: normed)
    try apply(.gate, normed, into: kept.gate.prefix(rows))
    try apply(.up, normed, into: kept.up.prefix(rows))
    let gated = workspace.gated.prefix(rows)
    backend.gate(
      kept.gate.prefix(rows), kept.up.prefix(rows), by: configuration.architecture.activation, into: gated)
    try apply(.down, gated, into: normed)
    normalize(.postFeedForward, index, normed)
    hidden.add(normed)
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
