import Foundation
import LanguageModels
import TensorCore
import TestSupport
import Testing
import Tokenization

/// What 8-bit activations cost: the likelihood of a fixed text under the two real models, beside that of float32.
@Suite(.serialized)
struct PerplexityTests {
  /// Perplexity is within 0.2 %, and so is what the rounding alone adds on average over texts.
  ///
  /// Tokens whose log likelihoods move by errors of variance v lose v / 2. The mean of a thousand is uncertain by 0.12 %.
  @Test(arguments: [(Fixtures.smolLM2, 1024), (Fixtures.gemma3, 512)])
  func eightBitActivationsKeepPerplexity(path: String, tokens: Int) throws {
    var model = try LanguageModel(path: path)
    let text = try String(contentsOfFile: Fixtures.path("prose.txt"), encoding: .utf8)
    let ids = Array(model.tokenizer.ids(of: text, addingSpecialTokens: false).prefix(tokens))
    try #require(ids.count == tokens)
    let exact = try losses(model, ids)
    model.activations = .int8
    let differences = zip(try losses(model, ids), exact).map { $0 - $1 }
    let count = Double(differences.count)
    let mean = differences.reduce(0, +) / count
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    #expect(mean != 0 && abs(exp(mean) - 1) < 0.002, "\(path): \(mean)")
    #expect(variance / 2 < 0.002, "\(path): \(variance)")
  }

  /// The cross-entropy of each token in nats, in texts of 512 tokens.
  private func losses(_ model: LanguageModel, _ ids: [Int]) throws -> [Double] {
    try stride(from: 0, to: ids.count, by: 512).flatMap { start in
      try losses(
        of: model.tokenizer.ids(of: "", addingSpecialTokens: true) + ids[start..<min(start + 512, ids.count)], model)
    }
  }

  private func losses(of ids: [Int], _ model: LanguageModel) throws -> [Double] {
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
