import Foundation
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// ggml's block formats against the values that ggml and gguf-py decode, bit for bit, on every instruction set.
struct BlockFormatTests {
  static let formats: [(BlockFormat, String)] = [
    (.f16, "F16"), (.bf16, "BF16"), (.q4_0, "Q4_0"), (.q4_1, "Q4_1"), (.q5_0, "Q5_0"), (.q5_1, "Q5_1"),
    (.q8_0, "Q8_0"), (.q4_K, "Q4_K"), (.q5_K, "Q5_K"), (.q6_K, "Q6_K"), (.q2_K, "Q2_K"), (.q3_K, "Q3_K"),
    (.iq4_NL, "IQ4_NL"), (.iq4_XS, "IQ4_XS"), (.tq1_0, "TQ1_0"), (.tq2_0, "TQ2_0"), (.mxfp4, "MXFP4"),
  ]

  /// Every format but float32 is compared with a fixture.
  @Test func allFormatsAreHere() {
    #expect(Set(Self.formats.map(\.0)).union([.f32]) == Set(BlockFormat.allCases))
  }

  @Test(arguments: formats, InstructionSet.available.map(\.name))
  func equalsGGML(format: (BlockFormat, String), set: String) throws {
    let kernels = try #require(InstructionSet.available.first { $0.name == set }).kernels
    let file = try Fixtures.tensors("ggml_blocks.safetensors")
    let bytes = try file.bytes("\(format.1).bytes")
    let expected = try file.floats("\(format.1).values")
    var decoded = [Float](repeating: .nan, count: expected.count)
    format.0.decode(bytes.pointer, count: expected.count, into: &decoded, with: kernels)
    #expect(decoded.map(\.bitPattern) == expected.map(\.bitPattern))
  }

  @Test func sizesAreGGMLs() {
    let bytes: [BlockFormat: Int] = [
      .f32: 4, .f16: 2, .bf16: 2, .q4_0: 18, .q4_1: 20, .q5_0: 22, .q5_1: 24, .q8_0: 34, .q4_K: 144, .q5_K: 176,
      .q6_K: 210, .q2_K: 84, .q3_K: 110, .iq4_NL: 18, .iq4_XS: 136, .tq1_0: 54, .tq2_0: 66, .mxfp4: 17,
    ]
    for format in BlockFormat.allCases { #expect(format.bytesPerBlock == bytes[format]) }
    #expect(BlockFormat.q4_1.bitsPerWeight == 5)
    #expect(BlockFormat.q6_K.bitsPerWeight == 6.5625)
    #expect(BlockFormat.q2_K.bitsPerWeight == 2.625)
    #expect(BlockFormat.tq1_0.bitsPerWeight == 1.6875)
  }

  @Test func matrixDecodesRowByRow() throws {
    let file = try Fixtures.tensors("ggml_blocks.safetensors")
    let matrix = WeightMatrix(rows: 4, columns: 1024, storage: .blocks(.q5_K, try file.bytes("Q5_K.bytes")))
    let expected = try file.floats("Q5_K.values")
    #expect(matrix.decoded().values == expected)
    var row = [Float](repeating: 0, count: 1024)
    matrix.decode(rows: 2..<3, into: &row)
    #expect(row == Array(expected[2048..<3072]))
  }

  @Test func namesAreGGMLs() {
    #expect(BlockFormat.ggmlName(of: 12) == "q4_K" && BlockFormat.ggmlName(of: 19) == "iq1_S")
    #expect(BlockFormat.ggmlName(of: 40) == "nvfp4" && BlockFormat.ggmlName(of: 42) == "q2_0")
    #expect(BlockFormat.ggmlName(of: 4) == nil && BlockFormat.removedGGMLName(of: 4) == "q4_2")
    #expect(BlockFormat.ggmlName(of: 43) == nil && BlockFormat.removedGGMLName(of: 43) == nil)
    // Of the ids that ggml counts, each is in use or given up.
    for id in UInt32(0)..<43 {
      #expect((BlockFormat.ggmlName(of: id) == nil) != (BlockFormat.removedGGMLName(of: id) == nil), "type \(id)")
    }
  }
}
