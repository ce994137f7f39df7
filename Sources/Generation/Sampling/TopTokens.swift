/// A token that may come next.
package struct TokenCandidate: Sendable, Hashable {
  package let id: Int
  package let logit: Float
  /// Under the model's own softmax, without temperature or filters.
  package let probability: Float
}

/// The `count` likeliest tokens, likeliest first, of equal ones the lower id.
///
/// - Parameter logits: Scores, shape `[V]`.
/// - Throws: ``SamplingError``, when there are no logits or some are not finite.
/// - Complexity: O(V + `count` log `count`) on average.
package func topTokens(
  of logits: UnsafeBufferPointer<Float>, _ count: Int
) throws(SamplingError) -> [TokenCandidate] {
  let maximum = try LogitSummary.maximum(ofFinite: logits)
  if count <= 0 { return [] }
  let sum = Exponential.weights(of: logits, maximum: maximum, scale: 1)
  let ids = LikeliestTokens.largest(min(count, logits.count), of: logits)
  return ids.sorted { (-logits[Int($0)], $0) < (-logits[Int($1)], $1) }.prefix(count).map { id in
    let logit = logits[Int(id)]
    let probability = Double(Exponential.exponential(logit - maximum)) / sum
    return TokenCandidate(id: Int(id), logit: logit, probability: Float(probability))
  }
}
