/// What can go wrong with a model that is well formed as a file.
package enum ModelError: Error, Hashable {
  /// More tokens than the model's context holds.
  case contextExceeded(tokens: Int, limit: Int)
  case tokenOutOfRange(Int, vocabulary: Int)
  case noTokens
}
