import JSONValue
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// A tiny model of each architecture, from its Hugging Face folder and from llama.cpp's GGUF of it, against transformers
/// in float32; `Tests/Fixtures/makers/architectures.py` made them.
struct ArchitectureTests {
  private static let names = ["llama", "mistral", "mistral-window", "qwen2", "qwen3", "gemma3", "gemma3-linear"]
  private static let files = names + names.filter { $0 != "mistral-window" }.map { $0 + ".gguf" }

  /// A hundred tokens: many times the sliding windows of 8.
  @Test(arguments: files)
  func logitsEqualTransformers(file: String) throws {
    let fixture = try answers(file)
    let model = try Fixtures.architecture(file)
    let ids = try fixture.tensors.integers("ids")
    let expected = try fixture.tensors.floats(fixture.logits)
    let largest = expected.map(abs).max() ?? 0
    for chunk in [256, 32, 7, 1] {
      let logits = try InferenceContext(model, chunkSize: chunk).readAll(ids)
      #expect(largestDifference(logits.values, expected) < 1e-4 * largest, "in chunks of \(chunk)")
    }
  }

  /// The cache gives transformers' tokens, and so does reading everything again for each token, without a cache.
  @Test(arguments: files)
  func greedyTokensEqualTransformers(file: String) throws {
    let model = try Fixtures.architecture(file)
    for (prompt, expected) in try answers(file).greedy {
      #expect(expected.count == 40)
      #expect(try greedy(model, prompt, count: 40) == expected)
      var ids = prompt
      for token in expected.prefix(20) {
        #expect(try best(InferenceContext(model).read(ids)) == token)
        ids.append(token)
      }
    }
  }

  /// A cache in float16 gives the tokens of one in float32, but where two are nearly a tie.
  @Test(arguments: names)
  func halfPrecisionCachesKeepTokens(name: String) throws {
    let model = try Fixtures.architecture(name)
    let ids = (0..<150).map { $0 * 11 % model.configuration.vocabularySize }
    let (exact, half) = (InferenceContext(model), InferenceContext(try model.caching(in: .f16)))
    #expect(exact.cache.layout.format == .f32 && half.cache.layout.format == .f16)
    var (logits, found) = (try exact.read(ids), try half.read(ids))
    #expect(exact.cache.byteCount == 2 * half.cache.byteCount)
    for _ in 0..<40 {
      let token = best(logits)
      let largest = logits.map(abs).max() ?? 0
      #expect(largestDifference(logits, found) < 5e-3 * largest)
      if best(found) != token { #expect(logits[token] - logits[best(found)] < 1e-2 * largest) }
      (logits, found) = (try exact.read([token]), try half.read([token]))
    }
  }

  /// Longer than a chunk, a tile and many windows: whole, in chunks that end anywhere, token by token, and after a step back.
  @Test(arguments: names)
  func longPromptsPassInChunks(name: String) throws {
    let model = try Fixtures.architecture(name)
    let ids = (0..<400).map { $0 * 7 % model.configuration.vocabularySize }
    let whole = try InferenceContext(model).readAll(ids).values
    let largest = whole.map(abs).max() ?? 0
    #expect(largestDifference(try InferenceContext(model, chunkSize: 61).readAll(ids).values, whole) < 1e-4 * largest)
    let single = InferenceContext(model)
    let width = model.configuration.vocabularySize
    func expectLogits(_ logits: [Float], at position: Int) {
      #expect(largestDifference(logits, Array(whole[position * width..<(position + 1) * width])) < 1e-4 * largest)
    }
    for (position, id) in ids.enumerated() { expectLogits(try single.read([id]), at: position) }
    single.truncate(to: 290)
    expectLogits(try single.read(Array(ids[290..<300])), at: 299)
  }

  /// What transformers answers to a file: a GGUF that cannot say all of `config.json` has answers of its own.
  private func answers(
    _ file: String
  ) throws -> (tensors: SafetensorsFile, logits: String, greedy: [(prompt: [Int], tokens: [Int])]) {
    let isGGUF = file.hasSuffix(".gguf")
    let name = isGGUF ? String(file.dropLast(5)) : file
    let tensors = try Fixtures.tensors("architectures/\(name).logits.safetensors")
    let json = try Fixtures.json("architectures/\(name).greedy.json")
    let own = isGGUF ? json["gguf"] : nil
    let greedy = try #require((own ?? json)["greedy"]?.array).map(integers)
    let prompts = try #require(json["prompts"]?.array).map(integers)
    return (tensors, own == nil ? "logits" : "gguf.logits", Array(zip(prompts, greedy)))
  }
}

extension Fixtures {
  /// A tiny model by the name of its folder or file in `architectures`.
  static func architecture(_ file: String) throws -> LanguageModel {
    try LanguageModel(path: path("architectures/" + file))
  }
}

func integers(_ json: JSONValue) -> [Int] { json.array?.compactMap(\.integer) ?? [] }

/// The likeliest token; of equals the first.
func best(_ logits: [Float]) -> Int {
  logits.indices.max { logits[$0] < logits[$1] || (logits[$0] == logits[$1] && $0 > $1) } ?? 0
}
