/// What stands in front of a page.
struct ParquetPageHeader {
  enum Kind: Int {
    case data, index, dictionary, dataV2
  }

  var kind = Kind.index
  var uncompressedByteCount = 0
  var compressedByteCount = 0
  var checksum: UInt32?
  var valueCount = 0
  var encoding = 0
  var definitionEncoding = 3
  var repetitionEncoding = 3
  // Of version 2, in which levels lie in front of the compressed values.
  var definitionByteCount = 0
  var repetitionByteCount = 0
  var isCompressed = true

  /// - Throws: `ThriftReader.Failure`.
  init(_ reader: inout ThriftReader) throws {
    var header = Self()
    try reader.structure { reader, field, kind in
      switch field {
      case 1: header.kind = Kind(rawValue: try reader.integer(kind)) ?? .index
      case 2: header.uncompressedByteCount = try reader.integer(kind)
      case 3: header.compressedByteCount = try reader.integer(kind)
      case 4: header.checksum = UInt32(truncatingIfNeeded: try reader.integer(kind))
      case 5 where kind == ThriftReader.Kind.structure: try header.readVersion1(&reader)
      case 7 where kind == ThriftReader.Kind.structure: try header.readDictionary(&reader)
      case 8 where kind == ThriftReader.Kind.structure: try header.readVersion2(&reader)
      default: try reader.skip(kind)
      }
    }
    self = header
  }

  private init() {}

  private mutating func readVersion1(_ reader: inout ThriftReader) throws {
    var header = self
    try reader.structure { reader, field, kind in
      switch field {
      case 1: header.valueCount = try reader.integer(kind)
      case 2: header.encoding = try reader.integer(kind)
      case 3: header.definitionEncoding = try reader.integer(kind)
      case 4: header.repetitionEncoding = try reader.integer(kind)
      default: try reader.skip(kind)
      }
    }
    self = header
  }

  private mutating func readDictionary(_ reader: inout ThriftReader) throws {
    var header = self
    try reader.structure { reader, field, kind in
      switch field {
      case 1: header.valueCount = try reader.integer(kind)
      case 2: header.encoding = try reader.integer(kind)
      default: try reader.skip(kind)
      }
    }
    self = header
  }

  private mutating func readVersion2(_ reader: inout ThriftReader) throws {
    var header = self
    try reader.structure { reader, field, kind in
      switch field {
      case 1: header.valueCount = try reader.integer(kind)
      case 4: header.encoding = try reader.integer(kind)
      case 5: header.definitionByteCount = try reader.integer(kind)
      case 6: header.repetitionByteCount = try reader.integer(kind)
      case 7: header.isCompressed = try reader.bool(kind)
      default: try reader.skip(kind)
      }
    }
    self = header
  }
}
