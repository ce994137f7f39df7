import Datasets
import FineTuning
import Foundation
import JSONValue
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing
import Tokenization

/// A model's choice among completions against the logits of whole rows.
struct CompletionChoiceTests {
  static let labels = [" good", " bad", " neither good nor bad"]

  @Test func likeliestCompletionIsChosen() throws {
    let model = try LanguageModel(ggufPath: Fixtures.path("tiny-llama.gguf"))
    let prompts = (0..<12).map { "The film \(String(repeating: "was long and ", count: $0 % 5))I found it" }
    let rows = prompts.enumerated().map { index, prompt in
      ["prompt": JSONValue.string(prompt), "completion": .string(Self.labels[index % 3])]
    }
    let choice = try CompletionChoice(Dataset(rows: rows), model: model, maxLength: 64)
    #expect(choice.completions == Self.labels && choice.count == 12)
    #expect(abs(choice.commonestShare - 1 / 3.0) < 1e-12)
    for (index, prompt) in prompts.enumerated() {
      let scores = try Self.labels.map { try score(of: $0, after: prompt, model) }
      let answer = try choice.answer(toRow: index)
      #expect(answer.expected == index % 3)
      #expect(scores[answer.chosen] == scores.max(), "row \(index)")
    }
  }

  @Test func promptIsCutAtItsBeginning() throws {
    let model = try LanguageModel(ggufPath: Fixtures.path("tiny-llama.gguf"))
    let end = "and in the end I found it"
    let length = model.tokenizer.ids(of: end + " good").count
    func answer(_ prompt: String) throws -> CompletionChoice.Answer {
      let rows = Self.labels.prefix(2).map { ["prompt": JSONValue.string(prompt), "completion": .string($0)] }
      return try CompletionChoice(Dataset(rows: rows), model: model, maxLength: length).answer(toRow: 0)
    }
    #expect(try answer(String(repeating: "A dog ran. ", count: 30) + end) == answer("Rain fell. " + end))
  }

  @Test func rowsWithoutAChoiceAreRefused() throws {
    let model = try LanguageModel(ggufPath: Fixtures.path("tiny-llama.gguf"))
    func choice(_ rows: [[String: JSONValue]]) throws {
      _ = try CompletionChoice(Dataset(rows: rows), model: model, maxLength: 64)
    }
    #expect(throws: CompletionChoiceError.onlyOne(" good")) { try choice([["prompt": "a", "completion": " good"]]) }
    #expect(throws: CompletionChoiceError.tooMany(rows: 200)) {
      try choice((0..<200).map { ["prompt": "a", "completion": .string(" \($0)")] })
    }
    #expect(throws: TrainingDataError.noCompletions(columns: ["text", "label"])) {
      try choice([["text": "a", "label": 1]])
    }
  }

  /// The logarithm of the completion's probability, from the logits of the whole text at once.
  private func score(of completion: String, after prompt: String, _ model: LanguageModel) throws -> Double {
    let start = model.tokenizer.ids(of: prompt).count
    let tokens = model.tokenizer.ids(of: prompt + completion)
    let logits = try InferenceContext(model).readAll(tokens)
    return (start..<tokens.count).reduce(0.0) { sum, place in
      let row = Array(UnsafeBufferPointer(start: logits.view.row(place - 1), count: logits.columns)).map(Double.init)
      return sum + row[tokens[place]] - log(row.reduce(0) { $0 + exp($1) })
    }
  }
}
