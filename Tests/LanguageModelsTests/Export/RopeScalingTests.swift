import Foundation
import JSONValue
import LanguageModels
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing
import Tokenization

/// GGUF files keep divisors of the rotation frequencies; a folder needs the terms that give them.
struct RopeScalingTests {
  struct Terms: CustomStringConvertible {
    var factor: Float
    var high = 4.0
    var context: Int
    var base: Float = 500_000
    var headSize: Int
    var description: String { "\(factor) \(high) \(context) \(base) \(headSize)" }
  }

  /// Llama 3.1's rule, as its authors and llama.cpp's converter write it.
  private static func divisors(_ terms: Terms, low: Double = 1) -> [Float] {
    (0..<terms.headSize / 2).map { index in
      let frequency = 1 / powf(terms.base, Float(2 * index) / Float(terms.headSize))
      let wavelength = 2 * Double.pi / Double(frequency)
      if wavelength < Double(terms.context) / terms.high { return 1 }
      if wavelength > Double(terms.context) / low { return terms.factor }
      let smooth = (Double(terms.context) / wavelength - low) / (terms.high - low)
      return Float(1 / ((1 - smooth) / Double(terms.factor) + smooth))
    }
  }

  /// A model of zeros with that head size.
  private static func model(_ factors: [Float], base: Float, headSize: Int) throws -> LanguageModel {
    let source = try LanguageModel(ggufPath: Fixtures.path("tiny-llama.gguf"))
    var configuration = source.configuration
    configuration.ropeFactors = factors
    configuration.ropeBase = base
    configuration.headSize = headSize
    let sizes = configuration
    let block = TransformerBlock(
      weight: { layer in
        WeightMatrix(Matrix(rows: sizes.shape(of: layer).rows, columns: sizes.shape(of: layer).columns))
      }, bias: { _ in [] },
      gain: { $0 == .attention || $0 == .feedForward ? [Float](repeating: 1, count: sizes.hiddenSize) : [] })
    return LanguageModel(
      configuration: configuration, tokenizer: source.tokenizer, tokenEmbedding: source.tokenEmbedding,
      blocks: [TransformerBlock](repeating: block, count: sizes.blockCount), outputNorm: source.outputNorm,
      outputHead: nil, path: "")
  }

  private static func saved(_ factors: [Float], base: Float, headSize: Int) throws -> JSONValue {
    let folder = try TemporaryFolder()
    try model(factors, base: base, headSize: headSize).save(to: folder.path + "/m")
    return try JSONValue(parsing: Data(contentsOf: URL(filePath: folder.path + "/m/config.json")))
  }

  /// Llama 3.1, Llama 3.2, and small models where few frequencies or none lie between.
  @Test(
    arguments: [
      Terms(factor: 8, context: 8192, headSize: 128), Terms(factor: 32, context: 8192, headSize: 64),
      Terms(factor: 16, context: 4096, base: 10_000, headSize: 96), Terms(factor: 32, context: 64, headSize: 16),
      Terms(factor: 8, high: 2, context: 8192, headSize: 128), Terms(factor: 4, context: 1024, headSize: 8),
    ])
  func termsAreFoundAgain(terms: Terms) throws {
    let divisors = Self.divisors(terms)
    let scaling = try #require(try Self.saved(divisors, base: terms.base, headSize: terms.headSize)["rope_scaling"])
    #expect(scaling["rope_type"] == "llama3")
    #expect(scaling["factor"]?.number == Double(terms.factor))
    // Others may give the same divisors where little is between; those found must.
    var found = terms
    found.high = try #require(scaling["high_freq_factor"]?.number)
    found.context = try #require(scaling["original_max_position_embeddings"]?.integer)
    let low = try #require(scaling["low_freq_factor"]?.number)
    #expect(zip(Self.divisors(found, low: low), divisors).allSatisfy { abs($0 - $1) <= 4e-6 * $1 })
    if divisors.count(where: { $0 > 1 && $0 < terms.factor }) > 1 {
      #expect(found.high == terms.high)
      #expect(found.context == terms.context)
    }
  }

  @Test func linearScalingIsOneFactor() throws {
    let scaling = try Self.saved([Float](repeating: 8, count: 8), base: 10_000, headSize: 16)["rope_scaling"]
    #expect(scaling == ["rope_type": "linear", "factor": 8.0])
  }

  @Test(arguments: [[], [Float](repeating: 1, count: 8)])
  func noScalingIsNull(factors: [Float]) throws {
    #expect(try Self.saved(factors, base: 10_000, headSize: 16)["rope_scaling"]?.isNull == true)
  }

  /// Divisors that rise and fall are no scaling that transformers has.
  @Test func otherDivisorsAreAnError() throws {
    let factors: [Float] = [1, 3, 2, 5, 1, 9, 2, 4]
    #expect(throws: ExportError.ropeFactors(factors)) { try Self.saved(factors, base: 10_000, headSize: 16) }
  }
}
