import LanguageModels
import ModelFiles
import TensorCore

extension TrainingPass {
  func forward(
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

  func attention(_ kept: BlockActivations, _ sequence: Range<Int>) -> Attention {
    Attention(
      queries: kept.queries.view[sequence], keys: kept.keys.view[sequence], values: kept.values.view[sequence],
      headSize: model.configuration.headSize)
  }
}
