/// The methods that values have: those of Python's that only read.
enum MethodTable {
  typealias Method = @Sendable (Interpreter, Value, Arguments) throws -> Value
  typealias TextMethod = @Sendable (Interpreter, Text, Arguments) throws -> Value

  /// The method of a name, or `nil` when the value's type has none.
  static func method(_ name: Text, of value: Value) -> Method? {
    switch value {
    case .text: texts[name]
    case .dictionary: dictionaries[name]
    case .sequence(let sequence) where sequence.kind.isIndexed:
      name == "copy" && sequence.kind.isTuple ? nil : sequences[name]
    case .range: name == "copy" ? nil : sequences[name]
    case .integer, .bool, .float: numbers[name]
    default: nil
    }
  }

  private static let texts: [Text: Method] = {
    let all = TextMethods.cutting.merging(TextMethods.searching) { $1 }
      .merging(TextMethods.shaping) { $1 }.merging(TextMethods.asking) { $1 }
    return all.mapValues { method in
      { interpreter, value, arguments in
        let text = try value.text(for: "method")
        try interpreter.spend(text.count / 8 + 1)
        return try method(interpreter, text, arguments)
      }
    }
  }()

  private static let sequences: [Text: Method] = [
    "count": { interpreter, value, arguments in
      let element = try arguments.positional(1...1, of: "count")[0] ?? .none
      return .integer(try interpreter.elements(of: value).count { try interpreter.areEqual($0, element) })
    },
    "index": { interpreter, value, arguments in
      let values = try arguments.positional(1...3, of: "index")
      let elements = try interpreter.elements(of: value)
      let range = try TextMethods.range(values[1], values[2], in: elements.count, of: "index")
      guard let place = try range.first(where: { try interpreter.areEqual(elements[$0], values[0] ?? .none) }) else {
        throw TemplateError.Reason.wrongValue(operation: "index", found: "another value", expected: "one of the list")
      }
      return .integer(place)
    },
    "copy": { _, value, arguments in
      _ = try arguments.positional(0...0, of: "copy")
      return value
    },
  ]

  private static let dictionaries: [Text: Method] = [
    "get": { _, value, arguments in
      let values = try arguments.positional(1...2, of: "get")
      guard case .dictionary(let dictionary) = value else { return .none }
      return dictionary[try (values[0] ?? .none).key] ?? values[1] ?? .none
    },
    "keys": { _, value, arguments in try view(.keys, of: value, arguments) },
    "values": { _, value, arguments in try view(.values, of: value, arguments) },
    "items": { _, value, arguments in try view(.items, of: value, arguments) },
    "copy": { _, value, arguments in
      _ = try arguments.positional(0...0, of: "copy")
      return value
    },
  ]

  private static func view(_ kind: ValueSequence.Kind, of value: Value, _ arguments: Arguments) throws -> Value {
    _ = try arguments.positional(0...0, of: kind.typeName)
    guard case .dictionary(let dictionary) = value else { return .none }
    let elements =
      switch kind {
      case .keys: dictionary.keys
      case .values: dictionary.values
      default: try dictionary.entries.map { try Value.tuple([$0, $1]) }
      }
    return .sequence(try ValueSequence(kind, elements))
  }

  private static let numbers: [Text: Method] = [
    "is_integer": { _, value, arguments in
      _ = try arguments.positional(0...0, of: "is_integer")
      return .bool(value.double.map { $0 == $0.rounded(.towardZero) && $0.isFinite } ?? false)
    }
  ]
}
