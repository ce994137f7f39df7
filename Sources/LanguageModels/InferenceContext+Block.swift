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
    let (queries, attended) = (workspace.queries.prefix(rows), workspace.attended.prefix(rows))
    let next = cache.next(rows, block: index)

    normalize(.attention, index, hidden, into: normed)
    apply(.q, index, normed, into: queries)
    apply(.k, index, normed, into: next.keys)
    apply(.v, index, normed, into: next.values)
    normalize(.query, index, queries.heads(of: configuration))
    normalize(.key, index, next.keys.heads(of: configuration))
    rotary[block: index].rotate(queries, start: start)
    rotary[block: index].rotate(next.keys, start: start)
    let seen = cache.all(with: rows, block: index)
    let attention = Attention(
      queries: queries, keys: seen.keys, values: seen.values, headSize: configuration.headSize, offset: start,
      scale: configuration.attentionScale, window: configuration.window(ofBlock: index))
    backend.attend(attention, into: attended, logSums: nil)
    apply(.o, index, attended, into: normed)
    normalize(.postAttention, index, normed)
    hidden.add(normed)
  }

  private func feedForward(_ index: Int, _ hidden: MatrixView) {
    let rows = hidden.rows
    let normed = workspace.normed.prefix(rows)
    let (gate, up) = (workspace.gate.prefix(rows), workspace.up.prefix(rows))
    normalize(.feedForward, index, hidden, into: normed)
    apply(.gate, index, normed, into: gate)
    apply(.up, index, normed, into: up)
    backend.gate(gate, up, by: model.configuration.architecture.activation, into: gate)
    apply(.down, index, gate, into: normed)
    normalize(.postFeedForward, index, normed)
    hidden.add(normed)
  }

  /// y = x Wᵀ, the bias and the adapter's scale · (x Aᵀ) Bᵀ added.
  private func apply(_ layer: LinearLayer, _ block: Int, _ x: MatrixView, into y: MatrixView) {
    multiply(x, by: model.blocks[block][layer], into: y)
    if let bias = model.blocks[block].bias(of: layer) { backend.add(bias, toRowsOf: y) }
    guard let pair = model.adapter?.pairs[block][layer] else { return }
    let reduced = workspace.reduced.view.reshaped(x.rows, pair.rank)
    backend.multiply(x, transposed: false, by: pair.a.view, transposed: true, into: reduced, scale: 1, keep: 0)
    backend.multiply(
      reduced, transposed: false, by: pair.b.view, transposed: true, into: y, scale: pair.scale, keep: 1)
  }

  /// y = x Wᵀ, of rounded x where the model rounds activations.
  func multiply(_ x: MatrixView, by weight: WeightMatrix, into y: MatrixView) {
    guard model.activations == .int8, let rounding = ActivationRounding(beside: weight) else {
      return backend.multiply(x, by: weight, into: y)
    }
    let rounded = workspace.rounded.view.reshaped(x.rows, x.columns)
    rounding.round(x, into: rounded)
    backend.multiply(rounded, by: weight, into: y)
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

/// What one pass through a block writes to, for `rows` tokens.
struct InferenceWorkspace {
  let hidden: Matrix
  let normed: Matrix
  let queries: Matrix
  let attended: Matrix
  let gate: Matrix
  let up: Matrix
  /// x Aᵀ, of as many columns as the adapter's largest rank.
  let reduced: Matrix
  /// The widest input of a product, rounded; of no columns when nothing is rounded.
  let rounded: Matrix

  init(_ model: LanguageModel, rows: Int) {
    let configuration = model.configuration
    let width = configuration.headCount * configuration.headSize
    hidden = Matrix(rows: rows, columns: configuration.hiddenSize)
    normed = Matrix(rows: rows, columns: configuration.hiddenSize)
    queries = Matrix(rows: rows, columns: width)
    attended = Matrix(rows: rows, columns: width)
    gate = Matrix(rows: rows, columns: configuration.feedForwardSize)
    up = Matrix(rows: rows, columns: configuration.feedForwardSize)
    reduced = Matrix(rows: rows, columns: model.adapter?.largestRank ?? 0)
    let widest = max(configuration.hiddenSize, width, configuration.feedForwardSize)
    rounded = Matrix(rows: rows, columns: model.activations == .float32 ? 0 : widest)
  }
}
