import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// The encoders against ggml's own, byte for byte; `Tests/Fixtures/makers/quantized.py` made the cases.
struct EncoderTests {
  static let sets = InstructionSet.available.map(\.name)
  static let file = "quantized/encoders.safetensors"

  /// Rows of usual weights, and blocks of ties, zeros of both signs, denormals, and scales beyond float16.
  @Test(arguments: [(BlockFormat.q8_0, "Q8_0"), (.q4_0, "Q4_0")], ["rows", "edges"])
  func blocksEqualGGMLs(format: (BlockFormat, String), part: String) throws {
    let fixture = try Fixtures.tensors(Self.file)
    let expected = try fixture.bytes("\(format.1).\(part)")
    for set in InstructionSet.available {
      let encoded = try encode(fixture.floats(part), as: format.0, on: set)
      let block = format.0.bytesPerBlock
      for start in stride(from: 0, to: expected.count, by: block) {
        let theirs = expected[start..<start + block].array(of: UInt8.self)
        #expect(Array(encoded[start..<start + block]) == theirs, "block \(start / block) on \(set.name)")
      }
    }
  }

  /// Numbers of all magnitudes, ties, denormals, infinities and not-a-numbers.
  @Test(arguments: [(BlockFormat.f16, "F16"), (.bf16, "BF16")], sets)
  func floatsEqualGGMLs(format: (BlockFormat, String), set: String) throws {
    let fixture = try Fixtures.tensors(Self.file)
    let set = try #require(InstructionSet.available.first { $0.name == set })
    let encoded = try encode(fixture.floats("floats"), as: format.0, on: set)
    #expect(try encoded == fixture.bytes("\(format.1).floats").array(of: UInt8.self))
  }

  /// Every float16 that is a number comes back as it was, and so does every bfloat16.
  @Test(arguments: [BlockFormat.f16, .bf16], sets)
  func sixteenBitFloatsSurvive(format: BlockFormat, set: String) throws {
    let set = try #require(InstructionSet.available.first { $0.name == set })
    let patterns = (UInt16.min...UInt16.max).map { $0 }
    var decoded = [Float](repeating: 0, count: patterns.count)
    format.decode(patterns, count: patterns.count, into: &decoded, with: set.kernels)
    let encoded = Bytes(try encode(decoded, as: format, on: set)).array(of: UInt16.self)
    for (index, pattern) in patterns.enumerated() {
      if decoded[index].isNaN {
        var again: Float = 0
        format.decode([encoded[index]], count: 1, into: &again, with: set.kernels)
        #expect(again.isNaN && again.sign == decoded[index].sign)
      } else {
        #expect(encoded[index] == pattern)
      }
    }
  }

  @Test(arguments: sets, [1, 3, 8, 33, 1000])
  func floatsOfAnyCountEqualThePlainOnes(set: String, count: Int) throws {
    let set = try #require(InstructionSet.available.first { $0.name == set })
    let values = Array(try Fixtures.tensors(Self.file).floats("floats").prefix(count))
    for format in [BlockFormat.f32, .f16, .bf16] {
      #expect(try encode(values, as: format, on: set) == encode(values, as: format, on: InstructionSet.available[0]))
    }
  }

  @Test func matricesAreEncodedOnAllThreads() throws {
    let fixture = try Fixtures.tensors(Self.file)
    let matrix = WeightMatrix(Matrix(rows: 32, columns: 256, values: try fixture.floats("rows")))
    for (format, name) in [(BlockFormat.q8_0, "Q8_0"), (.q4_0, "Q4_0")] {
      let encoded = try matrix.encoded(as: format)
      guard case .blocks(format, let bytes) = encoded.storage else {
        Issue.record("\(encoded.formatName) instead of \(name)")
        continue
      }
      #expect(bytes == (try fixture.bytes("\(name).rows")))
      #expect(encoded.bitsPerWeight == format.bitsPerWeight && encoded.formatName == format.name)
      #expect(try encoded.encoded(as: format).byteCount == bytes.count)
    }
    // From one packed format to another: through the decoded values.
    let twice = try matrix.encoded(as: .q4_0).encoded(as: .q8_0)
    let direct = try WeightMatrix(matrix.encoded(as: .q4_0).decoded()).encoded(as: .q8_0)
    #expect(twice.decoded().values == direct.decoded().values)
  }

  @Test func onlySomeFormatsAreWritten() throws {
    #expect(BlockFormat.encodable == [.f32, .f16, .q4_0, .q8_0, .bf16])
    let matrix = WeightMatrix(Matrix(rows: 2, columns: 256))
    for format in BlockFormat.allCases where !format.canEncode {
      #expect(throws: QuantizationError.notEncodable(format)) { try matrix.encoded(as: format) }
    }
  }

  @Test func rowsThatAreNoWholeBlocksAreRefused() throws {
    let matrix = WeightMatrix(Matrix(rows: 2, columns: 48))
    let expected = QuantizationError.rowNotDivisible(columns: 48, format: "q8_0", multiple: 32)
    #expect(throws: expected) { try matrix.encoded(as: .q8_0) }
    var block = [UInt8](repeating: 0, count: 34)
    #expect(throws: expected) { try BlockFormat.q8_0.encode([Float](repeating: 1, count: 48), count: 48, into: &block) }
    #expect(try matrix.encoded(as: .bf16).byteCount == 192)
  }

  @Test(arguments: sets, [Float.infinity, -.infinity, .nan, -.nan])
  func codesForNumbersThatAreNoneAreRefused(set: String, value: Float) throws {
    let kernels = try #require(InstructionSet.available.first { $0.name == set }).kernels
    for format in [BlockFormat.q8_0, .q4_0] {
      for place in [0, 31, 32, 77, 95] {
        var values = [Float](repeating: 0.5, count: 96)
        values[place] = value
        var out = [UInt8](repeating: 0, count: format.bytes(for: 96))
        #expect(throws: QuantizationError.notFinite(format)) {
          try format.encode(values, count: 96, into: &out, with: kernels)
        }
        let matrix = WeightMatrix(Matrix(rows: 1, columns: 96, values: values))
        #expect(throws: QuantizationError.notFinite(format)) { try matrix.encoded(as: format) }
        let kept = try matrix.encoded(as: .f16).decoded().values[place]
        #expect(value.isNaN ? kept.isNaN : kept == value)
      }
    }
  }

  private func encode(_ values: [Float], as format: BlockFormat, on set: InstructionSet) throws -> [UInt8] {
    var out = [UInt8](repeating: 0xaa, count: format.bytes(for: values.count))
    try format.encode(values, count: values.count, into: &out, with: set.kernels)
    return out
  }
}
