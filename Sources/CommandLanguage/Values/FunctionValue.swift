/// A function as a value: one written in a cell, or a command.
package enum FunctionValue: Sendable {
  case written(WrittenFunction)
  /// A command named without calling it, with the receiver it was taken from.
  case command(Command, receiver: Value)

  /// The name, or `nil` for a closure.
  package var name: String? {
    switch self {
    case .written(let function): function.name
    case .command(let command, _): command.name
    }
  }

  /// The names of the parameters, in order.
  package var parameterNames: [String] {
    switch self {
    case .written(let function): function.parameters.map(\.name)
    case .command(let command, _): command.parameters.map(\.name)
    }
  }
}

/// A function or closure written in a cell, with the variables around it.
package final class WrittenFunction: Sendable {
  let name: String?
  let parameters: [FunctionParameter]
  /// Whether the value of the last expression is the result; a `func` without `->` has none.
  let returnsLastValue: Bool
  let body: [Statement]
  let scope: Scope
  let range: SourceRange

  init(
    name: String?, parameters: [FunctionParameter], returnsLastValue: Bool, body: [Statement], scope: Scope,
    range: SourceRange
  ) {
    self.name = name
    self.parameters = parameters
    self.returnsLastValue = returnsLastValue
    self.body = body
    self.scope = scope
    self.range = range
  }
}
