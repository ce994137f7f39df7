import ModelFiles
import Quantization
import TensorCore

// One transformer block. Post-norms, head norms and biases are there where the architecture has them:
//   x += postNorm(o(attention(rotate(norm(q(norm(x)))), rotate(norm(k(norm(x)))), v(norm(x)))))
//   x += postNorm(down(activation(gate(norm(x))) · up(norm(x))))
extension InferenceContext {
  /// Passes hidden states `[T, D]` of the next tokens through a block, whose keys and values go into the cache.
  func run(_ index: Int, on hidden: MatrixView) {
    attend(index, hidden)
    feedForward(index, hidden)
  }

  private func attend(_ index: Int, _ hidden: MatrixView) {
    let configuration = model.configuration
    let (rows, start) = (hidden.rows, cache.count)
    let normed = workspace.normed.prefix(rows)
    let (queries, attended) = (workspace.queries(rows), workspace.attended(rows))
    let (keys, values) = (workspace.keys(rows), workspace.values(rows))

    normalize(.attention, index, hidden, into: normed)
    apply([.q, .k, .v], index, normed, into: [queries, keys, values])
    normalize(.query, index, queries.heads(of: configuration))
    normalize(.key, index, keys.heads(of: configuration))
    rotary[block: index].rotate(queries, start: start)
    rotary[block: index].rotate(keys, start: start)
    cache.store(keys: keys, values: values, block: index)
    let attention = Attention(
      queries: queries, keyValues: .cached(cache.keyValues(with: rows, block: index)),
      headSize: configuration.headSize, offset: start, scale: configuration.attentionScale,
      window: configuration.window(ofBlock: index), isRounded: model.activations == .int8)
    backend.attend(attention, into: attended, logSums: nil)
    add(.o, index, attended, through: .postAttention, to: hidden)
  }

  private func feedForward(_ index: Int, _ hidden: MatrixView) {
    let (rows, block) = (hidden.rows, model.blocks[index])
    let normed = workspace.normed.prefix(rows)
    let activation = model.configuration.architecture.activation
    normalize(.feedForward, index, hidden, into: normed)
    if workspace.isFused, [.gate, .up, .down].allSatisfy({ isPlain($0, index) }) {
      let isAdded = block.gain(of: .postFeedForward) == nil
      backend.feedForward(
        normed, gate: block[.gate], up: block[.up], down: block[.down], by: activation,
        keeping: nil, into: isAdded ? hidden : normed, adding: isAdded)
      if !isAdded { add(normed, through: .postFeedForward, index, to: hidden) }
      return
    }
    let (gate, up) = (workspace.gate(rows), workspace.up(rows))
    apply([.gate, .up], index, normed, into: [gate, up])
    backend.gate(gate, up, by: activation, into: gate)
    add(.down, index, gate, through: .postFeedForward, to: hidden)
  }

  /// hidden += norm(layer(x)), with the norm where the block has it.
  private func add(_ layer: LinearLayer, _ index: Int, _ x: MatrixView, through norm: BlockNorm, to hidden: MatrixView)
  {
    let block = model.blocks[index]
    if workspace.isFused, block.bias(of: layer) == nil, rowFactors?[index][layer] == nil, block.gain(of: norm) == nil {
      backend.multiply(x, by: block[layer], addingTo: hidden)
      // Added behind the product, an adapter of zeros leaves every bit as it was.
      if let pair = model.adapter?.pairs[index][layer] { add(pair, of: x, to: hidden) }
      return
    }
    let output = workspace.normed.prefix(x.rows)
    apply([layer], index, x, into: [output])
    add(output, through: norm, index, to: hidden)
  }

  /// hidden += norm(output).
  private func add(_ output: MatrixView, through norm: BlockNorm, _ index: Int, to hidden: MatrixView) {
    normalize(norm, index, output)
    hidden.add(output)
  }

  /// Whether a layer is a product and nothing else.
  private func isPlain(_ layer: LinearLayer, _ index: Int) -> Bool {
    model.adapter?.pairs[index][layer] == nil && model.blocks[index].bias(of: layer) == nil
  }

  /// y = x Wᵀ, the adapter's scale · (x Aᵀ) Bᵀ and the bias added, for layers that share x; with DoRA each output is
  /// multiplied by its factor before the bias.
  private func apply(_ layers: [LinearLayer], _ index: Int, _ x: MatrixView, into ys: [MatrixView]) {
    let block = model.blocks[index]
    multiply(x, by: layers.map { block[$0] }, into: ys)
    for (layer, y) in zip(layers, ys) {
      if let pair = model.adapter?.pairs[index][layer] { add(pair, of: x, to: y) }
      if let factors = rowFactors?[index][layer] { backend.multiply(columnsOf: y, by: factors) }
      if let bias = block.bias(of: layer) { backend.add(bias, toRowsOf: y) }
    }
  }

  private func add(_ pair: LoRAPair, of x: MatrixView, to y: MatrixView) {
    let reduced = workspace.reduced.view.reshaped(x.rows, pair.rank)
    backend.multiply(x, transposed: false, by: pair.a.view, transposed: true, into: reduced, scale: 1, keep: 0)
    backend.multiply(
      reduced, transposed: false, by: pair.b.view, transposed: true, into: y, scale: pair.scale, keep: 1)
  }

  /// y = x Wᵀ for weights that share x, in the activations that the model wants.
  func multiply(_ x: MatrixView, by weights: [WeightMatrix], into ys: [MatrixView]) {
    switch model.activations {
    case .float32: for (weight, y) in zip(weights, ys) { backend.multiply(x, by: weight, into: y) }
    case .int8: backend.multiply(x, by: weights, into: ys, rounding: workspace.rounded)
    }
  }

  /// y = norm(x), or x itself normed when there is no y; nothing happens when the block lacks the norm.
  private func normalize(_ norm: BlockNorm, _ block: Int, _ x: MatrixView, into y: MatrixView? = nil) {
    guard let gain = model.blocks[block].gain(of: norm) else { return }
    backend.normalize(x, gain: gain, epsilon: model.configuration.normEpsilon, into: y ?? x)
  }
}

extension MatrixView {
  /// Rows of heads `[T, heads · d]` as one row for each head, `[T · heads, d]`.
  package func heads(of configuration: ModelConfiguration) -> MatrixView {
    reshaped(count / configuration.headSize, configuration.headSize)
  }
}
