import ModelFiles
import Quantization
import TensorCore

/// A model that reads tokens one after the other and remembers what it read.
///
/// Not for use by several threads at once.
package final class InferenceContext {
  package let model: LanguageModel
  package private(set) var cache: KVCache
  /// Tokens that pass through the blocks together.
  private let chunkSize: Int
  package let backend: any ComputeBackend
  private(set) var rotary: RotaryEmbeddings
  private(set) var workspace: InferenceWorkspace
  /// What DoRA multiplies outputs by, for each block and layer that has it; `nil` for other adapters.
  let rowFactors: [[LinearLayer: [Float]]]?

  /// A context with a cache in the model's format; without one, float32, or float16 beside rounded activations.
  ///
  /// - Parameter chunkSize: Tokens that pass through the blocks together; more cost memory, fewer cost time. By default as many
  ///   as the backend's products pay for.
  package init(_ model: LanguageModel, chunkSize: Int? = nil, backend: any ComputeBackend = CPUBackend.shared) {
    self.model = model
    cache = KVCache(model)
    self.chunkSize =
      chunkSize ?? Self.chunkSize(model.configuration, activations: model.activations, backend: backend)
    self.backend = backend
    rotary = RotaryEmbeddings(model.configuration, positions: 0)
    workspace = InferenceWorkspace(model, rows: 1, backend: backend)
    rowFactors = model.rowFactors(on: backend)
  }

  /// Tokens that pass through the blocks together by default: 256, or 512 where weights are unpacked for all of them at once and
  /// what they write stays small.
  package static func chunkSize(
    _ configuration: ModelConfiguration, activations: Activations, backend: any ComputeBackend
  ) -> Int {
    guard activations == .int8, backend.fusesProducts(ofRows: 512) else { return 256 }
    let perToken = 4 * InferenceWorkspace.numbersPerToken(configuration, isFused: true)
    return 512 * perToken <= largestWorkspace ? 512 : 256
  }

  /// Bytes of a workspace for more than 256 tokens.
  private static let largestWorkspace = 6 << 20

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
    for start in stride(from: 0, to: tokens.count, by: chunkSize) {
      let range = start..<min(start + chunkSize, tokens.count)
      prepare(rows: range.count)
      let hidden = workspace.hidden.prefix(range.count)
      // One by one, so that little of the file is in memory at a time: the system maps up to 2 MiB for each lookup.
      for row in 0..<range.count {
        model.embed(tokens[start + row...start + row], into: hidden[row..<row + 1])
        model.releaseEmbeddingPages()
      }
      for block in model.blocks.indices {
        if isCancelled() { throw CancellationError() }
        run(block, on: hidden)
      }
      cache.advance(by: range.count)
      body(hidden, range)
    }
  }

  private func prepare(rows: Int) {
    let isFused = model.activations == .int8 && backend.fusesProducts(ofRows: rows)
    if workspace.hidden.rows < rows || workspace.hidden.rows > max(8, 2 * rows) || workspace.isFused != isFused {
      workspace = InferenceWorkspace(model, rows: rows, backend: backend)
    }
    if rotary.positions < cache.count + rows {
      let positions = min(model.configuration.contextLength, max(2 * rotary.positions, cache.count + rows, 512))
      rotary = RotaryEmbeddings(model.configuration, positions: positions)
    }
  }

  private func project(_ hidden: MatrixView, into logits: MatrixView) {
    let normed = workspace.normed.prefix(hidden.rows)
    backend.normalize(hidden, gain: model.outputNorm, epsilon: model.configuration.normEpsilon, into: normed)
    multiply(normed, by: [model.head], into: [logits])
  }
}

extension LanguageModel {
  /// Writes the embedding of each token, scaled as the model wants it, into a row of `hidden [T, D]`.
  package func embed(_ tokens: ArraySlice<Int>, into hidden: MatrixView) {
    for (row, token) in tokens.enumerated() {
      tokenEmbedding.decode(rows: token..<token + 1, into: hidden.row(row))
    }
    if configuration.embeddingScale != 1 { hidden.multiply(by: configuration.embeddingScale) }
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

extension MatrixView {
  fileprivate func multiply(by factor: Float) {
    for index in 0..<count { base[index] *= factor }
  }
}
