import TensorCore

/// Keys and values of the tokens that a model has read, block by block, so that each token is computed once.
package struct KVCache {
  /// Positions filled.
  package private(set) var count = 0
  private var keys: [Matrix]
  private var values: [Matrix]
  private let width: Int
  private let limit: Int

  /// An empty cache; memory grows with what is read, up to the model's context.
  package init(_ configuration: ModelConfiguration) {
    width = configuration.keyValueHeadCount * configuration.headSize
    limit = configuration.contextLength
    let empty = Matrix(rows: 0, columns: width)
    keys = Array(repeating: empty, count: configuration.blockCount)
    values = keys
  }

  /// Bytes that the cache holds now.
  package var byteCount: Int { keys.reduce(0) { $0 + 2 * $1.rows * width * 4 } }

  /// Makes room for `added` more positions.
  ///
  /// - Throws: ``ModelError/contextExceeded(tokens:limit:)``.
  mutating func reserve(_ added: Int) throws(ModelError) {
    let needed = count + added
    guard needed <= limit else { throw .contextExceeded(tokens: needed, limit: limit) }
    let capacity = keys.first?.rows ?? 0
    if needed <= capacity { return }
    let grown = min(limit, max(needed, 2 * capacity, 256))
    for block in keys.indices {
      keys[block] = enlarged(keys[block], to: grown)
      values[block] = enlarged(values[block], to: grown)
    }
  }

  /// Where the keys and values of the next `added` positions of a block go.
  func next(_ added: Int, block: Int) -> (keys: MatrixView, values: MatrixView) {
    let range = count..<count + added
    return (keys[block].view[range], values[block].view[range])
  }

  /// Keys and values of a block, the next `added` positions included.
  func all(with added: Int, block: Int) -> (keys: MatrixView, values: MatrixView) {
    (keys[block].prefix(count + added), values[block].prefix(count + added))
  }

  /// Counts the next positions as filled.
  mutating func advance(by added: Int) { count += added }

  /// Forgets all positions from `position` on.
  package mutating func truncate(to position: Int) { count = min(count, position) }

  private func enlarged(_ matrix: Matrix, to rows: Int) -> Matrix {
    let larger = Matrix(rows: rows, columns: width)
    larger.prefix(count).copy(from: matrix.prefix(count))
    return larger
  }
}
