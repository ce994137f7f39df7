/// Filters that apply a filter or a test to each element, when it is asked for.
enum SelectionFilters {
  static let all: [String: FilterTable.Filter] = [
    "map": { .iterator(try mapped($1, $2, $0)) },
    "select": { .iterator(try selected($1, $2, $0, "select", keeps: true, byAttribute: false)) },
    "reject": { .iterator(try selected($1, $2, $0, "reject", keeps: false, byAttribute: false)) },
    "selectattr": { .iterator(try selected($1, $2, $0, "selectattr", keeps: true, byAttribute: true)) },
    "rejectattr": { .iterator(try selected($1, $2, $0, "rejectattr", keeps: false, byAttribute: true)) },
  ]

  // MARK: - Map

  private static func mapped(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> ValueIterator
  {
    var transform: ((Value) throws -> Value)?
    var elements: ValueIterator?
    return try ValueIterator(over: value) { [unowned interpreter] in
      guard value.isTrue else { return nil }
      // Stored once: storing a closure again wraps it again, and thousands of wraps would exhaust the stack.
      if transform == nil { transform = try transformation(arguments, interpreter) }
      let source = try elements ?? interpreter.iterator(over: value)
      elements = source
      try interpreter.spend()
      guard let next = try source.next() else { return nil }
      return try transform?(next)
    }
  }

  private static func transformation(
    _ arguments: Arguments, _ interpreter: Interpreter
  ) throws -> (Value) throws -> Value {
    if arguments.positional.isEmpty, arguments.keywords.contains(where: { $0.name == "attribute" }) {
      let values = try arguments.bound(to: ["attribute", "default"], of: "map")
      let path = try interpreter.path(values[0])
      return { [unowned interpreter] in try interpreter.value(at: path, of: $0, default: values[1]) }
    }
    guard let name = arguments.positional.first else {
      throw TemplateError.Reason.wrongArguments(of: "map", found: "none", expected: "the name of a filter")
    }
    let filter = try name.text(for: "map").string
    let rest = Arguments(positional: Array(arguments.positional.dropFirst()), keywords: arguments.keywords)
    return { [unowned interpreter] in try FilterTable.apply(filter, to: $0, rest, interpreter) }
  }

  // MARK: - Select

  private static func selected(
    _ value: Value, _ arguments: Arguments, _ interpreter: Interpreter, _ name: String, keeps: Bool, byAttribute: Bool
  ) throws -> ValueIterator {
    var isKept: ((Value) throws -> Bool)?
    var elements: ValueIterator?
    return try ValueIterator(over: value) { [unowned interpreter] in
      guard value.isTrue else { return nil }
      if isKept == nil { isKept = try condition(arguments, name, byAttribute: byAttribute, interpreter) }
      let source = try elements ?? interpreter.iterator(over: value)
      elements = source
      while let next = try source.next() {
        try interpreter.spend()
        if try isKept?(next) == keeps { return next }
      }
      return nil
    }
  }

  private static func condition(
    _ arguments: Arguments, _ function: String, byAttribute: Bool, _ interpreter: Interpreter
  ) throws -> (Value) throws -> Bool {
    var positional = arguments.positional[...]
    var path: [Value] = []
    if byAttribute {
      guard let attribute = positional.popFirst() else {
        throw TemplateError.Reason.wrongArguments(of: function, found: "none", expected: "the name of an attribute")
      }
      path = try interpreter.path(attribute)
    }
    guard let name = positional.popFirst() else {
      return { [unowned interpreter] in try interpreter.value(at: path, of: $0).isTrue }
    }
    let test = try name.text(for: function).string
    let rest = Arguments(positional: Array(positional), keywords: arguments.keywords)
    return { [unowned interpreter] in
      try TestTable.holds(test, for: try interpreter.value(at: path, of: $0), rest, interpreter)
    }
  }
}
