import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// FP4 and LLM.int8 against bitsandbytes, bit for bit, from values and from the parts of a checkpoint.
struct BitsandbytesTests {
  static let cases: [(name: String, rows: Int, columns: Int)] = [
    ("normal", 48, 96), ("odd", 13, 3), ("holes", 12, 64), ("thresholds", 1, 94),
  ]
  static let sets = InstructionSet.available.map(\.name)

  private func fixture() throws -> SafetensorsFile { try Fixtures.tensors("quantized/bitsandbytes.safetensors") }

  @Test func fp4LevelsAreTheirs() throws {
    #expect(try fixture().floats("fp4.quant_map") == FP4.levels)
    for (code, level) in FP4.levels.enumerated() where level != 0 { #expect(CodeBook.fp4.code(of: level) == code) }
  }

  @Test(arguments: cases, sets)
  func fp4EqualsBitsandbytes(tensor: (name: String, rows: Int, columns: Int), set: String) throws {
    let kernels = try #require(InstructionSet.available.first { $0.name == set }).kernels
    let fixture = try fixture()
    let input = try fixture.floats("fp4.\(tensor.name).input")
    let (plain, double) = input.withUnsafeBufferPointer { values in
      (
        CodeBookWeights(quantizing: values, codeBook: .fp4, doubleQuantized: false, with: kernels),
        CodeBookWeights(quantizing: values, codeBook: .fp4, with: kernels)
      )
    }
    #expect(plain.codes == (try fixture.bytes("fp4.\(tensor.name).packed")))
    #expect((0..<plain.blockCount).map(plain.scale(of:)) == (try fixture.floats("fp4.\(tensor.name).absmax")))
    #expect(decode(plain) == (try fixture.floats("fp4.\(tensor.name).values")))
    #expect(decode(double) == (try fixture.floats("fp4.\(tensor.name).double.values")))
  }

  /// What a checkpoint holds decodes to what bitsandbytes makes of it.
  @Test(arguments: cases)
  func fp4FromParts(tensor: (name: String, rows: Int, columns: Int)) throws {
    let parts = try Parts(fixture(), tensor.name)
    let plain = try CodeBookWeights(
      rows: tensor.rows, columns: tensor.columns, codeBook: parts.codeBook, blockSize: 64, codes: parts.codes,
      scales: .float32(parts.absmax))
    #expect(decode(plain) == parts.values)
    let double = try CodeBookWeights(
      rows: tensor.rows, columns: tensor.columns, codeBook: parts.codeBook, blockSize: 64, codes: parts.codes,
      scales: .doubleQuantized(parts.nested()))
    #expect(decode(double) == parts.doubleValues)
    let matrix = WeightMatrix(rows: tensor.rows, columns: tensor.columns, storage: .codeBook(double))
    #expect(matrix.decoded().values == parts.doubleValues && matrix.formatName == "fp4 + double quantization")
  }

  /// Another nested block size than the encoder's, as a file may say.
  @Test func nestedBlocksOfAnySize() throws {
    let scales = try DoubleQuantizedScales(
      codes: Bytes([UInt8](0..<10)), groupScales: Bytes([Float(1), 2, 4]), groupSize: 4, offset: 0.5,
      map: Bytes((0..<256).map(Float.init)))
    #expect((0..<10).map(scales.scale(of:)) == [0.5, 1.5, 2.5, 3.5, 8.5, 10.5, 12.5, 14.5, 32.5, 36.5])
  }

  @Test func partsOfAnotherLengthAreRefused() throws {
    let parts = try Parts(fixture(), "normal")
    func expect(_ error: QuantizationError, _ make: () throws -> CodeBookWeights) {
      #expect(throws: error) { _ = try make() }
    }
    func weights(
      rows: Int = 48, blockSize: Int = 64, codes: Bytes? = nil, scales: CodeBookWeights.Scales? = nil
    ) throws -> CodeBookWeights {
      try CodeBookWeights(
        rows: rows, columns: 96, codeBook: .fp4, blockSize: blockSize, codes: codes ?? parts.codes,
        scales: scales ?? .float32(parts.absmax))
    }
    expect(.partLength(.weight, bytes: 2304, expected: 2256)) { try weights(rows: 47) }
    expect(.partLength(.weight, bytes: 2303, expected: 2304)) { try weights(codes: parts.codes[0..<2303]) }
    expect(.partLength(.absmax, bytes: 287, expected: 288)) { try weights(scales: .float32(parts.absmax[0..<287])) }
    expect(.partLength(.absmax, bytes: 72, expected: 36)) {
      try weights(blockSize: 128, scales: .doubleQuantized(parts.nested()))
    }
    expect(.partLength(.absmax, bytes: 288, expected: 144)) { try weights(blockSize: 128) }
    for size in [0, -64, .min, 1, 16, 63, 96, 8192] {
      expect(.blockSize(size, format: "fp4")) { try weights(blockSize: size) }
    }
    for rows in [0, -1, Int.max, Int.max / 96] { expect(.shape(rows: rows, columns: 96)) { try weights(rows: rows) } }
  }

  @Test func nestedPartsOfAnotherLengthAreRefused() throws {
    let parts = try Parts(fixture(), "normal")
    #expect(throws: QuantizationError.blockSize(0, format: "double quantization")) { try parts.nested(groupSize: 0) }
    #expect(throws: QuantizationError.partLength(.nestedAbsmax, bytes: 4, expected: 8)) {
      try parts.nested(groupSize: 64)
    }
    #expect(throws: QuantizationError.partLength(.nestedQuantMap, bytes: 1020, expected: 1024)) {
      try parts.nested(mapBytes: 1020)
    }
    #expect(throws: QuantizationError.partLength(.quantMap, bytes: 60, expected: 64)) {
      try CodeBook(name: "fp4", quantMap: fixture().bytes("fp4.quant_map")[0..<60])
    }
  }

  /// A file's levels may be anything: whatever they are, they decode to themselves, and encoding ends.
  @Test func levelsThatAreNoNumbers() throws {
    let levels: [Float] = [.nan, 1, -.infinity, .infinity] + [Float](repeating: .nan, count: 12)
    let weights = try CodeBookWeights(
      rows: 1, columns: 4, codeBook: CodeBook(name: "fp4", quantMap: Bytes(levels)), blockSize: 64,
      codes: Bytes([0x01, 0x23] as [UInt8]), scales: .float32(Bytes([Float(2)])))
    let decoded = decode(weights)
    #expect(decoded[0].isNaN && decoded[1...] == [2, -.infinity, .infinity])
    #expect(weights.codeBook.code(of: 0.5) < 16)
  }

  @Test(arguments: sets)
  func int8EqualsBitsandbytes(set: String) throws {
    let kernels = try #require(InstructionSet.available.first { $0.name == set }).kernels
    let fixture = try fixture()
    let matrix = Matrix(rows: 9, columns: 70, values: try fixture.floats("int8.input"))
    let ours = Int8Weights(quantizing: matrix.view, with: kernels)
    #expect(ours.codes == (try fixture.bytes("int8.weight")))
    #expect((0..<9).map(ours.rowMaximum) == (try fixture.floats("int8.SCB")))
    let theirs = try Int8Weights(
      rows: 9, columns: 70, codes: fixture.bytes("int8.weight"), rowMaxima: fixture.bytes("int8.SCB"))
    var values = [Float](repeating: .nan, count: 630)
    theirs.decode(rows: 0..<9, into: &values, with: kernels)
    #expect(values == (try fixture.floats("int8.values")))
    let weight = WeightMatrix(rows: 9, columns: 70, storage: .int8(theirs))
    #expect(weight.decoded().values == values && weight.formatName == "int8")
    #expect(weight.byteCount == 9 * 74)
  }

  @Test(arguments: sets)
  func int8OfZerosIsZero(set: String) throws {
    let kernels = try #require(InstructionSet.available.first { $0.name == set }).kernels
    let weights = Int8Weights(quantizing: Matrix(rows: 2, columns: 19).view, with: kernels)
    #expect(weights.codes.array(of: UInt8.self).allSatisfy { $0 == 0 } && weights.rowMaximum(1) == 0)
  }

  @Test func int8PartsOfAnotherLengthAreRefused() throws {
    let codes = Bytes([Int8](repeating: 1, count: 12))
    #expect(throws: QuantizationError.partLength(.weight, bytes: 12, expected: 15)) {
      try Int8Weights(rows: 3, columns: 5, codes: codes, rowMaxima: Bytes([Float(1), 1, 1]))
    }
    #expect(throws: QuantizationError.partLength(.rowMaxima, bytes: 8, expected: 12)) {
      try Int8Weights(rows: 3, columns: 4, codes: codes, rowMaxima: Bytes([Float(1), 1]))
    }
    #expect(throws: QuantizationError.shape(rows: 3, columns: 0)) {
      try Int8Weights(rows: 3, columns: 0, codes: codes, rowMaxima: Bytes([Float(1), 1]))
    }
  }

  /// One FP4 tensor of the fixture, in pieces.
  private struct Parts {
    let codes: Bytes
    let absmax: Bytes
    let codeBook: CodeBook
    let values: [Float]
    let doubleValues: [Float]
    private let file: SafetensorsFile
    private let name: String

    init(_ file: SafetensorsFile, _ name: String) throws {
      self.file = file
      self.name = "fp4.\(name)"
      codes = try file.bytes("fp4.\(name).packed")
      absmax = try file.bytes("fp4.\(name).absmax")
      codeBook = try CodeBook(name: "fp4", quantMap: file.bytes("fp4.quant_map"))
      values = try file.floats("fp4.\(name).values")
      doubleValues = try file.floats("fp4.\(name).double.values")
    }

    func nested(groupSize: Int = 256, mapBytes: Int = 1024) throws -> DoubleQuantizedScales {
      try DoubleQuantizedScales(
        codes: file.bytes("\(name).double.absmax"), groupScales: file.bytes("\(name).double.nested_absmax"),
        groupSize: groupSize, offset: file.floats("\(name).double.offset")[0],
        map: file.bytes("\(name).double.nested_quant_map")[0..<mapBytes])
    }
  }

  private func decode(_ weights: CodeBookWeights) -> [Float] {
    var values = [Float](repeating: .nan, count: weights.count)
    weights.decode(0..<weights.count, into: &values)
    return values
  }
}
