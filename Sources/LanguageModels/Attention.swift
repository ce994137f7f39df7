import TensorCore

/// Queries of one sequence and the keys and values that they may look at.
package struct Attention: Sendable {
  /// `[T, H · d]`; row t stands at position `offset + t` and sees the keys that ``visible(at:)`` tells.
  package let queries: MatrixView
  /// `[S, K · d]` with S at least `offset + T`.
  package let keys: MatrixView
  /// Shape `[S, K · d]`.
  package let values: MatrixView
  package let headSize: Int
  package let offset: Int
  /// What the products of queries and keys are multiplied by before the softmax.
  package let scale: Float
  /// How many of the last positions, its own included, a query sees; `nil` for all.
  ///
  /// Beltagy et al., "Longformer", 2020, arXiv:2004.05150.
  package let window: Int?

  /// - Parameter scale: 1 / √d when `nil`.
  package init(
    queries: MatrixView, keys: MatrixView, values: MatrixView, headSize: Int, offset: Int = 0, scale: Float? = nil,
    window: Int? = nil
  ) {
    self.queries = queries
    self.keys = keys
    self.values = values
    self.headSize = headSize
    self.offset = offset
    self.scale = scale ?? 1 / Float(headSize).squareRoot()
    self.window = window
  }

  package var headCount: Int { queries.columns / headSize }
  package var keyValueHeadCount: Int { keys.columns / headSize }
  /// Query heads that share a key and value head.
  package var groupSize: Int { headCount / keyValueHeadCount }

  /// The positions that the query at a position sees: itself and what came before, as far as the window reaches.
  package func visible(at position: Int) -> Range<Int> {
    let first = window.map { max(0, position + 1 - $0) } ?? 0
    return first..<position + 1
  }

  /// The positions that at least one query of some rows sees.
  package func visible(toRows rows: Range<Int>) -> Range<Int> {
    visible(at: offset + rows.lowerBound).lowerBound..<offset + rows.upperBound
  }
}

/// What the backward pass of attention needs of one sequence and where it writes.
package struct AttentionGradient: Sendable {
  /// The forward pass, with `offset` 0.
  package let attention: Attention
  /// The result of the forward pass, `[T, H · d]`.
  package let output: MatrixView
  /// Logarithms of the sums of exponentials, `[T, H]`, from the forward pass.
  package let logSums: MatrixView
  /// The gradient of the output, `[T, H · d]`.
  package let gradient: MatrixView
  /// Where the gradients go, shapes of queries, keys and values.
  package let dQueries: MatrixView
  package let dKeys: MatrixView
  package let dValues: MatrixView

  package init(
    attention: Attention, output: MatrixView, logSums: MatrixView, gradient: MatrixView, dQueries: MatrixView,
    dKeys: MatrixView, dValues: MatrixView
  ) {
    self.attention = attention
    self.output = output
    self.logSums = logSums
    self.gradient = gradient
    self.dQueries = dQueries
    self.dKeys = dKeys
    self.dValues = dValues
  }
}
