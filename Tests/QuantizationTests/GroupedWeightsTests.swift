import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// GPTQ and AWQ matrices as auto-gptq and autoawq pack them, against what their own layers multiply with.
struct GroupedWeightsTests {
  static let cases = [
    "gptq2", "gptq3", "gptq4", "gptq8", "gptq4_ordered", "gptq3_whole", "gptq4_rest", "awq", "awq_whole",
  ]

  /// The weights of a case of the fixture.
  static func weights(
    _ name: String, changing part: QuantizationError.Part? = nil, to bytes: Bytes? = nil, rows: Int? = nil,
    columns: Int? = nil, bits: Int? = nil, groupSize: Int? = nil, scaleFormat: BlockFormat = .f16,
    zeroPoints: GroupedWeights.ZeroPoints = .lessOne
  ) throws -> GroupedWeights {
    let file = try Fixtures.tensors("quantized/grouped.safetensors")
    func bytesOf(_ wanted: QuantizationError.Part) throws -> Bytes {
      if part == wanted, let bytes { return bytes }
      return try file.bytes("\(name).\(wanted.rawValue)")
    }
    let size = groupSize ?? (name.hasSuffix("whole") ? -1 : name.hasSuffix("rest") ? 64 : 32)
    if name.hasPrefix("awq") {
      return try GroupedWeights(
        rows: rows ?? 32, columns: columns ?? 128, groupSize: size, awqWeight: bytesOf(.qweight),
        qzeros: bytesOf(.qzeros), scales: bytesOf(.scales), scaleFormat: scaleFormat)
    }
    return try GroupedWeights(
      rows: rows ?? 64, columns: columns ?? 96, bits: bits ?? Int(String(name.dropFirst(4).prefix(1))) ?? 0,
      groupSize: size, qweight: bytesOf(.qweight), qzeros: bytesOf(.qzeros), scales: bytesOf(.scales),
      scaleFormat: scaleFormat, groupIndex: bytesOf(.groupIndex), zeroPoints: zeroPoints)
  }

  private func file() throws -> SafetensorsFile { try Fixtures.tensors("quantized/grouped.safetensors") }

  @Test(arguments: cases, InstructionSet.available.map(\.name))
  func decodesAsThePeers(name: String, set: String) throws {
    let kernels = try #require(InstructionSet.available.first { $0.name == set }).kernels
    let weights = try Self.weights(name)
    let expected = try file().floats("\(name).values")
    var values = [Float](repeating: .nan, count: expected.count)
    weights.decode(rows: 0..<weights.rows, into: &values, with: kernels)
    #expect(values == expected)
    var row = [Float](repeating: .nan, count: weights.columns)
    weights.decode(rows: 5..<6, into: &row, with: kernels)
    #expect(row == Array(expected[5 * weights.columns..<6 * weights.columns]))
    let matrix = WeightMatrix(rows: weights.rows, columns: weights.columns, storage: .grouped(weights))
    #expect(matrix.decoded().values == expected)
  }

  @Test func onlyShuffledGroupsKeepAnIndex() throws {
    for name in Self.cases where name != "gptq4_ordered" {
      #expect(try Self.weights(name).groupSize != nil, "\(name)")
    }
    #expect(try Self.weights("gptq4_ordered").groupSize == nil)
    #expect(try Self.weights("gptq3_whole").groupSize == 96)
  }

  /// A group is 4 · 32 bits of codes, a float16 scale and a byte for the zero point.
  @Test func countsBits() throws {
    let weights = try Self.weights("gptq4")
    let matrix = WeightMatrix(rows: 64, columns: 96, storage: .grouped(weights))
    #expect(matrix.bitsPerWeight == 4 + 24.0 / 32)
    #expect(matrix.formatName == "int4, groups of 32")
  }

  /// The same numbers read as version 2, whose zero points are not one less: every weight is one step higher.
  @Test(arguments: ["gptq2", "gptq3", "gptq4", "gptq8", "gptq4_ordered"])
  func versionTwoHoldsZeroPointsAsTheyAre(name: String) throws {
    let (one, two) = (try Self.weights(name), try Self.weights(name, zeroPoints: .exact))
    let (low, high) = (decode(one), decode(two))
    let scales = try file().bytes("\(name).scales").array(of: Float16.self)
    let index = try file().integers("\(name).g_idx")
    for element in low.indices {
      let (row, column) = (element / 96, element % 96)
      let scale = Float(scales[index[column] * 64 + row])
      #expect(abs(high[element] - low[element] - scale) <= 1e-6 * max(1, abs(high[element])))
    }
  }

  /// A zero point of 0 that a writer took one away from, in a whole word, borrowed from its neighbour.
  @Test func zeroPointsThatBorrowedGiveBack() throws {
    let zeros: [UInt32] = [0, 5, 0, 15, 1, 0, 7, 2]
    let packed = zeros.enumerated().reduce(UInt32(0)) { $0 | $1.element << UInt32(4 * $1.offset) }
    let weights = try GroupedWeights(
      rows: 8, columns: 8, bits: 4, groupSize: -1, qweight: Bytes([UInt32](repeating: 0, count: 8)),
      qzeros: Bytes([packed &- 0x1111_1111]), scales: Bytes([Float16](repeating: 1, count: 8)))
    #expect(stride(from: 0, to: 64, by: 8).map { decode(weights)[$0] } == zeros.map { -Float($0) })
  }

  @Test(arguments: [BlockFormat.f32, .bf16])
  func scalesOfOtherFloats(format: BlockFormat) throws {
    let halves = try file().bytes("awq.scales")
    let scales = WeightMatrix(rows: 4, columns: 32, storage: .blocks(.f16, halves))
    guard case .blocks(_, let bytes) = try scales.encoded(as: format).storage else { return }
    let weights = try Self.weights("awq", changing: .scales, to: bytes, scaleFormat: format)
    let expected = try file().floats("awq.values")
    for (ours, theirs) in zip(decode(weights), expected) {
      #expect(abs(ours - theirs) <= (format == .f32 ? 0 : 1 / 256) * abs(theirs))
    }
  }

  @Test(arguments: [QuantizationError.Part.qweight, .qzeros, .scales, .groupIndex], cases)
  func partsOfAnotherLengthAreRefused(part: QuantizationError.Part, name: String) throws {
    if part == .groupIndex && name.hasPrefix("awq") { return }
    let bytes = try file().bytes("\(name).\(part.rawValue)")
    for count in [0, bytes.count - 4, bytes.count - 1] {
      #expect(throws: QuantizationError.partLength(part, bytes: count, expected: bytes.count)) {
        try Self.weights(name, changing: part, to: bytes[0..<count])
      }
    }
  }

  @Test func shapesThatDoNotFitAreRefused() throws {
    #expect(throws: QuantizationError.bits(5, supported: [2, 3, 4, 8])) { try Self.weights("gptq4", bits: 5) }
    #expect(throws: QuantizationError.rowNotDivisible(columns: 94, format: "gptq", multiple: 8)) {
      try Self.weights("gptq4", columns: 94)
    }
    #expect(throws: QuantizationError.rowNotDivisible(columns: 40, format: "gptq", multiple: 32)) {
      try Self.weights("gptq3", rows: 40)
    }
    #expect(throws: QuantizationError.rowNotDivisible(columns: 12, format: "awq", multiple: 8)) {
      try Self.weights("awq", rows: 12)
    }
    for size in [0, -2] {
      #expect(throws: QuantizationError.blockSize(size, format: "gptq")) { try Self.weights("gptq4", groupSize: size) }
    }
    #expect(throws: QuantizationError.shape(rows: 64, columns: -96)) { try Self.weights("gptq4", columns: -96) }
    #expect(throws: QuantizationError.shape(rows: 1 << 40, columns: 1 << 40)) {
      try Self.weights("awq", rows: 1 << 40, columns: 1 << 40)
    }
    #expect(throws: QuantizationError.scaleFormat(.q8_0)) { try Self.weights("awq", scaleFormat: .q8_0) }
  }

  @Test func elementsOfNoGroupAreRefused() throws {
    for group in [Int32(3), -1, .max, .min] {
      var index = (0..<96).map { Int32($0 / 32) }
      index[70] = group
      #expect(throws: QuantizationError.groupOutOfRange(Int(group), element: 70, groups: 3)) {
        try Self.weights("gptq4", changing: .groupIndex, to: Bytes(index))
      }
    }
  }

  private func decode(_ weights: GroupedWeights) -> [Float] {
    var values = [Float](repeating: .nan, count: weights.rows * weights.columns)
    weights.decode(rows: 0..<weights.rows, into: &values)
    return values
  }
}
