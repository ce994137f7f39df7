/// What a Parquet file's footer says about its rows: the schema, and where the pages of each column are.
///
/// - SeeAlso: parquet-format, `parquet.thrift`, whose names and numbers these are.
struct ParquetFooter {
  var schema: [SchemaElement] = []
  var rowCount = 0
  var rowGroups: [RowGroup] = []

  struct SchemaElement {
    var name = ""
    var type: Int?
    var typeLength = 0
    var repetition = Repetition.required
    var childCount = 0
    var convertedType: Int?
    var scale = 0
    var logicalType = LogicalType.none
  }

  enum Repetition: Int {
    case required, optional, repeated
  }

  /// The older annotations that are read, by their numbers.
  enum ConvertedType {
    static let (utf8, map, mapKeyValue, list, enumeration, decimal, date) = (0, 1, 2, 3, 4, 5, 6)
    static let (timestampMilliseconds, timestampMicroseconds, unsigned64, json) = (9, 10, 14, 19)
    static let unsigned = 11...14
  }

  /// The part of the newer annotations that the older `converted_type` does not have.
  enum LogicalType {
    case none, float16, uuid, string, list, map, day
    /// A time of day and date in fractions of a second, so many a second.
    case timestamp(perSecond: Int)
  }

  struct RowGroup {
    var columns: [ColumnChunk] = []
    var rowCount = 0
  }

  struct ColumnChunk {
    var codec = 0
    var valueCount = 0
    var byteCount = 0
    var dataPageOffset = 0
    var dictionaryPageOffset: Int?
    var isEncrypted = false
    /// Whether the pages are in another file.
    var isElsewhere = false

    /// Where the first page begins.
    var offset: Int { dictionaryPageOffset.map { min($0, dataPageOffset) } ?? dataPageOffset }
  }
}

extension ParquetFooter {
  /// - Throws: `ThriftReader.Failure`.
  init(_ reader: inout ThriftReader) throws {
    var (schema, rowGroups, rowCount) = ([SchemaElement](), [RowGroup](), 0)
    try reader.structure { reader, field, kind in
      switch field {
      case 2: schema = try reader.list(kind) { try SchemaElement(&$0) }
      case 3: rowCount = try reader.integer(kind)
      case 4: rowGroups = try reader.list(kind) { try RowGroup(&$0) }
      default: try reader.skip(kind)
      }
    }
    (self.schema, self.rowCount, self.rowGroups) = (schema, rowCount, rowGroups)
  }
}

extension ParquetFooter.SchemaElement {
  fileprivate init(_ reader: inout ThriftReader) throws {
    var element = Self()
    try reader.structure { reader, field, kind in
      switch field {
      case 1: element.type = try reader.integer(kind)
      case 2: element.typeLength = try reader.integer(kind)
      case 3:
        let value = try reader.integer(kind)
        guard let repetition = ParquetFooter.Repetition(rawValue: value) else {
          throw ThriftReader.Failure.missingField(3)
        }
        element.repetition = repetition
      case 4: element.name = try reader.string(kind)
      case 5: element.childCount = try reader.integer(kind)
      case 6: element.convertedType = try reader.integer(kind)
      case 7: element.scale = try reader.integer(kind)
      case 10: element.logicalType = try ParquetFooter.LogicalType(&reader, kind)
      default: try reader.skip(kind)
      }
    }
    // Newer writers may leave out the older annotation.
    switch element.logicalType {
    case .string: element.convertedType = element.convertedType ?? ParquetFooter.ConvertedType.utf8
    case .map: element.convertedType = element.convertedType ?? ParquetFooter.ConvertedType.map
    case .list: element.convertedType = element.convertedType ?? ParquetFooter.ConvertedType.list
    case .day: element.convertedType = element.convertedType ?? ParquetFooter.ConvertedType.date
    case .none, .float16, .uuid, .timestamp: break
    }
    self = element
  }
}

extension ParquetFooter.LogicalType {
  fileprivate init(_ reader: inout ThriftReader, _ kind: UInt8) throws {
    guard kind == ThriftReader.Kind.structure else { throw ThriftReader.Failure.unexpectedType(found: kind) }
    var type = Self.none
    try reader.structure { reader, field, kind in
      switch field {
      case 1: type = .string
      case 2: type = .map
      case 3: type = .list
      case 6: type = .day
      case 8: type = .timestamp(perSecond: 1_000_000)
      case 14: type = .uuid
      case 15: type = .float16
      default: break
      }
      guard field == 8, kind == ThriftReader.Kind.structure else { return try reader.skip(kind) }
      try reader.structure { reader, field, kind in
        guard field == 2, kind == ThriftReader.Kind.structure else { return try reader.skip(kind) }
        try reader.structure { reader, unit, kind in
          type = .timestamp(perSecond: unit == 1 ? 1000 : unit == 2 ? 1_000_000 : 1_000_000_000)
          try reader.skip(kind)
        }
      }
    }
    self = type
  }
}

extension ParquetFooter.RowGroup {
  fileprivate init(_ reader: inout ThriftReader) throws {
    var group = Self()
    try reader.structure { reader, field, kind in
      switch field {
      case 1: group.columns = try reader.list(kind) { try ParquetFooter.ColumnChunk(&$0) }
      case 3: group.rowCount = try reader.integer(kind)
      default: try reader.skip(kind)
      }
    }
    self = group
  }
}

extension ParquetFooter.ColumnChunk {
  fileprivate init(_ reader: inout ThriftReader) throws {
    var chunk = Self()
    var hasMetadata = false
    try reader.structure { reader, field, kind in
      switch field {
      case 1: chunk.isElsewhere = try !reader.string(kind).isEmpty
      case 3 where kind == ThriftReader.Kind.structure:
        hasMetadata = true
        try reader.structure { reader, field, kind in
          switch field {
          case 4: chunk.codec = try reader.integer(kind)
          case 5: chunk.valueCount = try reader.integer(kind)
          case 7: chunk.byteCount = try reader.integer(kind)
          case 9: chunk.dataPageOffset = try reader.integer(kind)
          case 11: chunk.dictionaryPageOffset = try reader.integer(kind)
          default: try reader.skip(kind)
          }
        }
      case 8, 9:
        chunk.isEncrypted = true
        try reader.skip(kind)
      default: try reader.skip(kind)
      }
    }
    guard hasMetadata || chunk.isEncrypted else { throw ThriftReader.Failure.missingField(3) }
    self = chunk
  }
}
