/// A value while a template runs, with Python's types.
enum Value {
  case undefined(Undefined)
  case none
  case bool(Bool)
  case integer(Int)
  case float(Double)
  case text(Text)
  case sequence(ValueSequence)
  case dictionary(ValueDictionary)
  case range(ValueRange)
  /// What can be walked once, such as the result of `map`.
  case iterator(ValueIterator)
  case object(any TemplateObject)
}

/// Why a value is not defined; an operation on it fails with this.
struct Undefined {
  let reason: String

  init(_ reason: String) { self.reason = reason }

  static func variable(_ name: String) -> Undefined { Undefined("'\(name)' is undefined") }

  static func member(_ name: String, of value: Value) -> Undefined {
    Undefined("\(value.typeName) has no '\(name)'")
  }

  var error: TemplateError.Reason { .undefined(reason) }
}

extension Value {
  static func text(_ string: String) -> Value { .text(Text(string)) }
  static func list(_ elements: [Value]) throws -> Value { .sequence(try ValueSequence(.list, elements)) }
  static func tuple(_ elements: [Value]) throws -> Value { .sequence(try ValueSequence(.tuple, elements)) }

  /// How errors name it: the name of its type in Python.
  var typeName: String {
    switch self {
    case .undefined: "an undefined value"
    case .none: "None"
    case .bool: "a bool"
    case .integer: "an int"
    case .float: "a float"
    case .text: "a str"
    case .sequence(let sequence): sequence.kind.typeName
    case .dictionary: "a dict"
    case .range: "a range"
    case .iterator: "a generator"
    case .object(let object): object.typeName
    }
  }

  /// Python's truth of the value.
  var isTrue: Bool {
    switch self {
    case .undefined, .none: false
    case .bool(let value): value
    case .integer(let value): value != 0
    case .float(let value): value != 0
    case .text(let value): !value.isEmpty
    case .sequence(let value): !value.elements.isEmpty
    case .dictionary(let value): !value.keys.isEmpty
    case .range(let value): !value.isEmpty
    case .iterator, .object: true
    }
  }

  /// How many levels of values are inside this one.
  var height: Int {
    switch self {
    case .sequence(let value): value.height
    case .dictionary(let value): value.height
    case .iterator(let value): value.height
    default: 0
    }
  }

  var isUndefined: Bool {
    if case .undefined = self { true } else { false }
  }

  var isNone: Bool {
    if case .none = self { true } else { false }
  }

  /// The whole number that Python's `int` type holds, which truth values are too.
  var index: Int? {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .integer(let value): value
    default: nil
    }
  }

  /// The number as a float, or `nil` when it is none.
  var double: Double? {
    if case .float(let value) = self { value } else { index.map(Double.init) }
  }
}
