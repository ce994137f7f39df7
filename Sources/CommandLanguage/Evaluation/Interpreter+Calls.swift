extension Interpreter {
  func evaluate(_ call: Call, in scope: Scope) throws -> Value {
    switch call.callee.kind {
    case .name(let name):
      let callee = try callee(name, at: call.callee.range, in: scope)
      return try self.call(callee, with: try arguments(of: call, to: callee, in: scope), at: call.at)
    case .member(let base, let name, _):
      return try callMember(name, of: base, call, in: scope)
    default:
      let value = try evaluate(call.callee, in: scope)
      guard case .function(let function) = value else {
        throw located(.notCallable("this", value.type), at: call.at)
      }
      return try self.call(function, with: try evaluate(call.arguments, in: scope), at: call.at)
    }
  }

  /// The function of a name.
  ///
  /// A variable that holds something else does not hide a command of its name.
  private func callee(_ name: String, at range: SourceRange, in scope: Scope) throws -> FunctionValue {
    let binding = scope.binding(name)
    if case .function(let function)? = binding?.value { return function }
    if let command = registry.function(name) { return .command(command, receiver: .null) }
    if let value = binding?.value { throw located(.notCallable(name, value.type), at: range) }
    throw unknownName(name, at: range, in: scope)
  }

  private func callMember(_ name: String, of base: Expression, _ call: Call, in scope: Scope) throws -> Value {
    let receiver = try evaluate(base, in: scope)
    if case .tuple(let elements) = receiver, case .function(let function)? = elements.element(named: name) {
      return try self.call(function, with: try evaluate(call.arguments, in: scope), at: call.at)
    }
    guard let command = registry.member(name, of: memberType(of: receiver), called: true) else {
      throw unknownMember(name, of: receiver, at: call.at)
    }
    let arguments = try arguments(of: call, to: .command(command, receiver: receiver), in: scope)
    switch (command.kind, command.body) {
    case (.property, _):
      let value = try invoke(command, on: receiver, with: [], at: call.at)
      guard case .function(let function) = value else { throw located(.propertyCalled(name), at: call.at) }
      return try self.call(function, with: arguments, at: call.at)
    case (_, .mutating(let body)):
      let invocation = try invocation(of: command, on: receiver, with: arguments, at: call.at)
      return try modify(base, in: scope) { value in try perform(invocation) { try body($0, &value) } }
    default: return try invoke(command, on: receiver, with: arguments, at: call.at)
    }
  }

  /// Calls a function with arguments that are matched with its parameters.
  func call(_ function: FunctionValue, with arguments: [WrittenArgument], at range: SourceRange) throws -> Value {
    switch function {
    case .written(let function): try run(function, with: arguments, at: range)
    case .command(let command, let receiver): try invoke(command, on: receiver, with: arguments, at: range)
    }
  }

  // MARK: - Commands

  /// Calls a command: checks the arguments, runs it, and points its errors at the call.
  func invoke(
    _ command: Command, on receiver: Value, with arguments: [WrittenArgument], at range: SourceRange
  ) throws -> Value {
    try checkCancellation(at: range)
    let invocation = try invocation(of: command, on: receiver, with: arguments, at: range)
    guard case .plain(let body) = command.body else {
      throw located(.readOnlyMember(command.name, of: receiver.type), at: range)
    }
    return try perform(invocation, body)
  }

  private func invocation(
    of command: Command, on receiver: Value, with arguments: [WrittenArgument], at range: SourceRange
  ) throws -> Invocation {
    let matched = try ArgumentBinder(command: command, call: range).bind(arguments)
    return Invocation(
      command: command, receiver: receiver, arguments: matched.arguments, freeArguments: matched.free, output: output,
      isCancelled: isCancelled, source: range, interpreter: self)
  }

  private func perform(_ invocation: Invocation, _ body: (Invocation) throws -> Value) throws -> Value {
    do {
      return try body(invocation)
    } catch let located as LocatedProblem {
      throw located
    } catch {
      throw locate(error, in: invocation)
    }
  }

  /// What an error of a command means to the cell: whatever comes out of a stopped command is the interruption.
  private func locate(_ error: any Error, in invocation: Invocation) -> LocatedProblem {
    if error is Interruption || error is CancellationError || isCancelled() {
      return located(.interrupted, at: invocation.source)
    }
    if let problem = error as? Problem { return located(problem, at: invocation.source) }
    guard let failure = error as? any CommandFailure else {
      return located(.failure(message: String(describing: error), help: nil), at: invocation.source)
    }
    let place = failure.argument.flatMap { invocation.arguments.range(of: $0) } ?? invocation.source
    return located(.failure(message: failure.message, help: failure.help), at: place)
  }

  // MARK: - Arguments

  func evaluate(_ arguments: [Argument], in scope: Scope) throws -> [WrittenArgument] {
    try arguments.map { argument in
      WrittenArgument(
        label: argument.label, value: try evaluate(argument.value, in: scope), range: argument.value.range,
        labelRange: argument.labelRange, isTrailing: argument.isTrailing)
    }
  }

  /// The arguments of a call; a parameter that takes a name gets what the name stands for, not its value.
  private func arguments(of call: Call, to function: FunctionValue, in scope: Scope) throws -> [WrittenArgument] {
    guard case .command(let command, _) = function, command.parameters.first?.type.isTopic == true,
      let argument = call.arguments.first
    else { return try evaluate(call.arguments, in: scope) }
    let topic = try topic(of: argument.value, in: scope)
    return [WrittenArgument(label: argument.label, value: .object(topic), range: argument.value.range)]
      + (try evaluate(Array(call.arguments.dropFirst()), in: scope))
  }
}
