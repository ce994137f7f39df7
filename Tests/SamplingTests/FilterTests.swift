import Generation
import JSONValue
import TestSupport
import Testing

struct FilterTests {
  @Test func keptTokensAreThoseOfTransformers() throws {
    let cases = try #require(try Fixtures.json("draws.json")["filters"]?.array)
    #expect(cases.count == 60)
    for (number, item) in cases.enumerated() {
      let logits = try #require(item["logits"]?.array).compactMap(\.number).map { Float($0) / 64 }
      let history = try #require(item["history"]?.array).compactMap(\.integer)
      let kept = try #require(item["kept"]?.array).compactMap(\.integer)
      let options = SamplingOptions(
        temperature: try #require(item["temperature"]?.number), topK: try #require(item["top_k"]?.integer),
        topP: try #require(item["top_p"]?.number), minP: try #require(item["min_p"]?.number),
        repetitionPenalty: try #require(item["repetition_penalty"]?.number))
      var sampler = try Sampler(options)
      #expect(try sampler.candidates(logits, history: history) == kept, "case \(number): \(options)")
      for _ in 0..<20 { #expect(kept.contains(try sampler.sample(logits, history: history).id)) }
    }
  }

  @Test func topKKeepsTiesWithTheLast() throws {
    var sampler = try Sampler(SamplingOptions(topK: 2))
    #expect(try sampler.candidates([1, 3, 2, 2, 0, 2]) == [1, 2, 3, 5])
  }

  @Test func topPKeepsTheSmallestSetThatReachesIt() throws {
    // Probabilities 0.5, 0.25, 0.125, 0.125.
    let logits: [Float] = [0, 0.693_147_2, -0.693_147_2, -0.693_147_2]
    for (topP, kept) in [
      (0.2, [1]), (0.49, [1]), (0.51, [0, 1]), (0.74, [0, 1]), (0.76, [0, 1, 2]), (0.99, [0, 1, 2, 3]),
    ] {
      var sampler = try Sampler(SamplingOptions(topP: topP))
      #expect(try sampler.candidates(logits) == kept, "top-p \(topP)")
    }
  }

  @Test func topPOfManyTokensIsThatOfASort() throws {
    for (seed, spread) in [(1, 1.0), (2, 0.01), (3, 0.3)] {
      let logits = Logits.random(20_000, seed: UInt64(seed)).map { $0 * Float(spread) }
      let probabilities = Logits.softmax(logits)
      var sum = 0.0
      var expected: [Int] = []
      for id in logits.indices.sorted(by: { (-logits[$0], $0) < (-logits[$1], $1) }) where sum < 0.9 {
        sum += probabilities[id]
        expected.append(id)
      }
      var sampler = try Sampler(SamplingOptions(topP: 0.9))
      #expect(abs(try sampler.candidates(logits).count - expected.count) <= 1)
      #expect(Set(try sampler.candidates(logits)).symmetricDifference(expected).count <= 1)
    }
  }

  @Test func repetitionPenaltyCountsEachTokenOnce() throws {
    // 3 / 2 = 1.5 is below 2; -1 * 2 = -2 is below -1.5.
    var sampler = try Sampler(SamplingOptions(temperature: 0, repetitionPenalty: 2))
    #expect(try sampler.sample([3, 2, 0], history: [0, 0, 0]).id == 1)
    #expect(try sampler.sample([-1, -1.5, -9], history: [0]).id == 1)
    #expect(try sampler.sample([-1, -1.5, -9], history: [5, 0].filter { $0 < 3 } + [1]).id == 0)
  }
}
