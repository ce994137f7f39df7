import JSONValue
import TensorCore
import TestSupport
import Testing

struct NumPyGeneratorTests {
  @Test func permutationsAreNumPys() throws {
    let cases = try #require(try Fixtures.json("draws.json")["numpy_orders"]?.array)
    #expect(cases.count == 8)
    for item in cases {
      var generator = NumPyGenerator(seed: try #require(item["seed"]?.seed))
      let order = generator.permutation(of: try #require(item["count"]?.integer))
      #expect(OrderShape(order) == (try OrderShape(item)))
    }
  }

  @Test func everyElementComesOnce() {
    var generator = NumPyGenerator(seed: 9)
    #expect(generator.permutation(of: 5000).sorted() == Array(0..<5000))
  }
}
