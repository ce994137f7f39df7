import JSONValue
import TestSupport
import Testing

/// An order of rows as the fixtures describe it: its ends, and a sum in which each place counts.
struct OrderShape: Equatable, CustomStringConvertible {
  let first: [Int]
  let last: [Int]
  let sum: Int

  init(_ order: [Int]) {
    first = Array(order.prefix(12))
    last = Array(order.suffix(12))
    sum = order.enumerated().reduce(0) { $0 + ($1.offset + 1) * $1.element }
  }

  init(_ fixture: JSONValue) throws {
    first = try #require(fixture["first"]?.array).compactMap(\.integer)
    last = try #require(fixture["last"]?.array).compactMap(\.integer)
    sum = try #require(fixture["sum"]?.integer)
  }

  var description: String { "\(first)…\(last) sum \(sum)" }
}

extension JSONValue {
  /// A seed, which may be larger than an integer that JSON decodes to.
  var seed: UInt64? {
    integer.map { UInt64($0) } ?? number.flatMap { UInt64(exactly: $0) ?? ($0 > 0x1p63 ? .max : nil) }
  }
}
