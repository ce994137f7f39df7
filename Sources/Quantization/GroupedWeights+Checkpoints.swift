import TensorCore

// GPTQ: Frantar et al., 2022, arXiv:2210.17323. AWQ: Lin et al., 2023, arXiv:2306.00978. Both keep a matrix as inputs by
// outputs; GPTQ packs codes along the inputs, AWQ along the outputs in an order of its own.

extension GroupedWeights {
  /// What GPTQ's `qzeros` hold.
  package enum ZeroPoints: Sendable {
    /// One less than the zero point: `checkpoint_format` `gptq`, and files that do not say.
    case lessOne
    /// The zero point: `gptq_v2`.
    case exact
  }

  /// The parts of a GPTQ checkpoint.
  ///
  /// - Parameters:
  ///   - rows: Outputs.
  ///   - columns: Inputs.
  ///   - bits: `bits`: 2, 3, 4 or 8.
  ///   - groupSize: `group_size`; -1 stands for one group of all columns.
  ///   - qweight: int32 `[columns * bits / 32, rows]`.
  ///   - qzeros: int32 `[groups, rows * bits / 32]`.
  ///   - scales: `[groups, rows]` in `scaleFormat`, a float format.
  ///   - groupIndex: `g_idx`, int32 `[columns]`, where there is one.
  /// - Throws: ``QuantizationError`` when a length does not fit, or an element belongs to no group.
  /// - Complexity: O(`rows * columns`), on all threads of the pool.
  package init(
    rows: Int, columns: Int, bits: Int, groupSize: Int, qweight: Bytes, qzeros: Bytes, scales: Bytes,
    scaleFormat: BlockFormat = .f16, groupIndex: Bytes? = nil, zeroPoints: ZeroPoints = .lessOne
  ) throws(QuantizationError) {
    let count = try QuantizationError.count(rows: rows, columns: columns)
    guard Self.supportedBits.contains(bits) else { throw .bits(bits, supported: Self.supportedBits) }
    let (size, groups) = try Self.groups(of: groupSize, columns: columns, format: "gptq")
    for side in [columns, rows] where side * bits % 32 != 0 {
      throw .rowNotDivisible(columns: side, format: "gptq", multiple: bits == 3 ? 32 : 32 / bits)
    }
    try QuantizationError.check(.qweight, qweight.count, is: count / 8 * bits)
    try QuantizationError.check(.qzeros, qzeros.count, is: groups * (rows * bits / 8))
    try Self.check(scales, in: scaleFormat, count: groups * rows)
    self.rows = rows
    self.columns = columns
    self.bits = bits
    self.groups = groups
    self.scaleFormat = scaleFormat
    grouping = try Self.grouping(of: groupIndex, columns: columns, size: size, groups: groups)
    codes = PackedCodes.transposed(qweight, rows: columns * bits / 32, columns: rows, width: 4)
    self.scales = PackedCodes.transposed(scales, rows: groups, columns: rows, width: scaleFormat.bytesPerBlock)
    zeros = PackedCodes.zeros(qzeros, rows: rows, groups: groups, bits: bits, areLessOne: zeroPoints == .lessOne)
  }

  /// The parts of an AWQ checkpoint in the `gemm` layout, 4 bits a code.
  ///
  /// - Parameters:
  ///   - rows: Outputs.
  ///   - columns: Inputs.
  ///   - groupSize: `group_size`; -1 stands for one group of all columns.
  ///   - qweight: int32 `[columns, rows / 8]`.
  ///   - qzeros: int32 `[groups, rows / 8]`.
  ///   - scales: `[groups, rows]` in `scaleFormat`, a float format.
  /// - Throws: ``QuantizationError`` when a length does not fit.
  /// - Complexity: O(`rows * columns`), on all threads of the pool.
  package init(
    rows: Int, columns: Int, groupSize: Int, awqWeight qweight: Bytes, qzeros: Bytes, scales: Bytes,
    scaleFormat: BlockFormat = .f16
  ) throws(QuantizationError) {
    let count = try QuantizationError.count(rows: rows, columns: columns)
    let (size, groups) = try Self.groups(of: groupSize, columns: columns, format: "awq")
    for side in [columns, rows] where side % 8 != 0 {
      throw .rowNotDivisible(columns: side, format: "awq", multiple: 8)
    }
    try QuantizationError.check(.qweight, qweight.count, is: count / 2)
    try QuantizationError.check(.qzeros, qzeros.count, is: groups * (rows / 2))
    try Self.check(scales, in: scaleFormat, count: groups * rows)
    self.rows = rows
    self.columns = columns
    bits = 4
    self.groups = groups
    self.scaleFormat = scaleFormat
    grouping = .consecutive(size)
    codes = PackedCodes.awqCodes(qweight, rows: rows, columns: columns)
    self.scales = PackedCodes.transposed(scales, rows: groups, columns: rows, width: scaleFormat.bytesPerBlock)
    zeros = PackedCodes.awqZeros(qzeros, rows: rows, groups: groups)
  }

  /// The size and the number of the groups of a row.
  private static func groups(
    of groupSize: Int, columns: Int, format: String
  ) throws(QuantizationError) -> (size: Int, count: Int) {
    guard groupSize == -1 || groupSize > 0 else { throw .blockSize(groupSize, format: format) }
    let size = groupSize == -1 ? columns : min(groupSize, columns)
    return (size, (columns - 1) / size + 1)
  }

  private static func check(_ scales: Bytes, in format: BlockFormat, count: Int) throws(QuantizationError) {
    guard format.blockSize == 1 else { throw .scaleFormat(format) }
    try QuantizationError.check(.scales, scales.count, is: count * format.bytesPerBlock)
  }

  /// The grouping that `g_idx` says; the usual one, runs of neighbours, is recognised.
  private static func grouping(
    of index: Bytes?, columns: Int, size: Int, groups: Int
  ) throws(QuantizationError) -> Grouping {
    guard let index else { return .consecutive(size) }
    try QuantizationError.check(.groupIndex, index.count, is: columns * 4)
    let entries = index.array(of: Int32.self)
    for (element, group) in entries.enumerated() where group < 0 || Int(group) >= groups {
      throw .groupOutOfRange(Int(group), element: element, groups: groups)
    }
    let isUsual = entries.indices.allSatisfy { Int(entries[$0]) == $0 / size }
    return isUsual ? .consecutive(size) : .indexed(Bytes(entries))
  }
}
