/// A dictionary in the order in which its keys were first set, which never changes.
final class ValueDictionary {
  let keys: [Value]
  let values: [Value]
  let height: Int
  private let places: [Key: Int]

  /// A key by which Python finds an entry: numbers of the same value are the same key, whatever their type.
  enum Key: Hashable {
    case none
    case integer(Int)
    case float(Double)
    case text(Text)
    case tuple([Key])
    case undefined
    case object(ObjectIdentifier)
    case range(Int, Int, Int)
  }

  /// - Throws: ``TemplateError/Reason/wrongType(operation:found:expected:)`` for a key such as a list.
  init(_ entries: some Sequence<(Value, Value)>) throws {
    var keys: [Value] = []
    var values: [Value] = []
    var places: [Key: Int] = [:]
    for (key, value) in entries {
      let hashed = try key.key
      if let place = places[hashed] {
        values[place] = value
      } else {
        places[hashed] = keys.count
        keys.append(key)
        values.append(value)
      }
    }
    self.keys = keys
    self.values = values
    self.places = places
    height = max(try ValueSequence.height(over: keys), try ValueSequence.height(over: values))
  }

  subscript(key: Key) -> Value? { places[key].map { values[$0] } }
  subscript(name: Text) -> Value? { self[.text(name)] }

  var entries: [(Value, Value)] { Array(zip(keys, values)) }
}

extension Value {
  /// The value as a dictionary's key.
  var key: ValueDictionary.Key {
    get throws {
      switch self {
      case .undefined: .undefined
      case .none: .none
      case .bool(let value): .integer(value ? 1 : 0)
      case .integer(let value): .integer(value)
      case .float(let value): Int(exactly: value).map { .integer($0) } ?? .float(value)
      case .text(let value): .text(value)
      case .sequence(let value) where value.kind.isTuple: .tuple(try value.elements.map { try $0.key })
      case .range(let value): .range(value.start, value.stop, value.step)
      case .iterator(let value): .object(ObjectIdentifier(value))
      case .object(let value): .object(ObjectIdentifier(value))
      case .sequence, .dictionary:
        throw TemplateError.Reason.wrongType(operation: "key", found: typeName, expected: "a value that never changes")
      }
    }
  }
}
