import Quantization
import TensorCore

/// Writes a GGUF file, version 3: metadata, the list of tensors, and their bytes one tensor after the other.
///
/// The format: `docs/gguf.md` of ggml. Tensors lie in the order in which they are given, without gaps but those that the
/// alignment makes, as llama.cpp demands.
package struct GGUFWriter {
  package struct Tensor: Sendable {
    package let name: String
    /// Sizes with the innermost last, `[rows, columns]` for a matrix.
    package let shape: [Int]
    package let format: BlockFormat
    package let bytes: TensorBytes

    /// - Parameters:
    ///   - name: At most 63 bytes, which is what ggml has room for.
    ///   - bytes: As many as the shape takes in the format.
    package init(name: String, shape: [Int], format: BlockFormat, bytes: TensorBytes) {
      let size = shape.dropLast().reduce(format.bytes(for: shape.last ?? 1), *)
      precondition(name.utf8.count < 64, "a name of \(name.utf8.count) bytes")
      precondition(shape.count <= 4, "\(shape.count) dimensions")
      precondition(bytes.count == size, "\(bytes.count) bytes for '\(name)' of \(shape)")
      self.name = name
      self.shape = shape
      self.format = format
      self.bytes = bytes
    }
  }

  package var metadata: [(key: String, value: GGUFEncodedValue)]
  package var tensors: [Tensor]
  /// What offsets are multiples of; a file with another than 32 must say so in `general.alignment`.
  package var alignment: Int

  package init(metadata: [(key: String, value: GGUFEncodedValue)], tensors: [Tensor], alignment: Int = 32) {
    self.metadata = metadata
    self.tensors = tensors
    self.alignment = alignment
  }

  /// Bytes of all tensors.
  package var tensorByteCount: Int { tensors.reduce(0) { $0 + $1.bytes.count } }

  /// Writes the file under a temporary name beside `path` and renames it.
  ///
  /// - Parameters:
  ///   - progress: Bytes of tensors written, and of how many.
  /// - Throws: ``FileError``, `CancellationError`; what was at `path` is then still there.
  package func write(
    to path: String, isCancelled: () -> Bool = { false },
    progress: (_ written: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    try withoutActuallyEscaping(isCancelled) { isCancelled in
      try withoutActuallyEscaping(progress) { update in
        let progress = WriteProgress(total: tensorByteCount, isCancelled: isCancelled, update: update)
        try AtomicFile.write(to: path) { sink in
          try sink.write(header)
          try sink.pad(to: alignment)
          for tensor in tensors {
            try tensor.bytes.write(to: &sink, reporting: progress)
            try sink.pad(to: alignment)
          }
        }
      }
    }
  }

  /// Everything before the tensors' bytes, not padded.
  private var header: [UInt8] {
    var bytes = Array("GGUF".utf8) + littleEndian(UInt32(3))
    bytes += littleEndian(UInt64(tensors.count)) + littleEndian(UInt64(metadata.count))
    for (key, value) in metadata {
      bytes += text(key)
      bytes += value.bytes
    }
    var offset = 0
    for tensor in tensors {
      bytes += text(tensor.name) + littleEndian(UInt32(tensor.shape.count))
      bytes += tensor.shape.reversed().flatMap { littleEndian(UInt64($0)) }
      bytes += littleEndian(tensor.format.rawValue) + littleEndian(UInt64(offset))
      offset += (tensor.bytes.count + alignment - 1) / alignment * alignment
    }
    return bytes
  }
}
