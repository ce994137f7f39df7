import TensorCore
import Testing

struct SplitMix64Tests {
  @Test func publishedNumbers() {
    // The reference implementation's first numbers for this seed.
    var generator = SplitMix64(seed: 1_234_567)
    #expect(generator.next() == 6_457_827_717_110_365_317)
    #expect(generator.next() == 3_203_168_211_198_807_973)
    #expect(generator.next() == 9_817_491_932_198_370_423)
  }

  @Test func numbersAreFoundByTheirIndex() {
    var generator = SplitMix64(seed: 5, stream: 2)
    let counter = SplitMix64(seed: 5, stream: 2)
    #expect((0..<100).map { _ in generator.next() } == (0..<100).map { counter.bits(at: $0) })
    generator.index = 7
    #expect(generator.next() == counter.bits(at: 7))
  }

  @Test func streamsDiffer() {
    let streams = (0..<50).map { SplitMix64(seed: 1, stream: $0).bits(at: 0) }
    #expect(Set(streams + [SplitMix64(seed: 1).bits(at: 0)]).count == 51)
  }

  @Test func uniformNumbersAreEven() {
    let generator = SplitMix64(seed: 77)
    var counts = [Int](repeating: 0, count: 20)
    let draws = 200_000
    for index in 0..<draws {
      // A number outside 0..<1 would trap here.
      counts[Int((generator.uniform(at: UInt64(index)) * 20).rounded(.down))] += 1
    }
    let expected = Double(draws) / 20
    let chiSquare = counts.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    // 19 degrees of freedom: 43.8 is passed once in a thousand seeds; this one is fixed.
    #expect(chiSquare < 43.8)
  }
}
