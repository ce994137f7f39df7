import TensorCore

/// A metadata value of a GGUF file as it stands in the file: the id of its type, and its bytes.
///
/// llama.cpp refuses a file in which a number has another width than it expects, and reading loses widths; so values are
/// written with the type that the format's documentation names and carried over from file to file without being read.
package struct GGUFEncodedValue: Sendable, Hashable {
  /// The id of the type and the value, little-endian; strings and arrays with their lengths before them.
  let bytes: [UInt8]

  /// A value carried over from another file.
  package init(_ entry: GGUFFile.Entry) { bytes = entry.bytes.array(of: UInt8.self) }

  private init(type: GGUFValueType, bytes: [UInt8]) { self.bytes = littleEndian(type.rawValue) + bytes }

  package static func uint32(_ value: Int) -> Self { Self(type: .uint32, bytes: littleEndian(UInt32(value))) }
  package static func int32(_ value: Int) -> Self { Self(type: .int32, bytes: littleEndian(Int32(value))) }
  package static func float32(_ value: Float) -> Self { Self(type: .float32, bytes: littleEndian(value.bitPattern)) }
  package static func bool(_ value: Bool) -> Self { Self(type: .bool, bytes: [value ? 1 : 0]) }
  package static func string(_ value: String) -> Self { Self(type: .string, bytes: text(value)) }

  package static func strings(_ values: [String]) -> Self { array(.string, values.count, values.flatMap(text)) }

  package static func int32s(_ values: [Int]) -> Self {
    array(.int32, values.count, values.flatMap { littleEndian(Int32($0)) })
  }

  package static func float32s(_ values: [Float]) -> Self {
    array(.float32, values.count, values.flatMap { littleEndian($0.bitPattern) })
  }

  package static func bools(_ values: [Bool]) -> Self { array(.bool, values.count, values.map { $0 ? 1 : 0 }) }

  /// A value with the type that llama.cpp's own writers give such values: 32 bits wide where it fits.
  package init(_ value: GGUFValue) {
    self =
      switch value {
      case .unsigned(let value): UInt32(exactly: value).map { .uint32(Int($0)) } ?? Self(wide: value)
      case .signed(let value): Int32(exactly: value).map { .int32(Int($0)) } ?? Self(wide: value)
      case .number(let value): .float32(Float(value))
      case .bool(let value): .bool(value)
      case .string(let value): .string(value)
      case .strings(let values), .integers(let values), .numbers(let values), .bools(let values):
        .array(values.elementType, values.count, values.bytes.array(of: UInt8.self))
      }
  }

  private init(wide value: UInt64) { self.init(type: .uint64, bytes: littleEndian(value)) }
  private init(wide value: Int64) { self.init(type: .int64, bytes: littleEndian(value)) }

  private static func array(_ type: GGUFValueType, _ count: Int, _ elements: [UInt8]) -> Self {
    Self(type: .array, bytes: littleEndian(type.rawValue) + littleEndian(UInt64(count)) + elements)
  }
}

func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

/// A string as GGUF writes it, with its length before it.
func text(_ string: String) -> [UInt8] { littleEndian(UInt64(string.utf8.count)) + Array(string.utf8) }
