/// The functions that every template has.
enum Globals {
  static var functions: [String: Value] {
    [
      "range": .object(Function("range") { try range($1, $0) }),
      "dict": .object(DictionaryType()),
      "namespace": .object(Function("namespace") { try namespace($1, $0) }),
      "cycler": .object(Function("cycler") { _, arguments in try cycler(arguments) }),
      "joiner": .object(Function("joiner") { _, arguments in try joiner(arguments) }),
      "raise_exception": .object(Function("raise_exception") { try raiseException($1, $0) }),
      "strftime_now": .object(Function("strftime_now") { try strftimeNow($1, $0) }),
    ]
  }

  private static func range(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let values = try arguments.positional(1...3, of: "range")
    let numbers = try values.map { try $0.map { try $0.wholeNumber(for: "range") } }
    let first = numbers[0] ?? 0
    let (start, stop) = numbers[1].map { (first, $0) } ?? (0, first)
    return .range(try ValueRange(start: start, stop: stop, step: numbers[2] ?? 1))
  }

  /// The entries that `dict(…)` makes: those of a dictionary or of pairs, then those given by name.
  static func entries(_ arguments: Arguments, of function: String, _ interpreter: Interpreter) throws -> [(
    Value, Value
  )] {
    let named = arguments.keywords.map { (Value.text($0.name), $0.value) }
    let positional = Arguments(positional: arguments.positional)
    guard let source = try positional.positional(0...1, of: function)[0] else { return named }
    if case .dictionary(let dictionary) = source { return dictionary.entries + named }
    let pairs = try interpreter.elements(of: source).map { pair in
      let parts = try interpreter.elements(of: pair)
      guard parts.count == 2 else {
        throw TemplateError.Reason.wrongValue(operation: function, found: "\(parts.count) values", expected: "pairs")
      }
      return (parts[0], parts[1])
    }
    return pairs + named
  }

  private static func namespace(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let dictionary = try ValueDictionary(entries(arguments, of: "namespace", interpreter))
    let entries = try dictionary.entries.map { key, value in
      guard case .text(let name) = key else {
        throw TemplateError.Reason.wrongType(operation: "namespace", found: key.typeName, expected: "names")
      }
      try requirePublic(name)
      return (name: name, value: value)
    }
    let namespace = Namespace(entries)
    interpreter.atEnd { namespace.clear() }
    return .object(namespace)
  }

  /// Names that start with an underscore cannot be stored in a namespace.
  static func requirePublic(_ name: Text) throws {
    guard name.scalars.first == "_" else { return }
    throw TemplateError.Reason.wrongValue(
      operation: "namespace", found: "'\(name.string)'", expected: "a name without an underscore in front")
  }

  private static func cycler(_ arguments: Arguments) throws -> Value {
    guard !arguments.positional.isEmpty, arguments.keywords.isEmpty else {
      throw TemplateError.Reason.wrongArguments(of: "cycler", found: "none", expected: "at least one value")
    }
    return .object(Cycler(arguments.positional))
  }

  private static func joiner(_ arguments: Arguments) throws -> Value {
    .object(Joiner(separator: try arguments.bound(to: ["sep"], of: "joiner")[0] ?? .text(", ")))
  }

  private static func raiseException(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let message = try arguments.bound(to: ["message"], required: 1, of: "raise_exception")[0] ?? .none
    throw TemplateError.Reason.raised(message: try interpreter.string(of: message).string)
  }

  private static func strftimeNow(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let format = try arguments.bound(to: ["format"], required: 1, of: "strftime_now")[0] ?? .none
    return .text(try interpreter.clock.text(try format.text(for: "strftime_now"), interpreter))
  }
}

/// `dict`, and `dict.fromkeys`.
final class DictionaryType: TemplateObject {
  var typeName: String { "the function 'dict'" }
  var isCallable: Bool { true }

  func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
    .dictionary(try ValueDictionary(Globals.entries(arguments, of: "dict", interpreter)))
  }

  func attribute(_ name: Text, in interpreter: Interpreter) -> Value? {
    guard name == "fromkeys" else { return nil }
    return .object(
      Function("fromkeys") { interpreter, arguments in
        let values = try arguments.positional(1...2, of: "fromkeys")
        let keys = try interpreter.elements(of: values[0] ?? .none)
        return .dictionary(try ValueDictionary(keys.map { ($0, values[1] ?? .none) }))
      })
  }
}
