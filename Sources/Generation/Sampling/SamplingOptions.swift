/// How the next token is drawn from a model's logits.
///
/// The filters come in the order and with the meaning of Hugging Face's `generate`: repetition penalty, temperature,
/// top-k, top-p, min-p.
package struct SamplingOptions: Sendable, Hashable {
  /// Divides the logits: below 1 likely tokens become likelier, 0 always takes the likeliest (greedy).
  package var temperature: Double
  /// How many of the likeliest tokens are kept, and those that tie with the last of them; 0 keeps all.
  package var topK: Int
  /// The smallest set of likeliest tokens with at least this probability together is kept; 1 keeps all.
  package var topP: Double
  /// Tokens are kept that have at least this share of the likeliest token's probability; 0 keeps all.
  package var minP: Double
  /// Makes tokens of the history less likely, above 1, by dividing positive logits and multiplying negative ones.
  package var repetitionPenalty: Double
  /// The same seed draws the same tokens from the same logits.
  package var seed: UInt64

  package init(
    temperature: Double = 1, topK: Int = 0, topP: Double = 1, minP: Double = 0, repetitionPenalty: Double = 1,
    seed: UInt64 = 0
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.repetitionPenalty = repetitionPenalty
    self.seed = seed
  }

  /// Always the likeliest token.
  package static let greedy = SamplingOptions(temperature: 0)

  /// Checks every option against its range.
  ///
  /// - Throws: ``SamplingError/optionOutOfRange(name:value:range:)``.
  package func validate() throws(SamplingError) {
    try check("temperature", temperature, 0...100, "goes from 0 to 100")
    try check("topK", Double(topK), 0...Double(Int32.max), "is 0 (all) or more")
    try check("topP", topP, Double.leastNonzeroMagnitude...1, "goes from above 0 to 1")
    try check("minP", minP, 0...1, "goes from 0 to 1")
    try check("repetitionPenalty", repetitionPenalty, 0.01...100, "goes from 0.01 to 100")
  }

  private func check(
    _ name: String, _ value: Double, _ allowed: ClosedRange<Double>, _ range: String
  ) throws(SamplingError) {
    if !allowed.contains(value) { throw .optionOutOfRange(name: name, value: value, range: range) }
  }
}
