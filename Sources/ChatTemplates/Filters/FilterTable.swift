/// The filters that `|` knows.
enum FilterTable {
  typealias Filter = @Sendable (Interpreter, Value, Arguments) throws -> Value

  static let names: Set<String> = Set(all.keys)

  static func apply(_ name: String, to value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value
  {
    guard let filter = all[name] else { throw TemplateError.Reason.unknownFilter(name) }
    try interpreter.spend()
    return try interpreter.deeper { try filter(interpreter, value, arguments) }
  }

  private static let all: [String: Filter] = [
    TextFilters.all, WrappingFilters.all, MarkupFilters.all, NumberFilters.all, SequenceFilters.all,
    OrderFilters.all, SelectionFilters.all,
  ].reduce(into: [:]) { $0.merge($1) { $1 } }
}

extension Interpreter {
  /// The value as text, as filters for texts take anything.
  func softText(_ value: Value) throws -> Text {
    let text = try string(of: value)
    try reserve(text.count)
    return text
  }

  /// Looks up a path such as `address.0.city` in a value.
  func path(_ attribute: Value?) throws -> [Value] {
    switch attribute {
    case nil, .some(.none): []
    case .text(let text): text.path
    case .some(let key): [key]
    }
  }

  func value(at path: [Value], of value: Value, default fallback: Value? = nil) throws -> Value {
    try path.reduce(value) { value, part in
      let next = try item(part, of: value)
      if let fallback, !fallback.isNone, next.isUndefined { return fallback }
      return next
    }
  }
}

extension Text {
  /// The parts between points; those of digits are numbers.
  fileprivate var path: [Value] {
    pieces(between: indices(of: "."), separator: 1).map { part in
      let isNumber = !part.isEmpty && part.scalars.allSatisfy(\.isASCIIDigit)
      return isNumber ? Int(part.string).map(Value.integer) ?? .text(part) : .text(part)
    }
  }
}
