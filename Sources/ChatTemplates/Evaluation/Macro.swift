/// A macro, or the body of a call block, with the variables that it can see.
final class Macro: TemplateObject {
  private let definition: MacroDefinition
  private var scope: Scope?

  init(_ definition: MacroDefinition, scope: Scope) {
    self.definition = definition
    self.scope = scope
  }

  var typeName: String { definition.name.map { "the macro '\($0)'" } ?? "a caller" }
  var isCallable: Bool { true }

  /// Lets go of the variables, which may lead back to this macro.
  func release() { scope = nil }

  func attribute(_ name: Text, in interpreter: Interpreter) throws -> Value? {
    switch name {
    case "name": definition.name.map { .text($0) } ?? Value.none
    case "arguments": try .tuple(definition.parameters.map { .text($0.name) })
    case "catch_kwargs": .bool(definition.implicit.contains("kwargs"))
    case "catch_varargs": .bool(definition.implicit.contains("varargs"))
    case "caller": .bool(definition.implicit.contains("caller"))
    default: nil
    }
  }

  func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
    let local = Scope(names: definition.body.names, parent: scope)
    try bind(arguments, in: local, interpreter)
    let (text, _) = try interpreter.captured { try interpreter.execute(definition.body.body, in: local) }
    return .text(text)
  }

  private func bind(_ arguments: Arguments, in local: Scope, _ interpreter: Interpreter) throws {
    var keywords = arguments.keywords
    var missing: [(name: String, defaultValue: Expression?)] = []
    for (place, parameter) in definition.parameters.enumerated() {
      if place < arguments.positional.count {
        local.set(parameter.name, to: arguments.positional[place])
      } else if let named = keywords.firstIndex(where: { $0.name == parameter.name }) {
        local.set(parameter.name, to: keywords.remove(at: named).value)
      } else {
        missing.append(parameter)
      }
    }
    let rest = Array(arguments.positional.dropFirst(definition.parameters.count))
    try bindImplicit(rest, &keywords, in: local)
    for parameter in missing {
      local.set(parameter.name, to: .undefined(Undefined("parameter '\(parameter.name)' was not provided")))
    }
    for parameter in missing {
      guard let defaultValue = parameter.defaultValue else { continue }
      local.set(parameter.name, to: try interpreter.evaluate(defaultValue, in: local))
    }
  }

  /// `caller`, `kwargs` and `varargs`, which a macro has when its body reads them.
  private func bindImplicit(
    _ rest: [Value], _ keywords: inout [(name: String, value: Value)], in local: Scope
  ) throws {
    let name = definition.name ?? "caller"
    if definition.implicit.contains("caller"), !definition.parameters.contains(where: { $0.name == "caller" }) {
      let caller = keywords.firstIndex { $0.name == "caller" }.map { keywords.remove(at: $0).value }
      let isGiven = caller.map { !$0.isNone } ?? false
      local.set(
        "caller", to: isGiven ? caller ?? .none : .undefined(Undefined("the macro was not used by a call block")))
    }
    if definition.implicit.contains("kwargs") {
      local.set("kwargs", to: .dictionary(try ValueDictionary(keywords.map { (.text($0.name), $0.value) })))
    } else if let unknown = keywords.first {
      throw TemplateError.Reason.wrongArguments(of: name, found: "'\(unknown.name)'", expected: expected)
    }
    if definition.implicit.contains("varargs") {
      local.set("varargs", to: try .tuple(rest))
    } else if !rest.isEmpty {
      let count = definition.parameters.count
      throw TemplateError.Reason.wrongArguments(of: name, found: "\(rest.count + count) values", expected: expected)
    }
  }

  private var expected: String {
    let names = definition.parameters.map { "'\($0.name)'" }
    return names.isEmpty ? "no arguments" : names.joined(separator: ", ")
  }
}
