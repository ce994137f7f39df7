import Foundation
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// ggml's block formats against gguf-py's dequantized values, on every instruction set.
struct BlockFormatTests {
  static let formats: [(BlockFormat, String)] = [
    (.f16, "F16"), (.bf16, "BF16"), (.q4_0, "Q4_0"), (.q4_1, "Q4_1"), (.q5_0, "Q5_0"), (.q5_1, "Q5_1"),
    (.q8_0, "Q8_0"), (.q4_K, "Q4_K"), (.q5_K, "Q5_K"), (.q6_K, "Q6_K"),
  ]

  @Test(arguments: formats, InstructionSet.available.map(\.name))
  func equalsGGUFPython(format: (BlockFormat, String), set: String) throws {
    let kernels = try #require(InstructionSet.available.first { $0.name == set }).kernels
    let file = try Fixtures.tensors("ggml_blocks.safetensors")
    let bytes = try file.bytes("\(format.1).bytes")
    let expected = try file.floats("\(format.1).values")
    var decoded = [Float](repeating: .nan, count: expected.count)
    format.0.decode(bytes.pointer, count: expected.count, into: &decoded, with: kernels)
    #expect(decoded == expected)
  }

  @Test func sizesAreGGMLs() {
    let bytes: [BlockFormat: Int] = [
      .f32: 4, .f16: 2, .bf16: 2, .q4_0: 18, .q4_1: 20, .q5_0: 22, .q5_1: 24, .q8_0: 34, .q4_K: 144, .q5_K: 176,
      .q6_K: 210,
    ]
    for format in BlockFormat.allCases { #expect(format.bytesPerBlock == bytes[format]) }
    #expect(BlockFormat.q4_1.bitsPerWeight == 5)
    #expect(BlockFormat.q6_K.bitsPerWeight == 6.5625)
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
}
