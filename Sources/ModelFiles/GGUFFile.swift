import Quantization
import TensorCore

/// A GGUF file, versions 2 and 3, mapped into memory: its metadata, and where its tensors lie.
///
/// Nothing of the tensors is read. Every count, length and offset is checked against the size of the file before it is
/// used. The format: `docs/gguf.md` of ggml.
package struct GGUFFile: Sendable {
  /// Where a tensor lies and what it looks like.
  package struct Tensor: Sendable, Hashable {
    package let name: String
    /// Sizes with the innermost last, `[rows, columns]` for a matrix: the reverse of the order in the file.
    package let shape: [Int]
    package let format: BlockFormat
    /// Bytes from the beginning of the file.
    package let range: Range<Int>
  }

  package let path: String
  package let version: Int
  package let metadata: [String: GGUFValue]
  /// In the order of the file.
  package let tensors: [Tensor]
  package let alignment: Int
  /// Where the tensors begin in the file.
  package let dataOffset: Int
  package let bytes: Bytes
  private let indices: [String: Int]

  /// Opens and checks a file.
  ///
  /// - Throws: ``FileError``, ``GGUFError``.
  package init(path: String) throws {
    let file = try MappedFile(path: path)
    try self.init(path: path, bytes: file.bytes)
  }

  /// Checks a file that is in memory already.
  package init(path: String, bytes: Bytes) throws(GGUFError) {
    var reader = GGUFReader(path: path, bytes: bytes)
    let (version, tensorCount, keyCount) = try Self.header(&reader)
    let metadata = try Self.metadata(&reader, count: keyCount)
    let alignment = try Self.alignment(metadata, reader)
    var infos: [Info] = []
    var indices: [String: Int] = [:]
    for index in 0..<tensorCount {
      let info = try Info(&reader)
      guard indices.updateValue(index, forKey: info.name) == nil else {
        throw reader.failure(.duplicate(what: "tensor '\(info.name)'"))
      }
      infos.append(info)
    }
    let start = (reader.offset + alignment - 1) / alignment * alignment
    let tensors = try Self.placed(infos, at: start, alignment: alignment, reader)
    self.path = path
    self.version = Int(version)
    self.metadata = metadata
    self.tensors = tensors
    self.alignment = alignment
    self.bytes = bytes
    dataOffset = start
    self.indices = indices
  }

  /// The tensor of that name, or `nil`.
  package func tensor(_ name: String) -> Tensor? { indices[name].map { tensors[$0] } }

  /// The packed bytes of a tensor.
  package func data(of tensor: Tensor) -> Bytes { bytes[tensor.range] }
}

// MARK: - Parts of the header

extension GGUFFile {
  private static func header(_ reader: inout GGUFReader) throws(GGUFError) -> (UInt32, Int, Int) {
    guard reader.bytes.buffer.starts(with: "GGUF".utf8) else {
      throw reader.failure(.notGGUF(found: Array(reader.bytes.buffer.prefix(48))))
    }
    _ = try reader.read(UInt32.self, "the magic number")
    let version = try reader.read(UInt32.self, "the version")
    guard version == 0 || version & 0xffff != 0 else { throw reader.failure(.bigEndian) }
    guard version == 2 || version == 3 else { throw reader.failure(.version(version)) }
    // The least that a tensor's entry takes: name length, dimension count, type, offset; a key's: length, type, a byte.
    let tensors = try reader.count("the number of tensors", of: 24)
    let keys = try reader.count("the number of metadata keys", of: 13)
    return (version, tensors, keys)
  }

  private static func metadata(_ reader: inout GGUFReader, count: Int) throws(GGUFError) -> [String: GGUFValue] {
    var metadata: [String: GGUFValue] = [:]
    for _ in 0..<count {
      let key = try reader.string("the name of a metadata key")
      guard !key.isEmpty else { throw reader.failure(.emptyKey) }
      guard metadata[key] == nil else { throw reader.failure(.duplicate(what: "metadata key '\(key)'")) }
      metadata[key] = try reader.value(of: key)
    }
    return metadata
  }

  private static func alignment(_ metadata: [String: GGUFValue], _ reader: GGUFReader) throws(GGUFError) -> Int {
    guard let value = metadata["general.alignment"] else { return 32 }
    guard case .unsigned(let alignment) = value else {
      throw reader.failure(.wrongKey("general.alignment", expected: "an unsigned integer"))
    }
    guard alignment > 0, alignment <= 1 << 20, alignment.nonzeroBitCount == 1 else {
      throw reader.failure(.alignment(alignment))
    }
    return Int(alignment)
  }

  /// A tensor's entry as it stands in the file.
  private struct Info {
    let name: String
    let shape: [Int]
    let format: BlockFormat
    let offset: UInt64
    let byteCount: Int

    init(_ reader: inout GGUFReader) throws(GGUFError) {
      // 63 bytes are what ggml has room for.
      let name = try reader.string("the name of a tensor", atMost: 63)
      let dimensions = try reader.read(UInt32.self, "the dimensions of '\(name)'")
      guard dimensions <= 4 else { throw reader.failure(.dimensions(dimensions, tensor: name)) }
      var shape: [Int] = []
      var elements = 1
      for _ in 0..<dimensions {
        let size = try reader.read(UInt64.self, "the shape of '\(name)'")
        let limit = UInt64(reader.bytes.count) * 8
        guard size <= limit else {
          throw reader.failure(.absurd(what: "a size of '\(name)'", value: size, limit: limit))
        }
        let (product, overflow) = elements.multipliedReportingOverflow(by: Int(size))
        // The most compact format stores more than one bit for each element.
        guard !overflow, UInt64(product) <= limit else {
          throw reader.failure(.absurd(what: "the elements of '\(name)'", value: .max, limit: limit))
        }
        elements = product
        shape.insert(Int(size), at: 0)
      }
      let type = try reader.read(UInt32.self, "the type of '\(name)'")
      guard let format = BlockFormat(rawValue: type) else { throw reader.failure(.tensorType(type, tensor: name)) }
      let columns = shape.last ?? 1
      guard columns % format.blockSize == 0 else {
        throw reader.failure(
          .rowNotDivisible(tensor: name, columns: columns, format: format.name, blockSize: format.blockSize))
      }
      self.name = name
      self.shape = shape
      self.format = format
      offset = try reader.read(UInt64.self, "the offset of '\(name)'")
      byteCount = elements / format.blockSize * format.bytesPerBlock
    }

    /// Where the tensor lies in the file, which may be beyond its end.
    func range(from start: Int, alignment: Int, _ reader: GGUFReader) throws(GGUFError) -> Range<UInt64> {
      guard offset % UInt64(alignment) == 0 else {
        throw reader.failure(.tensorMisplaced(tensor: name, offset: offset, alignment: UInt64(alignment)))
      }
      let (begin, overflow) = offset.addingReportingOverflow(UInt64(start))
      let (end, overflow2) = begin.addingReportingOverflow(UInt64(byteCount))
      guard !overflow, !overflow2 else {
        throw reader.failure(.tensorOutOfFile(tensor: name, end: .max, size: UInt64(reader.bytes.count)))
      }
      return begin..<end
    }
  }

  /// The entries with their places in the file: all inside, and none on another's.
  private static func placed(_ infos: [Info], at start: Int, alignment: Int, _ reader: GGUFReader) throws(GGUFError)
    -> [Tensor]
  {
    let ranges = try infos.map { info throws(GGUFError) in
      try info.range(from: start, alignment: alignment, reader)
    }
    let order = ranges.indices.sorted {
      (ranges[$0].lowerBound, ranges[$0].upperBound, $0) < (ranges[$1].lowerBound, ranges[$1].upperBound, $1)
    }
    let size = UInt64(reader.bytes.count)
    if let first = order.first(where: { ranges[$0].upperBound > size }) {
      let end = ranges.reduce(0) { max($0, $1.upperBound) }
      throw reader.failure(.tensorOutOfFile(tensor: infos[first].name, end: end, size: size))
    }
    for (first, second) in zip(order, order.dropFirst()) where ranges[first].upperBound > ranges[second].lowerBound {
      throw reader.failure(.tensorsOverlap(first: infos[first].name, second: infos[second].name))
    }
    return zip(infos, ranges).map { info, range in
      Tensor(
        name: info.name, shape: info.shape, format: info.format, range: Int(range.lowerBound)..<Int(range.upperBound))
    }
  }
}
