import TensorCore

/// Queries of one sequence and the keys and values that they may look at.
package struct Attention: Sendable {
  /// `[T, H · d]`; row t stands at position `offset + t` and sees the keys that ``visible(at:)`` tells.
  package let queries: MatrixView
  /// Those of at least `offset + T` positions.
  package let keyValues: KeyValues
  package let headSize: Int
  package let offset: Int
  /// What the products of queries and keys are multiplied by before the softmax.
  package let scale: Float
  /// How many of the last positions, its own included, a query sees; `nil` for all.
  ///
  /// Beltagy et al., "Longformer", 2020, arXiv:2004.05150.
  package let window: Int?
  /// Whether products with keys and values in a cache may round to bfloat16, as products with weights beside them do.
  package let isRounded: Bool

  /// - Parameter scale: 1 / √d when `nil`.
  package init(
    queries: MatrixView, keyValues: KeyValues, headSize: Int, offset: Int = 0, scale: Float? = nil, window: Int? = nil,
    isRounded: Bool = false
  ) {
    self.queries = queries
    self.keyValues = keyValues
    self.headSize = headSize
    self.offset = offset
    self.scale = scale ?? 1 / Float(headSize).squareRoot()
    self.window = window
    self.isRounded = isRounded
  }

  /// Attention over keys and values in rows, shape `[S, K · d]` each.
  package init(
    queries: MatrixView, keys: MatrixView, values: MatrixView, headSize: Int, offset: Int = 0, scale: Float? = nil,
    window: Int? = nil
  ) {
    self.init(
      queries: queries, keyValues: .rows(keys: keys, values: values), headSize: headSize, offset: offset, scale: scale,
      window: window)
  }

  package var headCount: Int { queries.columns / headSize }

  package var keyValueHeadCount: Int {
    switch keyValues {
    case .rows(let keys, _): keys.columns / headSize
    case .cached(let cached): cached.layout.headCount
    }
  }

  /// Positions that there are keys and values of.
  package var positionCount: Int {
    switch keyValues {
    case .rows(let keys, _): keys.rows
    case .cached(let cached): cached.count
    }
  }

  /// Shape `[S, K · d]`; for keys and values in rows only.
  package var keys: MatrixView { keyValues.rows.keys }
  /// Shape `[S, K · d]`; for keys and values in rows only.
  package var values: MatrixView { keyValues.rows.values }

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

/// Where the keys and values are.
package enum KeyValues: Sendable {
  /// In rows as products give them, shape `[S, K · d]` each.
  case rows(keys: MatrixView, values: MatrixView)
  /// In the pages of a cache.
  case cached(CachedKeyValues)

  fileprivate var rows: (keys: MatrixView, values: MatrixView) {
    guard case .rows(let keys, let values) = self else { preconditionFailure("keys and values are in a cache") }
    return (keys, values)
  }
}

/// What the backward pass of attention needs of one sequence and where it writes.
package struct AttentionGradient: Sendable {
  /// The forward pass, with `offset` 0 and keys and values in rows.
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
