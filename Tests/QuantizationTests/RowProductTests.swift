import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// Packed rows times a vector, on every instruction set, against the decoded rows in double precision.
struct RowProductTests {
  static let sets = InstructionSet.available.map(\.name)

  @Test(arguments: BlockFormatTests.formats, sets)
  func blockFormats(format: (BlockFormat, String), set: String) throws {
    let bytes = try Fixtures.tensors("ggml_blocks.safetensors").bytes("\(format.1).bytes")
    let rows = bytes.count / format.0.bytes(for: 1024)
    try expectProducts(of: WeightMatrix(rows: rows, columns: 1024, storage: .blocks(format.0, bytes)), set: set)
  }

  /// Whole blocks in a row, and rows that end inside a block; scales as they are, and quantized.
  @Test(arguments: [(6, 192, 64), (7, 64, 32), (5, 96, 64), (3, 70, 32)], sets)
  func codeBooks(shape: (rows: Int, columns: Int, blockSize: Int), set: String) throws {
    let values = vector(shape.rows * shape.columns, seed: 1)
    for codeBook in [CodeBook.nf4, .fp4] {
      for doubleQuantized in [false, true] {
        let weights = values.withUnsafeBufferPointer {
          CodeBookWeights(
            quantizing: $0, codeBook: codeBook, blockSize: shape.blockSize, doubleQuantized: doubleQuantized)
        }
        try expectProducts(
          of: WeightMatrix(rows: shape.rows, columns: shape.columns, storage: .codeBook(weights)), set: set)
      }
    }
  }

  /// Float rows of odd lengths, whose ends fill no register.
  @Test(arguments: [BlockFormat.f32, .f16, .bf16], sets)
  func floatsWithTails(format: BlockFormat, set: String) throws {
    for columns in [1, 7, 15, 16, 17, 40, 333] {
      let matrix = Matrix(rows: 3, columns: columns, values: vector(3 * columns, seed: 3))
      try expectProducts(of: WeightMatrix(matrix).encoded(as: format), set: set)
    }
  }

  @Test(arguments: sets)
  func int8(set: String) throws {
    let matrix = Matrix(rows: 5, columns: 37, values: vector(5 * 37, seed: 4))
    let weights = Int8Weights(quantizing: matrix.view)
    try expectProducts(of: WeightMatrix(rows: 5, columns: 37, storage: .int8(weights)), set: set)
  }

  @Test(arguments: GroupedWeightsTests.cases, sets)
  func groups(name: String, set: String) throws {
    let weights = try GroupedWeightsTests.weights(name)
    try expectProducts(
      of: WeightMatrix(rows: weights.rows, columns: weights.columns, storage: .grouped(weights)), set: set)
  }

  private func expectProducts(of weight: WeightMatrix, set: String) throws {
    let kernels = try #require(InstructionSet.available.first { $0.name == set }).kernels
    let x = vector(weight.columns, seed: 2)
    let decoded = weight.decoded().values
    for range in [0..<weight.rows, 1..<weight.rows, 1..<2, 1..<1] {
      var y = [Float](repeating: .nan, count: range.count)
      weight.multiply(rows: range, by: x, into: &y, with: kernels)
      for (row, product) in zip(range, y) {
        let terms = (0..<weight.columns).map { Double(decoded[row * weight.columns + $0]) * Double(x[$0]) }
        // Q4_1's minima and codes are added up apart, so the bound is relative to the terms and not to their sum.
        let bound = 2e-6 * terms.reduce(0) { $0 + abs($1) }
        #expect(abs(Double(product) - terms.reduce(0, +)) <= bound, "row \(row)")
      }
    }
  }

  private func vector(_ count: Int, seed: UInt64) -> [Float] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { _ in Float(generator.nextUniform() * 2 - 1) }
  }
}
