import Foundation
import LanguageModels
import TensorCore
import TestSupport
import Testing
import Tokenization

/// What 8-bit activations cost: the likelihood of a fixed text under the two real models, beside that of float32.
@Suite(.serialized)
struct PerplexityTests {
  /// Perplexity is within 0.2 %, and so is what the rounding alone adds on average over texts: tokens whose log likelihoods
  /// move by errors of variance v lose v / 2 of it.
  @Test(arguments: [Fixtures.smolLM2, Fixtures.gemma3])
  func eightBitActivationsKeepPerplexity(path: String) throws {
    var model = try LanguageModel(path: path)
    let text = try String(contentsOfFile: Fixtures.path("reviews.txt"), encoding: .utf8)
    let ids = model.tokenizer.ids(of: text, addingSpecialTokens: true)
    try #require(ids.count > 500)
    let exact = try losses(model, ids)
    model.activations = .int8
    let differences = zip(try losses(model, ids), exact).map { $0 - $1 }
    let count = Double(differences.count)
    let mean = differences.reduce(0, +) / count
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    #expect(mean != 0 && abs(exp(mean) - 1) < 0.002, "\(path): \(mean)")
    #expect(variance / 2 < 0.002, "\(path): \(variance)")
  }

  /// The cross-entropy of each token after the first, in nats.
  private func losses(_ model: LanguageModel, _ ids: [Int]) throws -> [Double] {
    let logits = try InferenceContext(model).readAll(ids)
    return (1..<ids.count).map { position in
      let row = logits.view.row(position - 1)
      var largest = -Float.infinity
      for column in 0..<logits.columns { largest = max(largest, row[column]) }
      var sum = 0.0
      for column in 0..<logits.columns { sum += Double(exp(row[column] - largest)) }
      return log(sum) + Double(largest - row[ids[position]])
    }
  }
}
