import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// Interleaved rows times 8-bit activations, on every instruction set, against the decoded rows and the rounded numbers in
/// double precision.
struct InterleavedWeightsTests {
  static let sets = InstructionSet.available.map(\.name)
  static let formats = BlockFormatTests.formats.filter {
    ![.mxfp4, .tq1_0, .tq2_0].contains($0.0) && $0.0.blockSize > 1
  }

  /// Numbers of tokens: one has a layout of its own, four fill a block, others end inside one.
  private static let tokenCounts = [1, 2, 4, 7]

  @Test(arguments: formats, sets)
  func blockFormats(format: (BlockFormat, String), set: String) throws {
    let bytes = try Fixtures.tensors("ggml_blocks.safetensors").bytes("\(format.1).bytes")
    // Rows that do not fill a strip; as columns of 1024 more than a panel, and of one superblock.
    for columns in [1024, 256] {
      let rows = bytes.count / format.0.bytes(for: columns)
      let weight = WeightMatrix(rows: rows, columns: columns, storage: .blocks(format.0, bytes))
      try expectProducts(of: weight, decoded: weight.decoded().values, set: set)
    }
  }

  /// The levels of a code book are rounded to whole steps, 112 to 1 for NF4 and 120 for FP4.
  @Test(arguments: [(CodeBook.nf4, Float(112)), (.fp4, 120)], sets)
  func codeBooks(book: (book: CodeBook, steps: Float), set: String) throws {
    let (rows, columns) = (37, 576)
    let values = vector(rows * columns, seed: 1)
    for doubleQuantized in [false, true] {
      let weights = values.withUnsafeBufferPointer {
        CodeBookWeights(quantizing: $0, codeBook: book.book, blockSize: 64, doubleQuantized: doubleQuantized)
      }
      let weight = WeightMatrix(rows: rows, columns: columns, storage: .codeBook(weights))
      let exact = weight.decoded().values
      let rounded = exact.enumerated().map { index, value in
        let scale = abs(weights.scale(of: index / 64))
        return scale == 0 ? 0 : (value / scale * book.steps).rounded() / book.steps * scale
      }
      for (index, (value, near)) in zip(exact, rounded).enumerated() {
        #expect(abs(value - near) <= 0.51 / book.steps * abs(weights.scale(of: index / 64)))
      }
      try expectProducts(of: weight, decoded: rounded, set: set)
    }
  }

  @Test(arguments: sets)
  func int8(set: String) throws {
    let matrix = Matrix(rows: 21, columns: 192, values: vector(21 * 192, seed: 4))
    let weight = WeightMatrix(rows: 21, columns: 192, storage: .int8(Int8Weights(quantizing: matrix.view)))
    try expectProducts(of: weight, decoded: weight.decoded().values, set: set)
  }

  @Test(arguments: [BlockFormat.q8_0, .q4_0])
  func rowsOfEveryNumber(format: BlockFormat) throws {
    for rows in [1, 15, 16, 17, 31, 32, 33, 70] {
      let matrix = Matrix(rows: rows, columns: 96, values: vector(rows * 96, seed: UInt64(rows)))
      let weight = try WeightMatrix(matrix).encoded(as: format)
      for set in Self.sets { try expectProducts(of: weight, decoded: weight.decoded().values, set: set) }
    }
  }

  @Test func formatsWithoutLayout() throws {
    let matrix = Matrix(rows: 4, columns: 96, values: vector(4 * 96, seed: 9))
    for format in [BlockFormat.f32, .f16, .bf16] {
      #expect(try WeightMatrix(matrix).encoded(as: format).interleaved == nil)
    }
    // Blocks that end inside a row.
    let weights = matrix.values.withUnsafeBufferPointer {
      CodeBookWeights(quantizing: $0, codeBook: .nf4, blockSize: 64, doubleQuantized: false)
    }
    #expect(WeightMatrix(rows: 4, columns: 96, storage: .codeBook(weights)).interleaved == nil)
  }

  @Test func madeOnce() throws {
    let matrix = Matrix(rows: 32, columns: 256, values: vector(32 * 256, seed: 5))
    let weight = try WeightMatrix(matrix).encoded(as: .q8_0)
    let strips = try #require(weight.interleaved)
    // Codes and scales of the format, no more.
    #expect(strips.byteCount == weight.byteCount)
    #expect(strips.stripCount == 32 / strips.stripRows)
  }

  // MARK: - The definition

  private func expectProducts(of weight: WeightMatrix, decoded: [Float], set: String) throws {
    let kernels = try #require(InstructionSet.available.first { $0.name == set }).kernels
    let interleaved = try #require(InterleavedWeights(weight, with: kernels))
    expectPanels(of: interleaved, decoded: decoded, set: set)
    let most = Self.tokenCounts.max()!
    let x = Matrix(
      rows: most, columns: weight.columns, values: Self.withOutliers(vector(most * weight.columns, seed: 2)))
    let rounded = x.values.chunks(of: RoundedActivations.groupSize).flatMap(Self.rounded)
    var alone: [Float] = []
    for tokens in Self.tokenCounts {
      let activations = RoundedActivations()
      activations.round(x.prefix(tokens), with: kernels)
      // Two numbers more than rows in a token: they stay as they are.
      let stride = weight.rows + 2
      var y = [Float](repeating: -7, count: tokens * stride)
      for strip in 0..<interleaved.stripCount {
        interleaved.multiply(strips: strip..<strip + 1, by: activations, into: &y, stride: stride)
      }
      for token in 0..<tokens {
        for row in 0..<weight.rows {
          let terms = (0..<weight.columns).map {
            Double(decoded[row * weight.columns + $0]) * Double(rounded[token * weight.columns + $0])
          }
          // Codes and minima are added up apart: the bound is relative to the largest of either, not to the sum.
          let bound = 1e-5 * (terms.map { abs($0) }.max() ?? 0) * Double(weight.columns).squareRoot() + 1e-7
          let difference = abs(Double(y[token * stride + row]) - terms.reduce(0, +))
          #expect(difference <= bound, "\(weight.formatName), \(set), token \(token) of \(tokens), row \(row)")
        }
        #expect(y[token * stride + weight.rows] == -7 && y[token * stride + weight.rows + 1] == -7)
      }
      // One token's numbers do not depend on those beside it.
      if tokens == 1 { alone = Array(y[0..<weight.rows]) }
      #expect(Array(y[0..<weight.rows]) == alone, "\(weight.formatName), \(set), \(tokens) tokens")
    }
  }

  /// Strips unpacked to panels of bfloat16: half a step of 8 bits beside the decoded weight, zero beside the last row.
  private func expectPanels(of weights: InterleavedWeights, decoded: [Float], set: String) {
    let (columns, stride) = (weights.columns, weights.columns * 16 + 32)
    // A code and a minimum that nearly cancel each other leave their own rounding.
    let largest = decoded.map { abs($0) }.max() ?? 0
    for strip in 0..<weights.stripCount {
      var panels = [UInt16](repeating: 0x7fff, count: weights.stripRows / 16 * stride)
      weights.unpack(strip: strip, into: &panels, stride: stride)
      for row in 0..<weights.stripRows {
        let index = strip * weights.stripRows + row
        let wrong = (0..<columns).first { column in
          let bits = panels[row / 16 * stride + column / 2 * 32 + row % 16 * 2 + column % 2]
          let weight = index < weights.rows ? decoded[index * columns + column] : 0
          let value = Float(bitPattern: UInt32(bits) << 16)
          return !(abs(value - weight) <= abs(weight) / 256 + 2e-6 * largest)
        }
        #expect(wrong == nil, "\(set), row \(index)")
      }
      #expect(panels[columns * 16..<columns * 16 + 32].allSatisfy { $0 == 0x7fff }, "written beside a panel")
    }
  }

  /// Three groups of four with one number that is up to 2048 times as large.
  private static func withOutliers(_ values: [Float]) -> [Float] {
    var values = values
    for group in 0..<values.count / 32 where group % 4 > 0 {
      values[32 * group + 5 * group % 32] *= Float(1 << (group % 12))
    }
    return values
  }

  /// Codes of 8 bits by the largest magnitude; by the second largest where the largest is more than twice that, which then
  /// has 15 bits.
  private static func rounded(_ group: ArraySlice<Float>) -> [Float] {
    let magnitudes = group.map { abs($0) }.sorted(by: >)
    let hasOutlier = magnitudes[0] > 2 * magnitudes[1]
    let magnitude = hasOutlier ? max(magnitudes[1], magnitudes[0] / 128) : magnitudes[0]
    let scale = magnitude / 127
    let inverse = magnitude == 0 ? 0 : 127 / magnitude
    return group.map { scale * ($0 * inverse).rounded(.toNearestOrEven) }
  }

  private func vector(_ count: Int, seed: UInt64) -> [Float] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { _ in Float(generator.nextUniform() * 2 - 1) }
  }
}

extension Array {
  fileprivate func chunks(of size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
  }
}
