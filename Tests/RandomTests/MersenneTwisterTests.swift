import JSONValue
import TensorCore
import TestSupport
import Testing

/// PyTorch's draws are the fixtures `draws.json`.
struct MersenneTwisterTests {
  @Test func uniformDrawsAreTorchs() throws {
    let cases = try #require(try Fixtures.json("draws.json")["uniforms"]?.array)
    #expect(cases.count == 3)
    for item in cases {
      var generator = MersenneTwister(seed: try #require(item["seed"]?.seed))
      let upper = Float(try #require(item["upper"]?.number))
      let count = try #require(item["count"]?.integer)
      let values = (0..<count).map { _ in generator.uniform(in: -upper..<upper) }
      let bits = try #require(item["bits"]?.array).compactMap(\.integer)
      #expect(values.suffix(8).map { Int($0.bitPattern) } == bits)
    }
  }

  @Test func permutationsAreTorchs() throws {
    let cases = try #require(try Fixtures.json("draws.json")["torch_orders"]?.array)
    #expect(cases.count == 6)
    for item in cases {
      var generator = MersenneTwister(seed: try #require(item["seed"]?.seed))
      let order = generator.permutation(of: try #require(item["count"]?.integer))
      #expect(OrderShape(order) == (try OrderShape(item)))
    }
  }

  @Test func publishedOrderOfThirteen() {
    var generator = MersenneTwister(seed: 42)
    #expect(generator.permutation(of: 13) == [5, 12, 11, 7, 4, 1, 2, 9, 8, 10, 6, 3, 0])
  }

  @Test func publishedTenThousandthNumber() {
    // The C++ standard names the 10,000th number of mt19937 with its default seed.
    var generator = MersenneTwister(seed: 5489)
    for _ in 1..<10_000 { _ = generator.nextBits() }
    #expect(generator.nextBits() == 4_123_659_995)
  }

  @Test func fillingDrawsInOrder() {
    var one = MersenneTwister(seed: 3)
    var other = MersenneTwister(seed: 3)
    var values = [Float](repeating: 0, count: 700)
    values.withUnsafeMutableBufferPointer { one.fill($0, uniformIn: 0..<2) }
    #expect(values == (0..<700).map { _ in other.uniform(in: 0..<2) })
  }

  /// Few numbers, whole blocks of sixteen and broken ones, one after the other; torch's vector units round otherwise.
  @Test(arguments: [0, 42])
  func normalDrawsAreTorchs(seed: UInt64) throws {
    let starts = try Fixtures.tensors("adapters/starts.safetensors")
    var generator = MersenneTwister(seed: seed)
    for count in [3, 16, 20, 1000] {
      var values = [Float](repeating: 0, count: count)
      values.withUnsafeMutableBufferPointer { generator.fill($0, normalWithDeviation: 0.5) }
      let expected = try starts.floats("\(seed).normals.\(count)")
      #expect(largestDifference(values, expected) < (count < 16 ? 1e-7 : 2e-6), "\(count)")
    }
  }
}
