/// A column of values over all row groups, and at what level of lists and nulls each entry stands.
///
/// - SeeAlso: Melnik et al., "Dremel", 2010, on definition and repetition levels.
struct ParquetColumn: Sendable {
  let leaf: ParquetSchema.Leaf
  let path: String
  fileprivate(set) var values: ParquetValues
  /// How many of the fields that may be missing are there, for each entry; empty when none may be missing.
  fileprivate(set) var definitions: [UInt8] = []
  /// At which list an entry goes on, 0 for a new row; empty when there is no list.
  fileprivate(set) var repetitions: [UInt8] = []
  /// For each entry the number of its value, -1 for null; empty when none may be missing.
  private(set) var valueNumbers: [Int32] = []
  /// The first entry of each row, and the end of the last; empty when there is no list.
  private(set) var rowStarts: [Int32] = []
  fileprivate(set) var entryCount = 0

  init(_ leaf: ParquetSchema.Leaf) throws(ParquetFault) {
    self.leaf = leaf
    path = leaf.path
    values = try ParquetValues(leaf.element)
  }

  /// The entries of a row.
  func entries(of row: Int) -> Range<Int> {
    rowStarts.isEmpty ? row..<row + 1 : Int(rowStarts[row])..<Int(rowStarts[row + 1])
  }

  func definition(_ entry: Int) -> UInt8 { definitions.isEmpty ? 0 : definitions[entry] }

  /// The number of an entry's value, or `nil` for null.
  func valueNumber(_ entry: Int) -> Int? {
    if valueNumbers.isEmpty { return entry }
    let number = valueNumbers[entry]
    return number < 0 ? nil : Int(number)
  }

  /// Finds rows and values, when all pages are there.
  ///
  /// - Throws: ``ParquetFault`` when there are not as many rows as there should be, or texts that are none.
  mutating func finish(rowCount: Int) throws(ParquetFault) {
    if leaf.maximumDefinition > 0 {
      var next: Int32 = 0
      valueNumbers = definitions.map { definition in
        guard definition == leaf.maximumDefinition else { return -1 }
        defer { next += 1 }
        return next
      }
    }
    if leaf.maximumRepetition > 0 {
      rowStarts = repetitions.indices.filter { repetitions[$0] == 0 }.map(Int32.init) + [Int32(entryCount)]
    }
    let rows = leaf.maximumRepetition > 0 ? rowStarts.count - 1 : entryCount
    guard rows == rowCount else { throw .wrongCount(what: "rows", found: rows, expected: rowCount) }
    if let value = values.firstNotText, ParquetConversion(leaf.element) == .text { throw .notUTF8(value: value) }
  }
}

/// Reads the pages of a column in one row group.
struct ParquetChunkReader {
  private let file: ParquetFile
  private let chunk: ParquetFooter.ColumnChunk
  private let codec: ParquetCodec
  private var position: Int
  private let end: Int
  private var dictionary: ParquetDictionary?
  /// Counted from 0, for messages.
  private(set) var page = 0

  /// - Throws: ``ParquetFault``.
  init(_ file: ParquetFile, _ chunk: ParquetFooter.ColumnChunk) throws(ParquetFault) {
    if chunk.isEncrypted { throw .encrypted }
    if chunk.isElsewhere { throw .elsewhere }
    self.file = file
    self.chunk = chunk
    codec = try ParquetCodec(number: chunk.codec)
    guard chunk.offset >= 4, chunk.byteCount >= 0, chunk.offset <= file.dataEnd,
      chunk.byteCount <= file.dataEnd - chunk.offset, chunk.valueCount >= 0
    else { throw .outOfFile(offset: chunk.offset, count: chunk.byteCount, fileCount: file.dataEnd) }
    position = chunk.offset
    end = chunk.offset + chunk.byteCount
  }

  /// Adds all entries of the chunk to a column.
  mutating func read(into column: inout ParquetColumn) throws {
    var entries = 0
    while entries < chunk.valueCount {
      guard position < end else {
        throw ParquetFault.wrongCount(what: "values", found: entries, expected: chunk.valueCount)
      }
      let (header, bytes) = try nextPage()
      switch header.kind {
      case .index: break
      case .dictionary: try readDictionary(header, bytes, &column)
      case .data, .dataV2:
        guard 0...chunk.valueCount - entries ~= header.valueCount else {
          throw ParquetFault.wrongCount(
            what: "values", found: entries + max(header.valueCount, 0), expected: chunk.valueCount)
        }
        if header.kind == .data {
          try readVersion1(header, bytes, &column)
        } else {
          try readVersion2(header, bytes, &column)
        }
        entries += header.valueCount
      }
      page += 1
    }
  }

  private mutating func nextPage() throws -> (ParquetPageHeader, UnsafeRawBufferPointer) {
    let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[..<end])
    var reader = ThriftReader(bytes, at: position)
    let header = try ParquetPageHeader(&reader)
    position = reader.position
    guard 0...end - position ~= header.compressedByteCount else {
      throw ParquetFault.outOfFile(offset: position, count: header.compressedByteCount, fileCount: end)
    }
    guard 0...ParquetFile.longestPage ~= header.uncompressedByteCount else {
      throw ParquetFault.pageTooLarge(bytes: header.uncompressedByteCount, limit: ParquetFile.longestPage)
    }
    let page = UnsafeRawBufferPointer(rebasing: bytes[position..<position + header.compressedByteCount])
    if let checksum = header.checksum, checksum != ParquetCodec.checksum(page) { throw ParquetFault.wrongChecksum }
    position += page.count
    return (header, page)
  }

  private mutating func readDictionary(
    _ header: ParquetPageHeader, _ bytes: UnsafeRawBufferPointer, _ column: inout ParquetColumn
  ) throws {
    let page = try codec.unpacked(bytes, count: header.uncompressedByteCount)
    guard header.valueCount >= 0 else { throw ParquetFault.shortOf(what: "values") }
    let start = column.values.count
    try column.values.append(page, from: 0, count: header.valueCount, encoding: 0, dictionary: nil)
    dictionary = column.values.takeDictionary(from: start)
  }

  /// Levels, each behind their length, then values; all compressed together.
  private func readVersion1(
    _ header: ParquetPageHeader, _ bytes: UnsafeRawBufferPointer, _ column: inout ParquetColumn
  ) throws {
    let page = try codec.unpacked(bytes, count: header.uncompressedByteCount)
    var start = 0
    let leaf = column.leaf
    let present = try page.withUnsafeBytes { bytes in
      if leaf.maximumRepetition > 0 {
        let levels = try Self.levels(of: bytes, &start, header.repetitionEncoding)
        try Self.append(
          levels, maximum: leaf.maximumRepetition, count: header.valueCount, what: "repetition levels",
          to: &column.repetitions)
      }
      guard leaf.maximumDefinition > 0 else { return header.valueCount }
      let levels = try Self.levels(of: bytes, &start, header.definitionEncoding)
      return try Self.append(
        levels, maximum: leaf.maximumDefinition, count: header.valueCount, what: "definition levels",
        to: &column.definitions)
    }
    try column.values.append(page, from: start, count: present, encoding: header.encoding, dictionary: dictionary)
    column.entryCount += header.valueCount
  }

  /// Levels as they are, then values, compressed or not.
  private func readVersion2(
    _ header: ParquetPageHeader, _ bytes: UnsafeRawBufferPointer, _ column: inout ParquetColumn
  ) throws {
    let (repetition, definition) = (header.repetitionByteCount, header.definitionByteCount)
    guard 0...bytes.count ~= repetition, 0...bytes.count - repetition ~= definition,
      repetition + definition <= header.uncompressedByteCount
    else { throw ParquetFault.shortOf(what: "levels") }
    let leaf = column.leaf
    if leaf.maximumRepetition > 0 {
      try Self.append(
        UnsafeRawBufferPointer(rebasing: bytes[..<repetition]), maximum: leaf.maximumRepetition,
        count: header.valueCount, what: "repetition levels", to: &column.repetitions)
    }
    var present = header.valueCount
    if leaf.maximumDefinition > 0 {
      present = try Self.append(
        UnsafeRawBufferPointer(rebasing: bytes[repetition..<repetition + definition]), maximum: leaf.maximumDefinition,
        count: header.valueCount, what: "definition levels", to: &column.definitions)
    }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[(repetition + definition)...])
    let count = header.uncompressedByteCount - repetition - definition
    let page = try (header.isCompressed ? codec : .none).unpacked(rest, count: count)
    try column.values.append(page, from: 0, count: present, encoding: header.encoding, dictionary: dictionary)
    column.entryCount += header.valueCount
  }

  /// The levels at `start`, behind their length in four bytes.
  private static func levels(
    of bytes: UnsafeRawBufferPointer, _ start: inout Int, _ encoding: Int
  ) throws(ParquetFault) -> UnsafeRawBufferPointer {
    guard encoding == 3 else { throw .encoding(name: encoding == 4 ? "BIT_PACKED" : "\(encoding)") }
    guard bytes.count - start >= 4 else { throw .shortOf(what: "levels") }
    let length = Int(bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self))
    start += 4
    guard length <= bytes.count - start else { throw .shortOf(what: "levels") }
    defer { start += length }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
  }

  /// Adds levels and says how many are the highest.
  @discardableResult
  private static func append(
    _ bytes: UnsafeRawBufferPointer, maximum: UInt8, count: Int, what: String, to levels: inout [UInt8]
  ) throws -> Int {
    var highest = 0
    let bitWidth = 8 - maximum.leadingZeroBitCount
    try HybridDecoder.decode(bytes, bitWidth: bitWidth, count: count, what: what) { level, times in
      guard level <= maximum else { throw ParquetFault.invalidLevel(found: Int(level), limit: Int(maximum)) }
      levels.append(contentsOf: repeatElement(UInt8(level), count: times))
      if level == maximum { highest += times }
    }
    return highest
  }
}
