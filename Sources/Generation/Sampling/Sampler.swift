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
    let maximum = try LogitSummary(logits).maximum
    try penalize(logits, history)
    let id = options.temperature == 0 ? Self.likeliest(of: scores) : draw()
    let sum = Exponential.weights(of: logits, maximum: maximum, scale: 1)
    let weight = Exponential.exponential(SIMD16(repeating: logits[id] - maximum))[0]
    return (id, Float(Double(weight) / sum))
  }

  /// The tokens that the filters leave for these logits, by id.
  ///
  /// - Throws: as ``sample(from:history:)``.
  package mutating func candidates(
    from logits: UnsafeBufferPointer<Float>, history: some Sequence<Int> = EmptyCollection<Int>()
  ) throws(SamplingError) -> [Int] {
    _ = try LogitSummary(logits)
    try penalize(logits, history)
    if options.temperature == 0 { return [Self.likeliest(of: scores)] }
    computeWeights()
    return filtered()?.map { Int($0) }.sorted() ?? Array(logits.indices)
  }

  private static func likeliest(of scores: [Float]) -> Int {
    var best = 0
    for index in scores.indices where scores[index] > scores[best] { best = index }
    return best
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
    let maximum = scores.max() ?? 0
    scores.withUnsafeBufferPointer { scores in
      weights.withUnsafeMutableBufferPointer {
        _ = Exponential.weights(of: scores, maximum: maximum, scale: scale, into: $0)
      }
    }
  }

  /// The tokens that top-k, top-p and min-p leave, or `nil` for all.
  private func filtered() -> [Int32]? {
    var kept: [Int32]?
    if options.topK > 0, options.topK < scores.count { kept = likeliest(options.topK) }
    if options.topP < 1 { kept = nucleus(of: kept ?? all) }
    if options.minP > 0 {
      // The likeliest token has weight 1 and is always left.
      let threshold = Float(options.minP)
      kept = (kept ?? all).filter { weights[Int($0)] >= threshold }
    }
    return kept
  }

  private var all: [Int32] { (0..<Int32(scores.count)).map { $0 } }

  /// The `count` likeliest tokens and those that tie with the last of them.
  private func likeliest(_ count: Int) -> [Int32] {
    let top = LikeliestTokens.smallestSet(
      of: all, reaching: Double(count), value: { scores[Int($0)] }, weight: { _ in 1 })
    let threshold = top.map { scores[Int($0)] }.min() ?? 0
    return all.filter { scores[Int($0)] >= threshold }
  }

  /// The smallest set of likeliest tokens that has the share `topP` of all weight in `candidates`.
  private func nucleus(of candidates: [Int32]) -> [Int32] {
    let sum = candidates.reduce(0) { $0 + Double(weights[Int($1)]) }
    // All tokens below this weight together have less than the share that may be lost.
    let negligible = Float((1 - options.topP) * sum / Double(candidates.count)).nextDown
    return LikeliestTokens.smallestSet(
      of: candidates.filter { weights[Int($0)] >= negligible }, reaching: options.topP * sum,
      value: { scores[Int($0)] }, weight: { Double(weights[Int($0)]) })
  }

  private mutating func draw() -> Int {
    computeWeights()
    let kept = filtered()
    let sum = kept?.reduce(0) { $0 + Double(weights[Int($1)]) } ?? weights.reduce(0) { $0 + Double($1) }
    var rest = generator.nextUniform() * sum
    if let kept {
      for id in kept {
        rest -= Double(weights[Int(id)])
        if rest < 0 { return Int(id) }
      }
      return Int(kept[0])
    }
    for (id, weight) in weights.enumerated() {
      rest -= Double(weight)
      if rest < 0 { return id }
    }
    return Self.likeliest(of: scores)
  }
}
