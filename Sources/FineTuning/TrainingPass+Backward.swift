import LanguageModels
import ModelFiles
import TensorCore

extension TrainingPass {
  /// Turns the gradient of a block's output into that of its input and adds the gradients of its pairs.
  func backward(
    _ index: Int, _ dHidden: MatrixView, _ batch: TrainingBatch, _ gradients: [LinearLayer: LoRAPair],
    seed: BatchSeed?, _ isCancelled: () -> Bool
  ) throws {
    let isLowest = index == lowestBlock
    // What lies before the lowest pair of the lowest block needs no gradient.
    let needsAttention = !isLowest || LinearLayer.attention.contains { gradients[$0] != nil }
    try backwardFeedForward(index, dHidden, gradients, seed, needsInput: needsAttention, isCancelled)
    if needsAttention {
      try backwardAttention(index, dHidden, batch, gradients, seed, needsInput: !isLowest, isCancelled)
    }
  }

  private func backwardFeedForward(
    _ index: Int, _ dHidden: MatrixView, _ gradients: [LinearLayer: LoRAPair], _ seed: BatchSeed?,
    needsInput: Bool, _ isCancelled: () -> Bool
  ) throws {
    let (kept, rows) = (activations[index], dHidden.rows)
    let (gate, up) = (kept.gate.prefix(rows), kept.up.prefix(rows))
    let dGated = workspace.dGated.prefix(rows)
    let activation = model.configuration.architecture.activation

    let dDown = branchGradient(through: .postFeedForward, index, dHidden)
    /// What comes before the gate; gate and up hold their gradients.
    func backwardThroughInput() throws {
      let normed = normedAgain(.feedForward, index, rows, for: [.gate, .up], gradients)
      let dNormed = needsInput ? workspace.dNormed.view.reshaped(rows, model.configuration.hiddenSize) : nil
      try backward(.gate, index, gate, x: normed, gradients, seed, into: dNormed, adding: false, isCancelled)
      try backward(.up, index, up, x: normed, gradients, seed, into: dNormed, adding: true, isCancelled)
      if let dNormed { normalizeBackward(.feedForward, index, dNormed, into: dHidden, adding: true) }
    }
    let (down, gated) = (layer(.down, index, seed), workspace.gated.prefix(rows))
    if gradients[.down] != nil { backend.gate(gate, up, by: activation, into: gated) }
    if down.dropout != nil {
      try backward(.down, index, dDown, x: gated, gradients, seed, into: dGated, adding: false, isCancelled)
      return try backend.gateBackward(gate, up, by: activation, gradient: dGated, backwardThroughInput)
    }
    if isCancelled() { throw CancellationError() }
    try down.backwardThroughPair(
      dDown, x: gated, reduced: reduced(.down, index, rows), gradient: gradients[.down], dReduced: workspace.dReduced,
      dropped: workspace.dropped
    ) { dz, term in
      try backend.gateBackward(
        gate, up, by: activation, dy: dz, through: down.weight, with: term, gradient: dGated, backwardThroughInput)
    }
  }

  private func backwardAttention(
    _ index: Int, _ dHidden: MatrixView, _ batch: TrainingBatch, _ gradients: [LinearLayer: LoRAPair],
    _ seed: BatchSeed?, needsInput: Bool, _ isCancelled: () -> Bool
  ) throws {
    let (configuration, kept, rows) = (model.configuration, activations[index], dHidden.rows)
    let dAttended = workspace.dNormed.view.reshaped(rows, kept.attended.columns)
    let dOutput = branchGradient(through: .postAttention, index, dHidden)
    try backward(
      .o, index, dOutput, x: kept.attended.prefix(rows), gradients, seed, into: dAttended, adding: false,
      isCancelled)
    let (dQueries, dKeys, dValues) = (
      workspace.dQueries.prefix(rows), workspace.dKeys.prefix(rows), workspace.dValues.prefix(rows)
    )
    backend.attendBackward(
      batch.sequences.map { sequence in
        AttentionGradient(
          attention: attention(index, sequence), output: kept.attended.view[sequence],
          logSums: kept.logSums.view[sequence], gradient: dAttended[sequence], dQueries: dQueries[sequence],
          dKeys: dKeys[sequence], dValues: dValues[sequence])
      })
    for sequence in batch.sequences {
      rotary[block: index].rotate(dQueries[sequence], inverse: true)
      rotary[block: index].rotate(dKeys[sequence], inverse: true)
    }
    let (dQueryHeads, dKeyHeads) = (dQueries.heads(of: configuration), dKeys.heads(of: configuration))
    normalizeBackward(.query, index, dQueryHeads, into: dQueryHeads, adding: false)
    normalizeBackward(.key, index, dKeyHeads, into: dKeyHeads, adding: false)
    let normed = normedAgain(.attention, index, rows, for: [.q, .k, .v], gradients)
    let dNormed = needsInput ? workspace.dNormed.view.reshaped(rows, configuration.hiddenSize) : nil
    try backward(.q, index, dQueries, x: normed, gradients, seed, into: dNormed, adding: false, isCancelled)
    try backward(.k, index, dKeys, x: normed, gradients, seed, into: dNormed, adding: true, isCancelled)
    try backward(.v, index, dValues, x: normed, gradients, seed, into: dNormed, adding: true, isCancelled)
    if let dNormed { normalizeBackward(.attention, index, dNormed, into: dHidden, adding: true) }
  }

  /// The gradient of what a part of the block gave before its post-norm, `[N, D]`; dHidden itself when there is no such
  /// norm.
  private func branchGradient(through norm: BlockNorm, _ index: Int, _ dHidden: MatrixView) -> MatrixView {
    guard model.blocks[index].gain(of: norm) != nil else { return dHidden }
    let gradient = workspace.normed.view.reshaped(dHidden.rows, dHidden.columns)
    normalizeBackward(norm, index, dHidden, into: gradient, adding: false)
    return gradient
  }

  /// The result of a norm, computed again from what went into it if one of the layers behind it has a pair: others do
  /// not look at their input.
  private func normedAgain(
    _ norm: BlockNorm, _ index: Int, _ rows: Int, for layers: [LinearLayer], _ gradients: [LinearLayer: LoRAPair]
  ) -> MatrixView {
    let normed = workspace.normed.view.reshaped(rows, model.configuration.hiddenSize)
    if layers.contains(where: { gradients[$0] != nil }), let gain = model.blocks[index].gain(of: norm),
      let input = activations[index].normInputs[norm]
    {
      backend.normalize(input.prefix(rows), gain: gain, epsilon: model.configuration.normEpsilon, into: normed)
    }
    return normed
  }

  /// The gradient of what went into a norm; nothing happens when the block lacks the norm.
  private func normalizeBackward(
    _ norm: BlockNorm, _ index: Int, _ dy: MatrixView, into dx: MatrixView, adding: Bool
  ) {
    guard let gain = model.blocks[index].gain(of: norm), let input = activations[index].normInputs[norm] else { return }
    backend.normalizeBackward(
      dy, x: input.prefix(dy.rows), gain: gain, epsilon: model.configuration.normEpsilon, into: dx, adding: adding)
  }

  private func backward(
    _ name: LinearLayer, _ index: Int, _ dy: MatrixView, x: MatrixView, _ gradients: [LinearLayer: LoRAPair],
    _ seed: BatchSeed?, into dx: MatrixView?, adding: Bool, _ isCancelled: () -> Bool
  ) throws {
    if isCancelled() { throw CancellationError() }
    layer(name, index, seed).backward(
      dy, x: x, reduced: reduced(name, index, dy.rows), gradient: gradients[name],
      dReduced: workspace.dReduced, dropped: workspace.dropped, into: dx, adding: adding)
  }
}

extension LinearLayer {
  fileprivate static let attention: [LinearLayer] = [.q, .k, .v, .o]
}
