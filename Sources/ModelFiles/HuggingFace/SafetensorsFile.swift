import Foundation
import JSONValue
import TensorCore

/// A safetensors file, which is named tensors behind a JSON header.
///
/// Format: README of huggingface/safetensors.
package struct SafetensorsFile: Sendable {
  /// Where a tensor lies and what it looks like.
  package struct Tensor: Sendable, Hashable {
    package let name: String
    package let type: SafetensorsType
    package let shape: [Int]
    /// Bytes from the beginning of the file.
    package let range: Range<Int>
  }

  package let path: String
  package let tensors: [String: Tensor]
  package let metadata: [String: String]
  private let bytes: Bytes
  /// The mapped file, or `nil` when the bytes were in memory before.
  private var mapping: MappedWeights?

  /// The largest header that is accepted, as in the reference implementation.
  private static let headerLimit = 100_000_000

  /// Opens and checks a file.
  ///
  /// - Throws: ``FileError``, ``SafetensorsError``.
  package init(path: String) throws {
    let mapping = try MappedWeights(path: path)
    try self.init(path: path, bytes: mapping.bytes)
    self.mapping = mapping
  }

  /// Checks a file that is in memory already.
  package init(path: String, bytes: Bytes) throws {
    func failure(_ reason: SafetensorsError.Reason) -> SafetensorsError { SafetensorsError(path: path, reason: reason) }
    guard bytes.count >= 8 else { throw failure(.truncated(needed: 8, found: bytes.count)) }
    let length = UInt64(littleEndian: bytes.pointer.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(Self.headerLimit), length <= UInt64(bytes.count - 8) else {
      throw failure(.headerTooLong(length, found: bytes.count - 8))
    }
    let start = 8 + Int(length)
    guard
      let header = try? JSONValue(parsing: bytes[8..<start].data), case .object(let members) = header
    else { throw failure(.headerNotJSON) }

    var tensors: [String: Tensor] = [:]
    for (name, entry) in members.sorted(by: { $0.key < $1.key }) where name != "__metadata__" {
      tensors[name] = try Self.tensor(name, entry, from: start, to: bytes.count, failure)
    }
    try Self.checkPlaces(of: tensors.values, from: start, to: bytes.count, failure)
    self.path = path
    self.tensors = tensors
    self.bytes = bytes
    metadata = (members["__metadata__"]?.object ?? [:]).compactMapValues(\.string)
  }

  private static func tensor(
    _ name: String, _ entry: JSONValue, from start: Int, to end: Int,
    _ failure: (SafetensorsError.Reason) -> SafetensorsError
  ) throws -> Tensor {
    guard let typeName = entry["dtype"]?.string, let sizes = entry["shape"]?.array,
      let offsets = entry["data_offsets"]?.array?.compactMap(\.integer), offsets.count == 2
    else { throw failure(.entry(name)) }
    guard let type = SafetensorsType(rawValue: typeName) else { throw failure(.type(typeName, tensor: name)) }
    let (first, last) = (offsets[0], offsets[1])
    guard first >= 0, first <= last, last <= end - start else {
      throw failure(.outOfFile(name, end: last, size: end - start))
    }
    var elements = 1
    var shape: [Int] = []
    for size in sizes {
      guard let size = size.integer, size >= 0 else { throw failure(.entry(name)) }
      let (product, overflow) = elements.multipliedReportingOverflow(by: size)
      guard !overflow, product <= end else { throw failure(.size(name, expected: nil, found: last - first)) }
      elements = product
      shape.append(size)
    }
    guard elements * type.size == last - first else {
      throw failure(.size(name, expected: elements * type.size, found: last - first))
    }
    return Tensor(name: name, type: type, shape: shape, range: start + first..<start + last)
  }

  /// Makes sure that the tensors fill the file one after the other, as the format wants it.
  private static func checkPlaces(
    of tensors: some Sequence<Tensor>, from start: Int, to end: Int,
    _ failure: (SafetensorsError.Reason) -> SafetensorsError
  ) throws {
    var next = start
    let order = tensors.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for tensor in order {
      guard tensor.range.lowerBound == next else {
        throw failure(.misplaced(tensor.name, found: tensor.range.lowerBound - start, expected: next - start))
      }
      next = tensor.range.upperBound
    }
    guard next == end else { throw failure(.bytesLeft(end - next)) }
  }

  /// Makes sure that the file was not cut or written over since it was opened.
  ///
  /// - Throws: ``ChangedFileError``.
  package func checkUnchanged() throws(ChangedFileError) { try mapping?.checkUnchanged() }

  /// The raw bytes of a tensor.
  package func data(of tensor: Tensor) -> Bytes { bytes[tensor.range] }

  /// A tensor's numbers as float32, row-major; float16 and bfloat16 are widened.
  ///
  /// - Throws: ``SafetensorsError`` when the type is no floating-point type.
  package func floats(of tensor: Tensor) throws(SafetensorsError) -> [Float] {
    let data = data(of: tensor)
    switch tensor.type {
    case .f32: return data.array(of: Float.self)
    case .f16: return data.array(of: UInt16.self).map { Float(Float16(bitPattern: $0)) }
    case .bf16: return data.array(of: UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
    case .f64: return data.array(of: Double.self).map(Float.init)
    default: throw SafetensorsError(path: path, reason: .notFloat(tensor.name, type: tensor.type.rawValue))
    }
  }
}

/// The number types of safetensors, by their names in the header.
package enum SafetensorsType: String, Sendable {
  case f64 = "F64"
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"
  case i64 = "I64"
  case i32 = "I32"
  case i16 = "I16"
  case i8 = "I8"
  case u8 = "U8"
  case bool = "BOOL"

  /// Bytes of one number.
  package var size: Int {
    switch self {
    case .f64, .i64: 8
    case .f32, .i32: 4
    case .f16, .bf16, .i16: 2
    case .i8, .u8, .bool: 1
    }
  }
}

/// What is wrong with a safetensors file.
package struct SafetensorsError: Error, Hashable {
  package enum Reason: Hashable, Sendable {
    case truncated(needed: Int, found: Int)
    case headerTooLong(UInt64, found: Int)
    case headerNotJSON
    case entry(String)
    case type(String, tensor: String)
    /// `end` is where the tensor should end and `size` where the file does, both counted from the end of the header.
    case outOfFile(String, end: Int, size: Int)
    /// A tensor that overlaps another or leaves a gap.
    case misplaced(String, found: Int, expected: Int)
    /// Bytes behind the last tensor.
    case bytesLeft(Int)
    case size(String, expected: Int?, found: Int)
    case notFloat(String, type: String)
  }

  package let path: String
  package let reason: Reason

  package init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }
}
