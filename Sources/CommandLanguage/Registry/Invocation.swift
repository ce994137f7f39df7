/// One call of a command: who is called, with what, from where, and where its output goes.
package struct Invocation: Sendable, ArgumentReading {
  package let command: Command
  /// The value before the dot or the brackets; `nil` for a function.
  package let receiver: Value
  package let arguments: Arguments
  /// The arguments whose labels the caller chose, in order.
  package let freeArguments: [(label: String, value: Value)]
  package let output: any CommandOutput
  /// Whether the user asked to stop.
  ///
  /// Long work asks often and gives up by throwing ``Interruption``.
  package let isCancelled: @Sendable () -> Bool
  /// Where the call stands.
  package let source: SourceRange
  let interpreter: Interpreter

  /// The receiver as an object.
  package func receiver<Object: CommandObject>(as type: Object.Type = Object.self) -> Object {
    guard let object = receiver.object(as: type) else {
      preconditionFailure("'\(command.name)' is registered for a type name that another type uses too")
    }
    return object
  }

  /// A function argument, ready to be called.
  package func closure(_ name: String) -> Closure {
    guard case .function(let function) = value(name) else {
      preconditionFailure("parameter '\(name)' was not declared as a closure")
    }
    return Closure(function: function, interpreter: interpreter, source: arguments.range(of: name) ?? source)
  }

  /// A function argument, or `nil` when it was left out.
  package func optionalClosure(_ name: String) -> Closure? {
    value(name).isNull ? nil : closure(name)
  }

  /// The session's registry, for commands about commands.
  package var registry: CommandRegistry { interpreter.registry }

  /// Stops here when the user asked to.
  ///
  /// - Throws: ``Interruption``.
  package func checkCancellation() throws {
    if isCancelled() { throw Interruption() }
  }
}

/// A function of the command language that a command can call.
package struct Closure: Sendable {
  let function: FunctionValue
  let interpreter: Interpreter
  let source: SourceRange

  /// The names of the parameters; for a closure with `$0`, as many as it uses.
  package var parameterNames: [String] { function.parameterNames }

  /// Calls the function.
  ///
  /// A closure that takes fewer values than are given sees the first ones.
  ///
  /// - Throws: What the function throws; let it pass, it knows where it happened.
  package func callAsFunction(_ values: Value...) throws -> Value {
    try interpreter.call(function, with: values, at: source)
  }

  /// The same function with another output, for calls after the cell has ended, as when a slider moves.
  package func writing(to output: any CommandOutput, isCancelled: @escaping @Sendable () -> Bool) -> Closure {
    Closure(
      function: function, interpreter: interpreter.resumed(output: output, isCancelled: isCancelled), source: source)
  }

  /// Calls the function with as many values as the array has.
  package func call(with values: [Value]) throws -> Value {
    try interpreter.call(function, with: values, at: source)
  }
}
