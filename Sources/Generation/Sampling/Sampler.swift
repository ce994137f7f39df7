import TensorCore

/// Draws one token after another from a model's logits.
///
/// The same options, logits and history give the same tokens, on any number of threads.
package struct Sampler: Sendable {
  package let options: SamplingOptions
  private var generator: SplitMix64
  /// Logits after the repetition penalty, kept as a buffer from token to token.
  private var scores: [Float] = []
  /// `exp((score - maximum) / temperature)` of each token.
  private var weights: [Float] = []
  private var weightSum = 0.0

  /// - Throws: ``SamplingError/optionOutOfRange(name:value:range:)``.
  package init(_ options: SamplingOptions) throws(SamplingError) {
    try options.validate()
    self.options = options
    generator = SplitMix64(seed: options.seed)
  }

  /// Draws a token.
  ///
  /// - Parameters:
  ///   - logits: Scores, shape `[V]`.
  ///   - history: The tokens that the repetition penalty is for: prompt and answer, as in Hugging Face's `generate`.
  /// - Returns: The token and its probability under the model's own softmax, before any penalty, temperature or filter.
  /// - Throws: ``SamplingError``, when logits are not finite or the history has tokens that they do not have.
  /// - Complexity: O(V + history) on average.
  package mutating func sample(
    from logits: UnsafeBufferPointer<Float>, history: some Sequence<Int> = EmptyCollection<Int>()
  ) throws(SamplingError) -> (id: Int, probability: Float) {
    let maximum = try LogitSummary.maximum(ofFinite: logits)
    try penalize(logits, history)
    let id = options.temperature == 0 ? likeliest() : draw()
    // Without temperature and penalty the weights at hand are the model's own softmax.
    let isPlain = options.temperature == 1 && options.repetitionPenalty == 1
    let sum = isPlain ? weightSum : Exponential.weights(of: logits, maximum: maximum, scale: 1)
    return (id, Float(Double(Exponential.exponential(logits[id] - maximum)) / sum))
  }

  /// The tokens that the filters leave for these logits, by id.
  ///
  /// - Throws: as ``sample(from:history:)``.
  package mutating func candidates(
    from logits: UnsafeBufferPointer<Float>, history: some Sequence<Int> = EmptyCollection<Int>()
  ) throws(SamplingError) -> [Int] {
    _ = try LogitSummary.maximum(ofFinite: logits)
    try penalize(logits, history)
    if options.temperature == 0 { return [likeliest()] }
    computeWeights()
    return filtered()?.map { Int($0) }.sorted() ?? Array(logits.indices)
  }

  /// The first of the tokens with the largest score.
  private func likeliest() -> Int {
    scores.withUnsafeBufferPointer { scores in
      scores.firstIndex(of: LogitSummary.maximum(of: scores)) ?? 0
    }
  }
}

// MARK: - The chain of filters

extension Sampler {
  private mutating func penalize(
    _ logits: UnsafeBufferPointer<Float>, _ history: some Sequence<Int>
  ) throws(SamplingError) {
    scores.removeAll(keepingCapacity: true)
    scores.append(contentsOf: logits)
    if options.repetitionPenalty == 1 { return }
    let penalty = Float(options.repetitionPenalty)
    for token in Set(history) {
      guard scores.indices.contains(token) else {
        throw .historyOutOfRange(token: token, vocabulary: scores.count)
      }
      scores[token] = scores[token] < 0 ? scores[token] * penalty : scores[token] / penalty
    }
  }

  private mutating func computeWeights() {
    if weights.count != scores.count { weights = [Float](repeating: 0, count: scores.count) }
    // The cap keeps 0 times the scale a number for temperatures next to 0.
    let scale = Float(min(1 / options.temperature, 1e30))
    weightSum = scores.withUnsafeBufferPointer { scores in
      weights.withUnsafeMutableBufferPointer { weights in
        Exponential.weights(of: scores, maximum: LogitSummary.maximum(of: scores), scale: scale, into: weights)
      }
    }
  }

  /// The tokens that top-k, top-p and min-p leave, or `nil` for all.
  private func filtered() -> [Int32]? {
    var kept: [Int32]?
    if options.topK > 0, options.topK < scores.count {
      kept = scores.withUnsafeBufferPointer { LikeliestTokens.largest(options.topK, of: $0) }
    }
    if options.topP < 1 { kept = nucleus(of: kept) }
    // The likeliest token has weight 1 and is always left.
    if options.minP > 0 { kept = tokens(of: kept, withWeightFrom: Float(options.minP)) }
    return kept
  }

  /// The smallest set of likeliest tokens that has the share `topP` of all weight in `candidates`, or in all tokens.
  private func nucleus(of candidates: [Int32]?) -> [Int32] {
    let sum = candidates.map(weight) ?? weightSum
    // All tokens below this weight together have less than the share that may be lost.
    let negligible = Float((1 - options.topP) * sum / Double(candidates?.count ?? weights.count)).nextDown
    let notable = tokens(of: candidates, withWeightFrom: negligible)
    return weights.withUnsafeBufferPointer {
      LikeliestTokens.nucleus(of: notable, reaching: options.topP * sum, weights: $0)
    }
  }

  private func tokens(of candidates: [Int32]?, withWeightFrom threshold: Float) -> [Int32] {
    if let candidates { return candidates.filter { weights[Int($0)] >= threshold } }
    return weights.withUnsafeBufferPointer { LikeliestTokens.tokens(in: $0, from: threshold) }
  }

  private func weight(of tokens: [Int32]) -> Double { tokens.reduce(0) { $0 + Double(weights[Int($1)]) } }

  private mutating func draw() -> Int {
    computeWeights()
    let kept = filtered()
    var rest = generator.nextUniform() * (kept.map(weight) ?? weightSum)
    for position in 0..<(kept?.count ?? weights.count) {
      let id = kept.map { Int($0[position]) } ?? position
      rest -= Double(weights[id])
      if rest < 0 { return id }
    }
    // Rounding left a crumb of the sum behind the last token.
    return likeliest()
  }
}
