import JSONValue
import LanguageModels
import TestSupport
import Testing

/// The two real GGUF files, which set-up fetches, against transformers in float32 and llama.cpp;
/// `Tests/Fixtures/makers/real_models.py` made the answers.
@Suite(.serialized)
struct RealModelTests {
  /// A peer's greedy tokens after a prompt, and how far each was ahead of the second best.
  private struct Run {
    let prompt: [Int]
    let tokens: [Int]
    let leads: [Double]
  }

  /// Ten prompts, 48 tokens each.
  ///
  /// Both peers compute with the file's weights in float32, as Quill does, so that a token differs only where it is nearly a
  /// tie. llama.cpp on the packed weights rounds activations to eight bits, and parts from itself earlier than that.
  @Test(arguments: [("smollm2-135m", Fixtures.smolLM2), ("gemma3-270m", Fixtures.gemma3)])
  func greedyTokensEqualPeers(name: String, path: String) throws {
    let model = try LanguageModel(path: path)
    let peers = try (runs(of: "transformers", model: name), runs(of: "llama_cpp_float32", model: name))
    for runs in zip(peers.0, peers.1) {
      let tokens = try greedy(model, runs.0.prompt, count: runs.0.tokens.count)
      for run in [runs.0, runs.1] {
        guard let step = tokens.indices.first(where: { tokens[$0] != run.tokens[$0] }) else { continue }
        #expect(run.leads[step] < 0.01, "prompt \(run.prompt): token \(step)")
      }
    }
  }

  private func runs(of peer: String, model: String) throws -> [Run] {
    let json = try Fixtures.json("architectures/\(model).json")
    let prompts = try #require(json["ids"]?.array).map(integers)
    let tokens = try #require(json[peer]?["tokens"]?.array).map(integers)
    let leads = try #require(json[peer]?["leads"]?.array).map { $0.array?.compactMap(\.number) ?? [] }
    try #require(prompts.count == 10 && tokens.count == 10 && tokens.allSatisfy { $0.count == 48 })
    return zip(prompts, zip(tokens, leads)).map { Run(prompt: $0, tokens: $1.0, leads: $1.1) }
  }
}
