import Foundation
import JSONValue
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// NF4 against bitsandbytes, bit for bit; `Tests/Fixtures/makers/nf4.py` made the cases.
struct NF4Tests {
  static let cases = [
    "k_proj", "normal", "odd", "thresholds", "zero_blocks", "zero_tail", "constant", "magnitudes", "one", "block128",
  ]

  @Test(arguments: cases)
  func equalsBitsandbytes(name: String) throws {
    let expected = try #require(Fixtures.json("nf4.json")[name])
    let input = try Fixtures.tensors("nf4.safetensors").floats("\(name).input")
    let blockSize = try #require(expected["block_size"]?.integer)
    let plain = quantize(input, blockSize: blockSize, doubleQuantized: false)
    #expect(sha256(plain.codes) == expected["packed_sha256"]?.string)
    #expect(sha256(scales(of: plain)) == expected["absmax_sha256"]?.string)
    #expect(sha256(decode(plain)) == expected["dequantized_sha256"]?.string)
  }

  @Test(arguments: cases)
  func doubleQuantizationEqualsBitsandbytes(name: String) throws {
    let expected = try #require(Fixtures.json("nf4.json")[name])
    let input = try Fixtures.tensors("nf4.safetensors").floats("\(name).input")
    let blockSize = try #require(expected["block_size"]?.integer)
    let weights = quantize(input, blockSize: blockSize, doubleQuantized: true)
    guard case .doubleQuantized(let scales) = weights.scales else {
      Issue.record("scales were not quantized")
      return
    }
    #expect(sha256(scales.codes) == expected["double.absmax_sha256"]?.string)
    #expect(sha256(scales.groupScales) == expected["double.nested_absmax_sha256"]?.string)
    #expect(sha256([scales.offset]) == expected["double.offset_sha256"]?.string)
    #expect(sha256(decode(weights)) == expected["double.dequantized_sha256"]?.string)
  }

  @Test func dynamicMapEqualsBitsandbytes() throws {
    #expect(
      sha256(DynamicMap.signed) == "e732639a65f497b4ad684bb166a4467708255edd5207757de8b8f0c7e1fda89c")
  }

  @Test func levelsAreWhereThresholdsLetThem() {
    for (index, level) in NF4.levels.enumerated() { #expect(NF4.code(of: level) == UInt8(index)) }
    for (index, threshold) in NF4.thresholds.enumerated() {
      #expect(NF4.code(of: threshold) == UInt8(index), "a value on a border stays below it")
      #expect(NF4.code(of: threshold.nextUp) == UInt8(index + 1))
    }
  }

  /// Every instruction set gives the same bits as the plain one, tails included.
  @Test(arguments: InstructionSet.available.map(\.name), [64, 65, 127, 1000, 4096 + 37])
  func instructionSetsAgree(name: String, count: Int) throws {
    let set = try #require(InstructionSet.available.first { $0.name == name })
    var generator = SplitMix64(seed: UInt64(count))
    let input = (0..<count).map { _ in Float(generator.nextUniform() * 2 - 1) }
    let plain = InstructionSet.available[0]
    let (weights, expected) = input.withUnsafeBufferPointer {
      (CodeBookWeights(quantizing: $0, with: set.kernels), CodeBookWeights(quantizing: $0, with: plain.kernels))
    }
    #expect(weights.codes == expected.codes)
    var decoded = [Float](repeating: .nan, count: count)
    var reference = decoded
    weights.decode(0..<count, into: &decoded, with: set.kernels)
    weights.decode(0..<count, into: &reference, with: plain.kernels)
    #expect(decoded == reference)
  }

  /// Any part of a tensor decodes as in the whole, wherever it begins and ends.
  @Test func partsDecodeAsTheWhole() {
    var generator = SplitMix64(seed: 5)
    let values = (0..<517).map { _ in Float(generator.nextUniform() - 0.5) }
    let weights = quantize(values, blockSize: 64, doubleQuantized: true)
    let whole = decode(weights)
    for range in [0..<1, 1..<2, 63..<66, 64..<128, 5..<517, 100..<101, 516..<517] {
      var part = [Float](repeating: .nan, count: range.count)
      weights.decode(range, into: &part)
      #expect(part == Array(whole[range]), "elements \(range)")
    }
  }

  @Test func bitsPerWeight() {
    let weights = quantize([Float](repeating: 1, count: 64 * 256 * 4), blockSize: 64, doubleQuantized: true)
    let bits = Double((weights.byteCount - 4) * 8) / Double(weights.count)
    #expect(abs(bits - 4.127) < 0.0005)
  }

  private func quantize(_ values: [Float], blockSize: Int, doubleQuantized: Bool) -> CodeBookWeights {
    values.withUnsafeBufferPointer {
      CodeBookWeights(quantizing: $0, blockSize: blockSize, doubleQuantized: doubleQuantized)
    }
  }

  private func decode(_ weights: CodeBookWeights) -> [Float] {
    var values = [Float](repeating: .nan, count: weights.count)
    weights.decode(0..<weights.count, into: &values)
    return values
  }

  private func scales(of weights: CodeBookWeights) -> [Float] { (0..<weights.blockCount).map(weights.scale(of:)) }
}
