/// What stops a training before or while it runs.
package enum TrainingError: Error, Hashable {
  case noAdapter
  case noRows
  /// Rows of one optimizer step in which no token is to be learned.
  case noLabels(batch: [Int])
  /// A row that is longer than the pass was made for.
  case rowTooLong(row: Int, tokens: Int, limit: Int)
  /// The rows of the batch in which a number was infinite or none.
  case notFinite(NonFiniteValue, step: Int, rows: [Int])
  /// Stopping early, or keeping the best adapter, needs rows to be judged on.
  case noValidation
}

/// A number that is infinite or none, and where it came up.
package struct NonFiniteValue: Error, Sendable, Hashable {
  package enum Quantity: String, Sendable {
    case loss
    /// What a layer gave.
    case output
    case gradient
  }

  package let quantity: Quantity
  /// The module in transformers' names, `model.layers.3.mlp.down_proj`; `nil` when it is not known.
  package let layer: String?

  package init(_ quantity: Quantity, layer: String? = nil) {
    self.quantity = quantity
    self.layer = layer
  }
}
