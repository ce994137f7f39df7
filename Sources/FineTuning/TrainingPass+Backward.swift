import LanguageModels
import ModelFiles
import TensorCore

extension TrainingPass {
  /// Turns the gradient of a block's output into that of its input and adds the gradients of its pairs.
  func backward(
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
