import Foundation
import JSONValue
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// Small random models against transformers; `Tests/Fixtures/makers/tiny_llama.py` made them.
struct TinyModelTests {
  @Test(arguments: ["tiny-llama", "tiny-untied"])
  func logitsEqualTransformers(name: String) throws {
    let model = try LanguageModel(ggufPath: Fixtures.path("\(name).gguf"))
    let fixture = try Fixtures.tensors("tiny_logits.safetensors")
    let logits = try InferenceContext(model).readAll(fixture.integers("ids"))
    #expect(largestDifference(logits.values, try fixture.floats("\(name).logits")) < 1e-4)
  }

  @Test(arguments: ["tiny-llama", "tiny-untied"])
  func greedyTokensEqualTransformers(name: String) throws {
    let model = try LanguageModel(ggufPath: Fixtures.path("\(name).gguf"))
    let fixture = try Fixtures.json("tiny_greedy.json")
    let prompts = try #require(fixture["prompts"]?.array)
    let expected = try #require(fixture[name]?["greedy"]?.array)
    for (prompt, answer) in zip(prompts, expected) {
      let prompt = prompt.array?.compactMap(\.integer) ?? []
      let answer = answer.array?.compactMap(\.integer) ?? []
      #expect(answer.count == 32)
      #expect(try greedy(model, prompt, count: answer.count) == answer)
    }
  }

  /// A prompt gives the same logits whole, token by token, and in pieces.
  @Test func cacheDoesNotChangeLogits() throws {
    let model = try LanguageModel(ggufPath: Fixtures.path("tiny-llama.gguf"))
    let ids = try Fixtures.tensors("tiny_logits.safetensors").integers("ids")
    let whole = try InferenceContext(model).read(ids)
    let single = InferenceContext(model)
    var last: [Float] = []
    for id in ids { last = try single.read([id]) }
    #expect(largestDifference(whole, last) < 1e-4)
    single.truncate(to: 10)
    _ = try single.read(Array(ids[10..<50]))
    #expect(largestDifference(whole, try single.read(Array(ids[50...]))) < 1e-4)
  }

  /// Longer than a chunk, a tile and the first size of the cache.
  @Test func longPromptsPassInChunks() throws {
    let model = try LanguageModel(ggufPath: Fixtures.path("tiny-llama.gguf"))
    let count = min(700, model.configuration.contextLength)
    let ids = (0..<count).map { $0 * 7 % model.configuration.vocabularySize }
    let whole = try InferenceContext(model).readAll(ids)
    let single = InferenceContext(model)
    for (position, id) in ids.enumerated() {
      let logits = try single.read([id])
      let width = whole.columns
      #expect(largestDifference(logits, Array(whole.values[position * width..<(position + 1) * width])) < 2e-4)
    }
  }

  @Test func versionTwoIsRead() throws {
    let new = try GGUFFile(path: Fixtures.path("tiny-llama.gguf"))
    let old = try GGUFFile(path: Fixtures.path("tiny-llama-v2.gguf"))
    #expect(new.version == 3 && old.version == 2)
    let ids = try Fixtures.tensors("tiny_logits.safetensors").integers("ids")
    let (a, b) = try (InferenceContext(LanguageModel(new)).read(ids), InferenceContext(LanguageModel(old)).read(ids))
    #expect(a == b)
  }

  @Test func contextIsALimit() throws {
    let model = try LanguageModel(ggufPath: Fixtures.path("tiny-llama.gguf"))
    let limit = model.configuration.contextLength
    #expect(throws: ModelError.contextExceeded(tokens: limit + 1, limit: limit)) {
      try InferenceContext(model).read([Int](repeating: 1, count: limit + 1))
    }
    #expect(throws: ModelError.tokenOutOfRange(-1, vocabulary: model.configuration.vocabularySize)) {
      try InferenceContext(model).read([-1])
    }
    #expect(throws: ModelError.noTokens) { try InferenceContext(model).read([]) }
  }

  @Test func readingIsCancelled() throws {
    let model = try LanguageModel(ggufPath: Fixtures.path("tiny-llama.gguf"))
    let context = InferenceContext(model)
    _ = try context.read([1, 2, 3])
    #expect(throws: CancellationError.self) { try context.read([4, 5], isCancelled: { true }) }
    #expect(context.cache.count == 3)
    let expected = try InferenceContext(model).read([1, 2, 3, 4])
    #expect(largestDifference(try context.read([4]), expected) < 1e-4)
  }

  /// B is zero: not a bit changes, however many tokens are read at once.
  @Test(arguments: [Activations.float32, .int8], [1, 5, 47])
  func attachingChangesNothing(activations: Activations, count: Int) throws {
    var model = try LanguageModel(ggufPath: Fixtures.path("tiny-llama.gguf"))
    model.activations = activations
    let attached = try model.attaching(LoRA(rank: 4, alpha: 8, targets: Set(LinearLayer.allCases)), seed: 42)
    let ids = (0..<count).map { $0 * 7 % 90 }
    #expect(try InferenceContext(model).read(ids) == InferenceContext(attached).read(ids))
    #expect(model.adapter == nil)
  }
}

/// The likeliest token, again and again.
func greedy(_ model: LanguageModel, _ prompt: [Int], count: Int) throws -> [Int] {
  let context = InferenceContext(model)
  var logits = try context.read(prompt)
  var tokens: [Int] = []
  while true {
    tokens.append(best(logits))
    if tokens.count == count { return tokens }
    logits = try context.read([tokens[tokens.count - 1]])
  }
}
