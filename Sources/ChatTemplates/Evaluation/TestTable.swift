/// The tests that `is` knows.
enum TestTable {
  static let names: Set<String> = Set(plain.keys).union(["filter", "test"])

  private typealias Test = @Sendable (Value, [Value], Interpreter) throws -> Bool

  static func holds(_ name: String, for value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Bool
  {
    if name == "filter" || name == "test" {
      _ = try arguments.positional(0...0, of: name)
      guard case .text(let tested) = value else {
        _ = try value.key
        return false
      }
      return (name == "filter" ? FilterTable.names : names).contains(tested.string)
    }
    guard let entry = plain[name] else { throw TemplateError.Reason.unknownTest(name) }
    let parameters = entry.parameter.map { [$0] } ?? []
    let values = try arguments.bound(to: parameters, required: parameters.count, of: name)
    return try entry.test(value, values.compactMap { $0 }, interpreter)
  }

  /// Each test with the name of its parameter, if it has one.
  private static let plain: [String: (parameter: String?, test: Test)] = {
    var table = types
    for (names, comparison) in comparisons {
      let test: Test = { value, arguments, interpreter in try interpreter.holds(comparison, value, arguments[0]) }
      for name in names { table[name] = ("b", test) }
    }
    table["odd"] = (nil, { value, _, interpreter in try remainder(value, .integer(2), interpreter, is: 1) })
    table["even"] = (nil, { value, _, interpreter in try remainder(value, .integer(2), interpreter, is: 0) })
    table["divisibleby"] = (
      "num", { value, arguments, interpreter in try remainder(value, arguments[0], interpreter, is: 0) }
    )
    table["in"] = ("seq", { value, arguments, interpreter in try interpreter.contains(arguments[0], value) })
    table["sameas"] = ("other", { value, arguments, _ in isSame(value, arguments[0]) })
    table["lower"] = (nil, { value, _, interpreter in try interpreter.string(of: value).isLowercase })
    table["upper"] = (nil, { value, _, interpreter in try interpreter.string(of: value).isUppercase })
    return table
  }()

  private static let comparisons: [([String], Comparison)] = [
    (["==", "eq", "equalto"], .equal), (["!=", "ne"], .notEqual), ([">", "gt", "greaterthan"], .greater),
    ([">=", "ge"], .greaterOrEqual), (["<", "lt", "lessthan"], .less), (["<=", "le"], .lessOrEqual),
  ]

  private static let types: [String: (parameter: String?, test: Test)] = [
    "defined": (nil, { value, _, _ in !value.isUndefined }),
    "undefined": (nil, { value, _, _ in value.isUndefined }),
    "none": (nil, { value, _, _ in value.isNone }),
    "boolean": (nil, { value, _, _ in if case .bool = value { true } else { false } }),
    "true": (nil, { value, _, _ in if case .bool(true) = value { true } else { false } }),
    "false": (nil, { value, _, _ in if case .bool(false) = value { true } else { false } }),
    "integer": (nil, { value, _, _ in if case .integer = value { true } else { false } }),
    "float": (nil, { value, _, _ in if case .float = value { true } else { false } }),
    "number": (nil, { value, _, _ in value.double != nil }),
    "string": (nil, { value, _, _ in if case .text = value { true } else { false } }),
    "mapping": (nil, { value, _, _ in if case .dictionary = value { true } else { false } }),
    "sequence": (nil, { value, _, _ in isSequence(value) }),
    "iterable": (nil, { value, _, _ in value.isIterable || isLoop(value) }),
    "callable": (nil, { value, _, _ in isCallable(value) }),
    "escaped": (nil, { value, _, _ in if case .text(let text) = value { text.isMarkup } else { false } }),
  ]

  private static func remainder(
    _ value: Value, _ divisor: Value, _ interpreter: Interpreter, is expected: Int
  ) throws -> Bool {
    try interpreter.areEqual(try interpreter.calculate(.modulo, value, divisor), .integer(expected))
  }

  /// Whether a value has a length and subscripts, as an undefined one has too.
  private static func isSequence(_ value: Value) -> Bool {
    if case .sequence(let sequence) = value { return sequence.kind.isIndexed }
    return value.length != nil
  }

  private static func isLoop(_ value: Value) -> Bool {
    if case .object(let object) = value { object is LoopState } else { false }
  }

  private static func isCallable(_ value: Value) -> Bool {
    switch value {
    case .object(let object): object.isCallable
    // Python's default undefined value has a `__call__`, which fails.
    case .undefined: true
    default: false
    }
  }

  /// Whether two values are one and the same; numbers and texts are when they are equal and of one type.
  private static func isSame(_ left: Value, _ right: Value) -> Bool {
    switch (left, right) {
    case (.none, .none): true
    case (.bool(let first), .bool(let second)): first == second
    case (.integer(let first), .integer(let second)): first == second
    case (.text(let first), .text(let second)): first == second
    case (.sequence(let first), .sequence(let second)): first === second
    case (.dictionary(let first), .dictionary(let second)): first === second
    case (.iterator(let first), .iterator(let second)): first === second
    case (.object(let first), .object(let second)): first === second
    default: false
    }
  }
}
