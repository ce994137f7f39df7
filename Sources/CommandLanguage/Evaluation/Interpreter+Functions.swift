extension Interpreter {
  /// Calls a function that a cell declared, with arguments as a cell writes them.
  func run(_ function: WrittenFunction, with arguments: [WrittenArgument], at range: SourceRange) throws -> Value {
    let name = function.name ?? "this closure"
    let slots = function.parameters.map { parameter in
      ArgumentMatcher.Slot(
        name: parameter.label ?? parameter.name, isLabelled: parameter.label != nil,
        takesFunction: parameter.type.isFunction)
    }
    let matched = try ArgumentMatcher(callee: name, slots: slots, call: range).match(arguments)
    let scope = Scope(inside: function.scope)
    for (parameter, given) in zip(function.parameters, matched.bySlot) {
      if let argument = given.first {
        let value = try parameter.type.map { try convert(argument.value, to: $0, at: argument.range) }
        scope.declare(parameter.name, value ?? argument.value, isMutable: false)
      } else if let defaultValue = parameter.defaultValue {
        scope.declare(parameter.name, try evaluate(defaultValue, in: function.scope), isMutable: false)
      } else {
        throw located(
          .missingArgument(
            parameter.label ?? parameter.name, isLabelled: parameter.label != nil, type: parameter.type.phrase,
            of: name),
          at: range)
      }
    }
    return try run(function, in: scope, at: range)
  }

  /// Calls a function from inside a command, with values in the order of its parameters.
  func call(_ function: FunctionValue, with values: [Value], at range: SourceRange) throws -> Value {
    switch function {
    case .command(let command, let receiver):
      return try invoke(
        command, on: receiver, with: values.map { WrittenArgument(label: nil, value: $0, range: range) }, at: range)
    case .written(let function):
      var values = values
      let count = function.parameters.count
      // As in Swift, a closure with several parameters takes a tuple apart.
      if values.count == 1, count > 1, case .tuple(let elements) = values[0], elements.count == count {
        values = elements.map(\.value)
      }
      guard values.count >= count else {
        let name = function.name.map { "'\($0)'" } ?? "this closure"
        throw located(.argumentCount(of: name, expected: count, found: values.count), at: function.range)
      }
      let scope = Scope(inside: function.scope)
      for (parameter, value) in zip(function.parameters, values) {
        scope.declare(parameter.name, value, isMutable: false)
      }
      return try run(function, in: scope, at: range)
    }
  }

  private func run(_ function: WrittenFunction, in scope: Scope, at range: SourceRange) throws -> Value {
    do {
      return try nested(at: range) {
        switch try run(function.body, in: scope) {
        case .normal(let value): return function.returnsLastValue ? value : .void
        case .return(let value): return value
        case let flow: throw located(.misplaced(flow.word), at: function.range)
        }
      }
    } catch var problem as LocatedProblem {
      problem.note(call: range)
      throw problem
    }
  }
}

extension LocatedProblem {
  /// Remembers a call that the problem came through, when it stands on another line than the last place.
  fileprivate mutating func note(call: SourceRange) {
    let last = calls.last ?? range
    guard calls.count < 3, last.file !== call.file || last.line != call.line else { return }
    calls.append(call)
  }
}

extension TypeAnnotation? {
  fileprivate var phrase: String {
    switch self {
    case .named(let name): TypeName(name).phrase
    case .array: "an array"
    case .optional(let type): TypeAnnotation?.some(type).phrase
    case .other, nil: "a value"
    }
  }

  /// Whether the type may be that of a function, which is written as none of the plain names.
  fileprivate var isFunction: Bool {
    if case .other? = self { true } else { false }
  }
}
