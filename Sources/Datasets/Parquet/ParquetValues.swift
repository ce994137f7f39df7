/// The values of a column that are not null, as they lie in the pages: texts stay bytes.
struct ParquetValues: Sendable {
  /// How a value lies in a page, by the numbers of parquet.thrift.
  enum Physical: Int {
    case boolean, int32, int64, int96, float, double, byteArray, fixedByteArray
  }

  /// Bytes of a value in one of the pages.
  struct Slice: Sendable {
    let page: Int32
    let start: Int32
    let count: Int32
  }

  let physical: Physical
  /// The bytes of a value, where all have the same number of them.
  let width: Int
  /// Truth values and whole numbers.
  private(set) var integers: [Int64] = []
  private(set) var numbers: [Double] = []
  private(set) var slices: [Slice] = []
  private var pages: [[UInt8]] = []
  /// The first value that is no UTF-8 text.
  private(set) var firstNotText: Int?

  /// - Throws: ``ParquetFault/type(name:)``.
  init(_ element: ParquetFooter.SchemaElement) throws(ParquetFault) {
    guard let physical = element.type.flatMap(Physical.init) else { throw .type(name: "\(element.type ?? -1)") }
    self.physical = physical
    switch physical {
    case .boolean, .byteArray: width = 0
    case .int32, .float: width = 4
    case .int64, .double: width = 8
    case .int96: width = 12
    case .fixedByteArray:
      guard 1...(1 << 20) ~= element.typeLength else { throw .type(name: "\(element.typeLength) bytes") }
      width = element.typeLength
    }
  }

  var count: Int { max(integers.count, numbers.count, slices.count) }

  /// The bytes of a value.
  func withBytes<Result>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    let slice = slices[index]
    return pages[Int(slice.page)].withUnsafeBufferPointer {
      body(UnsafeBufferPointer(rebasing: $0[Int(slice.start)..<Int(slice.start) + Int(slice.count)]))
    }
  }

  // MARK: - Adding

  mutating func append(integer: Int64) { integers.append(integer) }

  /// Adds a whole number or the bits of one with a fraction.
  mutating func append(bits: UInt64) {
    switch physical {
    case .int32: integers.append(Int64(Int32(truncatingIfNeeded: bits)))
    case .float: numbers.append(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
    case .double: numbers.append(Double(bitPattern: bits))
    default: integers.append(Int64(bitPattern: bits))
    }
  }

  /// Keeps a page for the slices that are added next.
  mutating func keep(_ page: [UInt8]) { pages.append(page) }

  /// Adds bytes of the page that was kept last; the caller has checked that they lie in it.
  mutating func append(start: Int, count: Int) {
    let slice = Slice(page: Int32(pages.count - 1), start: Int32(start), count: Int32(count))
    slices.append(slice)
    guard physical == .byteArray, firstNotText == nil else { return }
    if withBytes(slices.count - 1, { UTF8Check.firstInvalidOffset(in: $0) }) != nil { firstNotText = slices.count - 1 }
  }

  /// Takes all values out, for a dictionary; the pages stay.
  mutating func takeDictionary(from start: Int) -> ParquetDictionary {
    let dictionary = ParquetDictionary(
      integers: Array(integers[min(start, integers.count)...]), numbers: Array(numbers[min(start, numbers.count)...]),
      slices: Array(slices[min(start, slices.count)...]))
    integers.removeLast(dictionary.integers.count)
    numbers.removeLast(dictionary.numbers.count)
    slices.removeLast(dictionary.slices.count)
    return dictionary
  }

  /// Adds an entry of a dictionary.
  ///
  /// - Throws: ``ParquetFault/invalidIndex(found:count:)``.
  mutating func append(_ dictionary: ParquetDictionary, _ index: Int, times: Int) throws(ParquetFault) {
    guard index < dictionary.count else { throw .invalidIndex(found: index, count: dictionary.count) }
    if !dictionary.integers.isEmpty {
      integers.append(contentsOf: repeatElement(dictionary.integers[index], count: times))
    } else if !dictionary.numbers.isEmpty {
      numbers.append(contentsOf: repeatElement(dictionary.numbers[index], count: times))
    } else {
      slices.append(contentsOf: repeatElement(dictionary.slices[index], count: times))
    }
  }
}

/// The values that the indices of a column's pages point to.
struct ParquetDictionary {
  let integers: [Int64]
  let numbers: [Double]
  let slices: [ParquetValues.Slice]

  var count: Int { max(integers.count, numbers.count, slices.count) }
}
