// The encodings of values, by the numbers of parquet.thrift.
extension ParquetValues {
  private static let names = [
    "PLAIN", "GROUP_VAR_INT", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY",
    "DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT",
  ]

  /// Adds the values of a page.
  ///
  /// - Parameters:
  ///   - page: The unpacked page, in which the values begin at `start`.
  ///   - count: How many values there are.
  mutating func append(
    _ page: [UInt8], from start: Int, count: Int, encoding: Int, dictionary: ParquetDictionary?
  ) throws {
    try page.withUnsafeBytes { all in
      let bytes = UnsafeRawBufferPointer(rebasing: all[start...])
      switch (encoding, physical) {
      case (0, .boolean):
        guard count <= 8 * bytes.count else { throw ParquetFault.shortOf(what: "values") }
        let reader = BitReader(bytes)
        for index in 0..<count { append(integer: Int64(reader.value(index, bitWidth: 1))) }
      case (0, .byteArray): try appendPlainTexts(page, from: start, count: count)
      case (0, _): try appendFixed(page, from: start, count: count)
      case (2, _), (8, _): try appendIndices(bytes, count: count, dictionary)
      case (3, .boolean): try appendRuns(bytes, count: count)
      case (5, .int32), (5, .int64):
        var position = 0
        let values = try DeltaDecoder.integers(bytes, &position, limit: count)
        for value in values { append(bits: UInt64(bitPattern: value)) }
      case (6, .byteArray): try appendLengthsAndTexts(page, from: start, count: count)
      case (7, .byteArray), (7, .fixedByteArray): try appendPrefixesAndTexts(bytes, count: count)
      case (9, .int32), (9, .int64), (9, .float), (9, .double), (9, .fixedByteArray):
        try appendStreams(bytes, count: count)
      default:
        throw ParquetFault.encoding(name: Self.names.indices.contains(encoding) ? Self.names[encoding] : "\(encoding)")
      }
    }
  }

  /// Each text behind its length in four bytes.
  private mutating func appendPlainTexts(_ page: [UInt8], from start: Int, count: Int) throws(ParquetFault) {
    keep(page)
    var position = start
    for _ in 0..<count {
      guard page.count - position >= 4 else { throw .shortOf(what: "values") }
      let length = Int(page.littleEndian32(at: position))
      position += 4
      guard length <= page.count - position else { throw .shortOf(what: "values") }
      append(start: position, count: length)
      position += length
    }
  }

  private mutating func appendFixed(_ page: [UInt8], from start: Int, count: Int) throws(ParquetFault) {
    guard count <= (page.count - start) / width else { throw .shortOf(what: "values") }
    if physical == .fixedByteArray || physical == .int96 {
      keep(page)
      for index in 0..<count { append(start: start + index * width, count: width) }
      return
    }
    for index in 0..<count {
      let place = start + index * width
      let low = UInt64(page.littleEndian32(at: place))
      append(bits: width == 4 ? low : low | UInt64(page.littleEndian32(at: place + 4)) << 32)
    }
  }

  private mutating func appendIndices(
    _ bytes: UnsafeRawBufferPointer, count: Int, _ dictionary: ParquetDictionary?
  ) throws {
    guard count > 0 else { return }
    guard let dictionary else { throw ParquetFault.noDictionary }
    guard let bitWidth = bytes.first else { throw ParquetFault.shortOf(what: "indices") }
    try HybridDecoder.decode(
      UnsafeRawBufferPointer(rebasing: bytes.dropFirst()), bitWidth: Int(bitWidth), count: count, what: "indices"
    ) { try append(dictionary, Int($0), times: $1) }
  }

  private mutating func appendRuns(_ bytes: UnsafeRawBufferPointer, count: Int) throws {
    guard count > 0 else { return }
    guard bytes.count >= 4 else { throw ParquetFault.shortOf(what: "values") }
    let length = Int(bytes.loadUnaligned(as: UInt32.self))
    guard length <= bytes.count - 4 else { throw ParquetFault.shortOf(what: "values") }
    try HybridDecoder.decode(
      UnsafeRawBufferPointer(rebasing: bytes[4..<4 + length]), bitWidth: 1, count: count, what: "values"
    ) { value, times in
      for _ in 0..<times { append(integer: Int64(value & 1)) }
    }
  }

  /// All lengths, then all texts without anything between them.
  private mutating func appendLengthsAndTexts(_ page: [UInt8], from start: Int, count: Int) throws(ParquetFault) {
    var position = 0
    let lengths: [Int64]
    do {
      lengths = try page.withUnsafeBytes { bytes in
        try DeltaDecoder.integers(UnsafeRawBufferPointer(rebasing: bytes[start...]), &position, limit: count)
      }
    } catch let fault as ParquetFault {
      throw fault
    } catch {
      preconditionFailure("\(error)")
    }
    keep(page)
    position += start
    for length in lengths {
      guard 0...Int64(page.count - position) ~= length else { throw .shortOf(what: "values") }
      append(start: position, count: Int(length))
      position += Int(length)
    }
  }

  /// Of each text, how much of it is as in the one before, then the rest of it.
  private mutating func appendPrefixesAndTexts(_ bytes: UnsafeRawBufferPointer, count: Int) throws(ParquetFault) {
    var position = 0
    let prefixes = try DeltaDecoder.integers(bytes, &position, limit: count)
    let lengths = try DeltaDecoder.integers(bytes, &position, limit: count)
    guard prefixes.count == lengths.count else {
      throw .wrongCount(what: "prefixes", found: prefixes.count, expected: lengths.count)
    }
    // What repeats may be longer than what is written, but not without end.
    let limit = min(ParquetFile.longestPage, 64 << 20 + 64 * bytes.count)
    var texts: [UInt8] = []
    var (last, places) = (0..<0, [Range<Int>]())
    for (prefix, length) in zip(prefixes, lengths) {
      guard 0...Int64(last.count) ~= prefix, 0...Int64(bytes.count - position) ~= length else {
        throw .shortOf(what: "values")
      }
      let total = texts.count + Int(prefix) + Int(length)
      guard total <= limit else { throw .pageTooLarge(bytes: total, limit: limit) }
      if physical == .fixedByteArray, Int(prefix) + Int(length) != width { throw .shortOf(what: "values") }
      let start = texts.count
      texts.append(contentsOf: texts[last.prefix(Int(prefix))])
      texts.append(contentsOf: bytes[position..<position + Int(length)])
      position += Int(length)
      last = start..<texts.count
      places.append(last)
    }
    keep(texts)
    for place in places { append(start: place.lowerBound, count: place.count) }
  }

  /// First the first bytes of all values, then their second ones, and so on.
  private mutating func appendStreams(_ bytes: UnsafeRawBufferPointer, count: Int) throws(ParquetFault) {
    guard count <= bytes.count / width else { throw .shortOf(what: "values") }
    var joined = [UInt8](repeating: 0, count: count * width)
    for stream in 0..<width {
      for index in 0..<count { joined[index * width + stream] = bytes[stream * count + index] }
    }
    try appendFixed(joined, from: 0, count: count)
  }
}

extension [UInt8] {
  /// The number in the four bytes at a place.
  func littleEndian32(at place: Int) -> UInt32 {
    UInt32(self[place]) | UInt32(self[place + 1]) << 8 | UInt32(self[place + 2]) << 16 | UInt32(self[place + 3]) << 24
  }
}
