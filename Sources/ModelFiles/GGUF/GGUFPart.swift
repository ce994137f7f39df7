import Quantization
import TensorCore

/// One file of a GGUF model: all of it, or one part of a split one.
struct GGUFPart: Sendable {
  let path: String
  let version: Int
  let metadata: [String: GGUFValue]
  let entries: [GGUFFile.Entry]
  let tensors: [GGUFTensorInfo]
  let alignment: Int
  /// Where the tensors begin in the file.
  let dataOffset: Int
  /// What `split.…` keys say of the part, or `nil` when there are none.
  let split: GGUFSplit?
  let bytes: Bytes
  /// The mapped file behind ``bytes``, or `nil` when they were in memory before.
  private(set) var mapping: MappedWeights?

  /// Maps and checks a file; its header is copied into memory.
  ///
  /// The header is checked where it is mapped, which tells its length, and then once more in the copy that is kept: a
  /// file that changes in between or later cannot undo what was checked.
  init(path: String) throws {
    let mapping = try MappedWeights(path: path)
    let header = try GGUFPart(path: path, bytes: mapping.bytes).headerLength
    let copy = mapping.bytes[0..<header].copy()
    try self.init(path: path, header: copy, bytes: mapping.bytes)
    mapping.release(0..<header)
    self.mapping = mapping
  }

  /// Checks a file that is in memory already.
  init(path: String, bytes: Bytes) throws(GGUFError) {
    try self.init(path: path, header: bytes, bytes: bytes)
  }

  private let headerLength: Int

  private init(path: String, header: Bytes, bytes: Bytes) throws(GGUFError) {
    var reader = GGUFReader(path: path, bytes: header, fileSize: bytes.count)
    let (version, tensorCount, keyCount) = try Self.header(&reader)
    let entries = try Self.entries(&reader, count: keyCount)
    let metadata = Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.value) })
    let alignment = try Self.alignment(metadata, reader)
    var infos: [GGUFTensorInfo.Unplaced] = []
    var names: Set<String> = []
    for _ in 0..<tensorCount {
      let info = try GGUFTensorInfo.Unplaced(&reader)
      guard names.insert(info.name).inserted else { throw reader.failure(.duplicate(what: "tensor '\(info.name)'")) }
      infos.append(info)
    }
    headerLength = reader.offset
    dataOffset = (reader.offset + alignment - 1) / alignment * alignment
    tensors = try GGUFTensorInfo.placed(infos, at: dataOffset, alignment: alignment, reader)
    split = try GGUFSplit(metadata, path: path)
    self.path = path
    self.version = Int(version)
    self.metadata = metadata
    self.entries = entries.map { GGUFFile.Entry(key: $0.key, bytes: $0.bytes) }
    self.alignment = alignment
    self.bytes = bytes
  }
}

// MARK: - Parts of the header

extension GGUFPart {
  private static func header(_ reader: inout GGUFReader) throws(GGUFError) -> (UInt32, Int, Int) {
    let start = reader.bytes[0..<min(48, reader.bytes.count)].array(of: UInt8.self)
    guard start.starts(with: "GGUF".utf8) else { throw reader.failure(.notGGUF(found: start)) }
    _ = try reader.read(UInt32.self, "the magic number")
    let version = try reader.read(UInt32.self, "the version")
    guard version == 0 || version & 0xffff != 0 else { throw reader.failure(.bigEndian) }
    guard version == 2 || version == 3 else { throw reader.failure(.version(version)) }
    // The least that a tensor's entry takes: name length, dimension count, type, offset; a key's: length, type, a byte.
    let tensors = try reader.count("the number of tensors", of: 24)
    let keys = try reader.count("the number of metadata keys", of: 13)
    return (version, tensors, keys)
  }

  private static func entries(_ reader: inout GGUFReader, count: Int) throws(GGUFError)
    -> [(key: String, value: GGUFValue, bytes: Bytes)]
  {
    var entries: [(key: String, value: GGUFValue, bytes: Bytes)] = []
    var keys: Set<String> = []
    for _ in 0..<count {
      let key = try reader.string("the name of a metadata key")
      guard !key.isEmpty else { throw reader.failure(.emptyKey) }
      guard keys.insert(key).inserted else { throw reader.failure(.duplicate(what: "metadata key '\(key)'")) }
      let start = reader.offset
      let value = try reader.value(of: key)
      entries.append((key, value, reader.bytes[start..<reader.offset]))
    }
    return entries
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
}
