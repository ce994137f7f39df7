/// A value that has an identity: functions, macros, namespaces and loops.
protocol TemplateObject: AnyObject {
  /// How errors name it.
  var typeName: String { get }
  /// Whether it can be called.
  var isCallable: Bool { get }
  /// The attribute of a name, or `nil` when it has none.
  func attribute(_ name: Text, in interpreter: Interpreter) throws -> Value?
  func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value
}

extension TemplateObject {
  var isCallable: Bool { false }
  func attribute(_ name: Text, in interpreter: Interpreter) throws -> Value? { nil }

  func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
    throw TemplateError.Reason.wrongType(operation: "call", found: typeName, expected: "a function or macro")
  }
}

/// A built-in function, or a method with the value it belongs to.
final class Function: TemplateObject {
  let name: String
  private let body: (Interpreter, Arguments) throws -> Value

  init(_ name: String, _ body: @escaping (Interpreter, Arguments) throws -> Value) {
    self.name = name
    self.body = body
  }

  var typeName: String { "the function '\(name)'" }
  var isCallable: Bool { true }
  func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value { try body(interpreter, arguments) }
}

/// `namespace(a=1)`: the one value that a template can change.
final class Namespace: TemplateObject {
  private(set) var entries: [(name: Text, value: Value)]

  init(_ entries: [(name: Text, value: Value)]) { self.entries = entries }

  var typeName: String { "a namespace" }

  func attribute(_ name: Text, in interpreter: Interpreter) -> Value? { entries.first { $0.name == name }?.value }

  func set(_ name: Text, to value: Value) {
    if let place = entries.firstIndex(where: { $0.name == name }) {
      entries[place].value = value
    } else {
      entries.append((name, value))
    }
  }

  /// Lets go of all values, which may lead back to this one.
  func clear() { entries = [] }
}

/// `cycler("odd", "even")`: one value after the other, from the first again after the last.
final class Cycler: TemplateObject {
  private let elements: [Value]
  private var position = 0

  init(_ elements: [Value]) { self.elements = elements }

  var typeName: String { "a cycler" }

  func attribute(_ name: Text, in interpreter: Interpreter) throws -> Value? {
    switch name {
    case "items": try .tuple(elements)
    case "pos": .integer(position)
    case "current": elements[position]
    case "next": .object(Function("next") { _, arguments in try self.next(arguments) })
    case "reset": .object(Function("reset") { _, arguments in try self.reset(arguments) })
    default: nil
    }
  }

  private func next(_ arguments: Arguments) throws -> Value {
    _ = try arguments.bound(to: [], of: "next")
    defer { position = (position + 1) % elements.count }
    return elements[position]
  }

  private func reset(_ arguments: Arguments) throws -> Value {
    _ = try arguments.bound(to: [], of: "reset")
    position = 0
    return .none
  }
}

/// `joiner(", ")`: nothing at its first call, then its separator.
final class Joiner: TemplateObject {
  private let separator: Value
  private var isUsed = false

  init(separator: Value) { self.separator = separator }

  var typeName: String { "a joiner" }
  var isCallable: Bool { true }

  func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
    _ = try arguments.bound(to: [], of: "joiner")
    defer { isUsed = true }
    return isUsed ? separator : .text("")
  }
}
