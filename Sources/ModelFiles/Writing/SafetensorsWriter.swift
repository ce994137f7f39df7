import Foundation
import JSONValue
import TensorCore

/// Writes a safetensors file, byte for byte as the Python library does.
///
/// Tensors are sorted by type, the widest first, then by name; the header is padded with spaces to a multiple of eight
/// bytes. The metadata is `{"format": "pt"}`, which transformers asks for.
package struct SafetensorsWriter {
  package struct Tensor: Sendable {
    package let name: String
    package let type: SafetensorsType
    package let shape: [Int]
    package let bytes: TensorBytes

    /// - Parameter bytes: As many as the shape takes in the type, row-major and little-endian.
    package init(name: String, type: SafetensorsType, shape: [Int], bytes: TensorBytes) {
      let size = shape.reduce(type.size, *)
      precondition(bytes.count == size, "\(bytes.count) bytes for '\(name)' of \(shape)")
      self.name = name
      self.type = type
      self.shape = shape
      self.bytes = bytes
    }
  }

  /// In the order in which they are written.
  package let tensors: [Tensor]

  package init(_ tensors: [Tensor]) {
    self.tensors = tensors.sorted {
      $0.type == $1.type ? $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) : $0.type.place < $1.type.place
    }
  }

  /// Bytes of all tensors.
  package var tensorByteCount: Int { tensors.reduce(0) { $0 + $1.bytes.count } }

  /// Writes the file under a temporary name beside `path` and renames it.
  ///
  /// - Throws: ``FileError``, `CancellationError`; what was at `path` is then still there.
  package func write(to path: String, reporting progress: WriteProgress) throws {
    try AtomicFile.write(to: path) { sink in
      try sink.write(header)
      for tensor in tensors { try tensor.bytes.write(to: &sink, reporting: progress) }
    }
  }

  private var header: [UInt8] {
    var entries = ["\"__metadata__\":{\"format\":\"pt\"}"]
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.bytes.count
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      entries.append(
        "\(JSONValue.string(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array("{\(entries.joined(separator: ","))}".utf8)
    header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    return littleEndian(UInt64(header.count)) + header
  }
}

extension SafetensorsWriter {
  /// The bytes of a file that holds float32 matrices, and vectors, which are matrices of one row here.
  package static func data(_ matrices: [String: Matrix], vectors: [String: Matrix] = [:]) -> Data {
    func tensor(_ name: String, _ matrix: Matrix, _ shape: [Int]) -> Tensor {
      Tensor(name: name, type: .f32, shape: shape, bytes: TensorBytes(matrix.values))
    }
    let writer = SafetensorsWriter(
      matrices.map { tensor($0, $1, [$1.rows, $1.columns]) } + vectors.map { tensor($0, $1, [$1.columns]) })
    var data = Data(writer.header)
    for tensor in writer.tensors {
      guard let matrix = matrices[tensor.name] ?? vectors[tensor.name] else { continue }
      data.append(Data(UnsafeRawBufferPointer(matrix.view.buffer)))
    }
    return data
  }
}

extension SafetensorsType {
  /// The place of a type among the tensors of a file, as the reference implementation sorts them.
  fileprivate var place: Int {
    switch self {
    case .i64: 0
    case .f64: 1
    case .f32: 2
    case .i32: 3
    case .bf16: 4
    case .f16: 5
    case .i16: 6
    case .i8: 7
    case .u8: 8
    case .bool: 9
    }
  }
}
