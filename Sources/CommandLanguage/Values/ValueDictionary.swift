/// A dictionary of the command language, which keeps the order in which its keys were added.
package struct ValueDictionary: Sendable {
  /// What can be a key: texts, numbers, truth values and leading-dot names.
  private enum Key: Hashable, Sendable {
    case string(String)
    case int(Int)
    case double(Double)
    case bool(Bool)
    case symbol(String)

    init?(_ value: Value) {
      switch value {
      case .string(let text): self = .string(text)
      case .int(let number): self = .int(number)
      case .double(let number): self = .double(number)
      case .bool(let truth): self = .bool(truth)
      case .symbol(let symbol): self = .symbol(symbol.name)
      default: return nil
      }
    }

    var value: Value {
      switch self {
      case .string(let text): .string(text)
      case .int(let number): .int(number)
      case .double(let number): .double(number)
      case .bool(let truth): .bool(truth)
      case .symbol(let name): .symbol(Symbol(name))
      }
    }
  }

  private var order: [Key] = []
  private var storage: [Key: Value] = [:]

  package init() {}

  /// A dictionary with text keys, in the given order; a later value for the same key replaces the earlier one.
  package init(_ entries: [(String, Value)]) {
    for (key, value) in entries { self[key] = value }
  }

  package var count: Int { order.count }
  package var isEmpty: Bool { order.isEmpty }

  /// The keys in the order in which they were added.
  package var keys: [Value] { order.map(\.value) }

  /// The values in the order of their keys.
  package var values: [Value] { order.map { storage[$0] ?? .null } }

  /// Keys and values in order.
  package var entries: [(key: Value, value: Value)] {
    order.map { ($0.value, storage[$0] ?? .null) }
  }

  /// Whether a value can be a key at all.
  package static func canHold(key: Value) -> Bool { Key(key) != nil }

  /// The value of a key; setting `nil` removes the key.
  package subscript(key: Value) -> Value? {
    get { Key(key).flatMap { storage[$0] } }
    set {
      guard let key = Key(key) else { return }
      guard let newValue else { return remove(key) }
      if storage.updateValue(newValue, forKey: key) == nil { order.append(key) }
    }
  }

  /// The value of a text key; setting `nil` removes the key.
  package subscript(key: String) -> Value? {
    get { storage[.string(key)] }
    set { self[.string(key)] = newValue }
  }

  private mutating func remove(_ key: Key) {
    guard storage.removeValue(forKey: key) != nil else { return }
    order.removeAll { $0 == key }
  }
}

extension ValueDictionary: Equatable {
  /// Equal when the same keys have equal values, in whatever order.
  package static func == (left: ValueDictionary, right: ValueDictionary) -> Bool {
    left.storage == right.storage
  }
}
