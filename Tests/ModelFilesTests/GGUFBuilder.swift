import ModelFiles
import Quantization
import TensorCore

/// A GGUF file in the making: valid as long as a test does not spoil it.
struct GGUFBuilder {
  /// A metadata value as it stands in the file: the id of its type, and its bytes.
  struct Value {
    var type: UInt32
    var bytes: [UInt8]

    static func uint32(_ value: UInt32) -> Value { Value(type: 4, bytes: littleEndian(value)) }
    static func int32(_ value: Int32) -> Value { Value(type: 5, bytes: littleEndian(value)) }
    static func float32(_ value: Float) -> Value { Value(type: 6, bytes: littleEndian(value.bitPattern)) }
    static func bool(_ value: Bool) -> Value { Value(type: 7, bytes: [value ? 1 : 0]) }
    static func string(_ value: String) -> Value { Value(type: 8, bytes: text(Array(value.utf8))) }
    static func uint64(_ value: UInt64) -> Value { Value(type: 10, bytes: littleEndian(value)) }

    /// An array; `count` is written in place of the true count.
    static func array(_ type: UInt32, _ elements: [Value], count: UInt64? = nil) -> Value {
      let count = count ?? UInt64(elements.count)
      return Value(type: 9, bytes: littleEndian(type) + littleEndian(count) + elements.flatMap(\.bytes))
    }

    static func strings(_ values: [String]) -> Value { .array(8, values.map(Value.string)) }
    static func int32s(_ values: [Int]) -> Value { .array(5, values.map { .int32(Int32(truncatingIfNeeded: $0)) }) }
  }

  struct Tensor {
    var name: String
    /// Innermost first, as in the file.
    var dimensions: [UInt64]
    /// ggml's id of the type; 0 is f32.
    var type: UInt32 = 0
    var data: [UInt8]
    /// Written in place of the true offset.
    var offset: UInt64?
    /// Written in place of the true count of dimensions.
    var dimensionCount: UInt32?
  }

  var magic = Array("GGUF".utf8)
  var version: UInt32 = 3
  var keys: [(name: [UInt8], value: Value)] = []
  var tensors: [Tensor] = []
  var alignment = 32
  /// Written in place of the true counts.
  var tensorCount: UInt64?
  var keyCount: UInt64?

  /// Two keys and two small tensors.
  static var small: GGUFBuilder {
    var builder = GGUFBuilder()
    builder["general.architecture"] = .string("llama")
    builder["general.count"] = .uint32(7)
    builder.tensors = [
      Tensor(name: "first", dimensions: [4, 2], data: [UInt8](repeating: 1, count: 32)),
      Tensor(name: "second", dimensions: [8], data: [UInt8](repeating: 2, count: 32)),
    ]
    return builder
  }

  /// A value by its key; `nil` takes the key out.
  subscript(key: String) -> Value? {
    get { keys.first { $0.name == Array(key.utf8) }?.value }
    set {
      keys.removeAll { $0.name == Array(key.utf8) }
      if let newValue { keys.append((Array(key.utf8), newValue)) }
    }
  }

  /// The file up to the padding before the tensors' data.
  var header: [UInt8] {
    var bytes = magic + littleEndian(version)
    bytes += littleEndian(tensorCount ?? UInt64(tensors.count)) + littleEndian(keyCount ?? UInt64(keys.count))
    for key in keys { bytes += text(key.name) + littleEndian(key.value.type) + key.value.bytes }
    var next: UInt64 = 0
    for tensor in tensors {
      bytes += text(Array(tensor.name.utf8))
      bytes += littleEndian(tensor.dimensionCount ?? UInt32(tensor.dimensions.count))
      bytes += tensor.dimensions.flatMap { littleEndian($0) }
      bytes += littleEndian(tensor.type) + littleEndian(tensor.offset ?? next)
      next += UInt64(padded(tensor.data.count))
    }
    return bytes
  }

  /// The whole file.
  var file: [UInt8] {
    var bytes = header
    bytes += zeros(padded(bytes.count) - bytes.count)
    for tensor in tensors { bytes += tensor.data + zeros(padded(tensor.data.count) - tensor.data.count) }
    return bytes
  }

  private func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }
  private func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
}

extension GGUFBuilder {
  /// Takes a file apart, so that it can be put together again with something wrong in it.
  init(copying file: GGUFFile) {
    for entry in file.entries {
      let type = entry.bytes.pointer.loadUnaligned(as: UInt32.self)
      let bytes = entry.bytes.array(of: UInt8.self)
      self[entry.key] = Value(type: UInt32(littleEndian: type), bytes: Array(bytes.dropFirst(4)))
    }
    tensors = file.tensors.map { tensor in
      Tensor(
        name: tensor.name, dimensions: tensor.shape.reversed().map(UInt64.init), type: tensor.format.rawValue,
        data: file.data(of: tensor).array(of: UInt8.self))
    }
  }
}

func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// A string as GGUF writes it, with its length before it.
func text(_ bytes: [UInt8]) -> [UInt8] { littleEndian(UInt64(bytes.count)) + bytes }
