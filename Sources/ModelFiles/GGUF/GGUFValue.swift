/// A metadata value of a GGUF file.
package enum GGUFValue: Sendable, Hashable {
  case unsigned(UInt64)
  case signed(Int64)
  case number(Double)
  case bool(Bool)
  case string(String)
  case strings(GGUFArray)
  case integers(GGUFArray)
  case numbers(GGUFArray)
  case bools(GGUFArray)

  package var integer: Int? {
    switch self {
    case .unsigned(let value): Int(exactly: value)
    case .signed(let value): Int(value)
    default: nil
    }
  }

  package var number: Double? {
    switch self {
    case .number(let value): value
    default: integer.map(Double.init)
    }
  }

  package var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The array, whatever its elements are; to count them or to walk over them without decoding all.
  package var array: GGUFArray? {
    switch self {
    case .strings(let array), .integers(let array), .numbers(let array), .bools(let array): array
    default: nil
    }
  }

  /// All strings of an array, decoded anew at each call; so are the three below.
  package var strings: [String]? {
    if case .strings(let array) = self { array.strings } else { nil }
  }

  package var integers: [Int]? {
    if case .integers(let array) = self { array.integers } else { nil }
  }

  package var numbers: [Double]? {
    if case .numbers(let array) = self { array.numbers } else { nil }
  }

  package var bools: [Bool]? {
    if case .bools(let array) = self { array.bools } else { nil }
  }
}

/// The wire types of metadata values, with their ids in the file.
package enum GGUFValueType: UInt32, Sendable, Hashable {
  case uint8 = 0
  case int8 = 1
  case uint16 = 2
  case int16 = 3
  case uint32 = 4
  case int32 = 5
  case float32 = 6
  case bool = 7
  case string = 8
  case array = 9
  case uint64 = 10
  case int64 = 11
  case float64 = 12

  /// The least bytes that one value takes in the file; all that it takes, but for strings and arrays.
  var minimumSize: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .string, .uint64, .int64, .float64: 8
    case .array: 12
    }
  }
}
