import ModelFiles
import Quantization
import TensorCore

/// A model that reads tokens one after the other and remembers what it read.
///
/// Not for use by several threads at once.
package final class InferenceContext {
  package let model: LanguageModel
  package private(set) var cache: KVCache
  private let backend: any ComputeBackend
  private var rotary: RotaryEmbedding
  private var workspace: Workspace

  /// Tokens that pass through the blocks together.
  private static let chunkSize = 256

  package init(_ model: LanguageModel, backend: any ComputeBackend = CPUBackend.shared) {
    self.model = model
    self.backend = backend
    cache = KVCache(model.configuration)
    rotary = RotaryEmbedding(model.configuration, positions: 0)
    workspace = Workspace(model.configuration, rows: 1, rank: model.adapter?.options.rank ?? 0)
  }

  /// Forgets all positions from `position` on.
  package func truncate(to position: Int) { cache.truncate(to: position) }

  /// Reads tokens and returns the logits of what follows the last one, `[V]`.
  ///
  /// - Throws: ``ModelError``; `CancellationError` as soon as `isCancelled` says so, asked at every block. What was read
  ///   before stays read.
  package func read(_ tokens: [Int], isCancelled: () -> Bool = { false }) throws -> [Float] {
    guard !tokens.isEmpty else { throw ModelError.noTokens }
    let logits = Matrix(rows: 1, columns: model.configuration.vocabularySize)
    try forEachChunk(of: tokens, isCancelled) { hidden, range in
      if range.upperBound == tokens.count {
        project(hidden[hidden.rows - 1..<hidden.rows], into: logits.view)
      }
    }
    return logits.values
  }

  /// Reads tokens and returns the logits after each of them, `[T, V]`.
  ///
  /// - Throws: As ``read(_:isCancelled:)``.
  package func readAll(_ tokens: [Int], isCancelled: () -> Bool = { false }) throws -> Matrix {
    guard !tokens.isEmpty else { throw ModelError.noTokens }
    let logits = Matrix(rows: tokens.count, columns: model.configuration.vocabularySize)
    try forEachChunk(of: tokens, isCancelled) { hidden, range in
      project(hidden, into: logits.view[range])
    }
    return logits
  }

  /// Passes tokens through all blocks, chunk by chunk, and hands over the hidden states `[chunk, D]`.
  private func forEachChunk(
    of tokens: [Int], _ isCancelled: () -> Bool, _ body: (MatrixView, Range<Int>) -> Void
  ) throws {
    try model.check(tokens)
    try cache.reserve(tokens.count)
    for start in stride(from: 0, to: tokens.count, by: Self.chunkSize) {
      let range = start..<min(start + Self.chunkSize, tokens.count)
      prepare(rows: range.count)
      let hidden = workspace.hidden.prefix(range.count)
      model.embed(tokens[range], into: hidden)
      for block in model.blocks.indices {
        if isCancelled() { throw CancellationError() }
        run(block, on: hidden)
      }
      cache.advance(by: range.count)
      body(hidden, range)
    }
  }

  private func prepare(rows: Int) {
    if workspace.hidden.rows < rows || workspace.hidden.rows > max(8, 2 * rows) {
      workspace = Workspace(model.configuration, rows: rows, rank: model.adapter?.options.rank ?? 0)
    }
    if rotary.positions < cache.count + rows {
      let positions = min(model.configuration.contextLength, max(2 * rotary.positions, cache.count + rows, 512))
      rotary = RotaryEmbedding(model.configuration, positions: positions)
    }
  }

  /// One transformer block: x += o(attention(norm(x))), x += down(silu(gate(norm(x))) · up(norm(x))).
  private func run(_ index: Int, on hidden: MatrixView) {
    let block = model.blocks[index]
    let (rows, start) = (hidden.rows, cache.count)
    let epsilon = model.configuration.normEpsilon
    let normed = workspace.normed.prefix(rows)
    let (queries, attended) = (workspace.queries.prefix(rows), workspace.attended.prefix(rows))
    let next = cache.next(rows, block: index)

    backend.normalize(hidden, gain: block.attentionNorm, epsilon: epsilon, into: normed)
    apply(.q, index, normed, into: queries)
    apply(.k, index, normed, into: next.keys)
    apply(.v, index, normed, into: next.values)
    rotary.rotate(queries, start: start)
    rotary.rotate(next.keys, start: start)
    let seen = cache.all(with: rows, block: index)
    let attention = Attention(
      queries: queries, keys: seen.keys, values: seen.values, headSize: model.configuration.headSize, offset: start)
    backend.attend(attention, into: attended, logSums: nil)
    apply(.o, index, attended, into: normed)
    hidden.add(normed)

    let (gate, up) = (workspace.gate.prefix(rows), workspace.up.prefix(rows))
    backend.normalize(hidden, gain: block.feedForwardNorm, epsilon: epsilon, into: normed)
    apply(.gate, index, normed, into: gate)
    apply(.up, index, normed, into: up)
    backend.gate(gate, up, into: gate)
    apply(.down, index, gate, into: normed)
    hidden.add(normed)
  }

  /// y = x Wᵀ, and scale · (x Aᵀ) Bᵀ of the adapter added.
  private func apply(_ layer: LinearLayer, _ block: Int, _ x: MatrixView, into y: MatrixView) {
    backend.multiply(x, by: model.blocks[block][layer], into: y)
    guard let adapter = model.adapter, let pair = adapter.pairs[block][layer] else { return }
    let reduced = workspace.reduced.prefix(x.rows)
    backend.multiply(x, transposed: false, by: pair.a.view, transposed: true, into: reduced, scale: 1, keep: 0)
    backend.multiply(
      reduced, transposed: false, by: pair.b.view, transposed: true, into: y, scale: adapter.options.scale, keep: 1)
  }

  private func project(_ hidden: MatrixView, into logits: MatrixView) {
    let normed = workspace.normed.prefix(hidden.rows)
    backend.normalize(hidden, gain: model.outputNorm, epsilon: model.configuration.normEpsilon, into: normed)
    backend.multiply(normed, by: model.head, into: logits)
  }
}

/// What one pass through a block writes to, for `rows` tokens.
private struct Workspace {
  let hidden: Matrix
  let normed: Matrix
  let queries: Matrix
  let attended: Matrix
  let gate: Matrix
  let up: Matrix
  let reduced: Matrix

  init(_ configuration: ModelConfiguration, rows: Int, rank: Int) {
    let width = configuration.headCount * configuration.headSize
    hidden = Matrix(rows: rows, columns: configuration.hiddenSize)
    normed = Matrix(rows: rows, columns: configuration.hiddenSize)
    queries = Matrix(rows: rows, columns: width)
    attended = Matrix(rows: rows, columns: width)
    gate = Matrix(rows: rows, columns: configuration.feedForwardSize)
    up = Matrix(rows: rows, columns: configuration.feedForwardSize)
    reduced = Matrix(rows: rows, columns: rank)
  }
}

extension LanguageModel {
  /// Writes the embedding of each token into a row of `hidden [T, D]`.
  package func embed(_ tokens: ArraySlice<Int>, into hidden: MatrixView) {
    for (row, token) in tokens.enumerated() {
      tokenEmbedding.decode(rows: token..<token + 1, into: hidden.row(row))
    }
  }

  /// Makes sure that every id is in the vocabulary.
  ///
  /// - Throws: ``ModelError/tokenOutOfRange(_:vocabulary:)``.
  package func check(_ tokens: [Int]) throws(ModelError) {
    let size = configuration.vocabularySize
    if let wrong = tokens.first(where: { $0 < 0 || $0 >= size }) {
      throw .tokenOutOfRange(wrong, vocabulary: size)
    }
  }
}
