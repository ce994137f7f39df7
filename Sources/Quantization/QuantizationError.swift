/// Why packed numbers do not make a weight: the parts come from files, which may hold anything.
package enum QuantizationError: Error, Hashable, Sendable {
  /// A part of a packed weight, by the name that files give it.
  package enum Part: String, Hashable, Sendable {
    case weight
    case absmax
    case nestedAbsmax = "nested_absmax"
    case quantMap = "quant_map"
    case nestedQuantMap = "nested_quant_map"
    case rowMaxima = "SCB"
    case qweight
    case qzeros
    case scales
    case groupIndex = "g_idx"
  }

  /// A shape `[out, in]` without elements, or of more elements than can be counted.
  case shape(rows: Int, columns: Int)
  /// Rows are no whole number of blocks, groups or words.
  case rowNotDivisible(columns: Int, format: String, multiple: Int)
  /// Weights that share one scale: a number that the format does not have.
  case blockSize(Int, format: String)
  /// Bits of a code that no kernel unpacks.
  case bits(Int, supported: [Int])
  /// A part has another length than the shape of the weight asks for.
  case partLength(Part, bytes: Int, expected: Int)
  /// An element's entry in `g_idx` names no group.
  case groupOutOfRange(Int, element: Int, groups: Int)
  /// A scale format that is not a float type.
  case scaleFormat(BlockFormat)
  /// A format that is only read.
  case notEncodable(BlockFormat)
  /// Infinity or not-a-number among weights that a format of codes was to hold.
  case notFinite(BlockFormat)
}

extension QuantizationError {
  /// Throws unless a part has the length that its shape asks for.
  static func check(_ part: Part, _ bytes: Int, is expected: Int) throws(QuantizationError) {
    guard bytes == expected else { throw .partLength(part, bytes: bytes, expected: expected) }
  }

  /// The number of elements of a shape, which is at least one and so small that a few bytes for each can be counted.
  static func count(rows: Int, columns: Int) throws(QuantizationError) -> Int {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard rows > 0, columns > 0, !overflow, count <= Int.max >> 8 else {
      throw .shape(rows: rows, columns: columns)
    }
    return count
  }
}
