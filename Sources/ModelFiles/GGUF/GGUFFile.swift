import Quantization
import TensorCore

/// A GGUF file, versions 2 and 3, mapped into memory: its metadata, and where its tensors lie.
///
/// A model that is split into `name-00001-of-00003.gguf` and so on is one value too, whichever of its parts is opened.
/// Nothing of the tensors is read. Every count, length and offset is checked against the size of the file before it is
/// used. The format: `docs/gguf.md` of ggml.
package struct GGUFFile: Sendable {
  /// Where a tensor lies and what it looks like.
  package struct Tensor: Sendable, Hashable {
    package let name: String
    /// Sizes with the innermost last, `[rows, columns]` for a matrix: the reverse of the order in the file.
    package let shape: [Int]
    package let format: BlockFormat
    /// Bytes from the beginning of the part.
    package let range: Range<Int>
    /// The index of the part that holds it: 0 but in split files.
    package let part: Int
  }

  /// One key as it stands in the file, for who carries it over into another.
  package struct Entry: Sendable {
    package let key: String
    /// The id of the type and the value: all that follows the key.
    package let bytes: Bytes
  }

  /// The file that was opened.
  package let path: String
  package let metadata: [String: GGUFValue]
  /// In the order of the files.
  package let tensors: [Tensor]
  private let parts: [GGUFPart]
  private let indices: [String: Int]

  /// Opens and checks a file and, if it is one part of several, all of them.
  ///
  /// - Throws: ``FileError``, ``GGUFError``.
  package init(path: String) throws {
    try self.init(path: path, parts: GGUFPart.all(from: path))
  }

  /// Checks a file that is in memory already.
  package init(path: String, bytes: Bytes) throws(GGUFError) {
    let part = try GGUFPart(path: path, bytes: bytes)
    if let name = try part.split?.name(of: path), name.count > 1 {
      throw GGUFError(path: path, reason: .missingPart(name.path(of: name.index == 0 ? 1 : 0), of: name.count))
    }
    try self.init(path: path, parts: [part])
  }

  private init(path: String, parts: [GGUFPart]) throws(GGUFError) {
    var tensors: [Tensor] = []
    var indices: [String: Int] = [:]
    for (index, part) in parts.enumerated() {
      for info in part.tensors {
        guard indices.updateValue(tensors.count, forKey: info.name) == nil else {
          throw GGUFError(path: part.path, reason: .duplicate(what: "tensor '\(info.name)'"))
        }
        tensors.append(
          Tensor(name: info.name, shape: info.shape, format: info.format, range: info.range, part: index))
      }
    }
    self.path = path
    self.parts = parts
    self.tensors = tensors
    self.indices = indices
    metadata = parts[0].metadata
  }

  package var version: Int { parts[0].version }
  package var alignment: Int { parts[0].alignment }
  /// Where the tensors begin in the first part.
  package var dataOffset: Int { parts[0].dataOffset }
  /// The metadata in the order of the file.
  package var entries: [Entry] { parts[0].entries }
  /// The files of which this is made.
  package var partPaths: [String] { parts.map(\.path) }
  /// The first part.
  package var bytes: Bytes { parts[0].bytes }
  /// Bytes of all parts.
  package var byteCount: Int { parts.reduce(0) { $0 + $1.bytes.count } }

  /// The tensor of that name, or `nil`.
  package func tensor(_ name: String) -> Tensor? { indices[name].map { tensors[$0] } }

  /// The packed bytes of a tensor.
  package func data(of tensor: Tensor) -> Bytes { parts[tensor.part].bytes[tensor.range] }

  /// Makes sure that no part was cut or written over since it was opened.
  ///
  /// - Throws: ``ChangedFileError``.
  package func checkUnchanged() throws(ChangedFileError) {
    for part in parts { try part.mapping?.checkUnchanged() }
  }
}
