/// The variables and functions of one notebook, over all its cells.
///
/// One cell runs at a time. Completion, inspection and ``isComplete(_:)`` may be asked from other threads meanwhile.
package final class Session: Sendable {
  package let registry: CommandRegistry
  private let limits: Limits
  let globals = Scope()

  package init(registry: CommandRegistry, limits: Limits = Limits()) {
    self.registry = registry
    self.limits = limits
  }

  /// Runs a cell.
  ///
  /// - Parameters:
  ///   - source: The text of the cell.
  ///   - name: What errors call it: `cell 12`, or the name of a file.
  ///   - output: Where its output goes.
  ///   - isCancelled: Asked in loops and at calls; `true` stops the cell.
  /// - Returns: The value of its last expression, or `nil` when it ends with something that has none.
  /// - Throws: ``CellError``. What was assigned before the mistake stays.
  @discardableResult
  package func execute(
    _ source: String, named name: String, output: any CommandOutput,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(CellError) -> Value? {
    let statements = try CellParser(file: SourceFile(name: name, text: source)).statements()
    let interpreter = Interpreter(
      registry: registry, globals: globals, output: output, limits: limits,
      stack: StackBound(allowing: limits.stackSize),
      isCancelled: isCancelled)
    do {
      return try interpreter.runCell(statements)
    } catch let located as LocatedProblem {
      throw CellError(located)
    } catch {
      throw CellError(
        kind: .runtime, diagnostics: [Diagnostic(problem: .failure(message: "\(error)", help: nil), range: nil)])
    }
  }

  /// Runs a cell of a notebook by its number.
  @discardableResult
  package func execute(
    cell source: String, number: Int, output: any CommandOutput, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws(CellError) -> Value? {
    try execute(source, named: "cell \(number)", output: output, isCancelled: isCancelled)
  }

  /// The variables and functions that cells have declared, sorted by name.
  package var variables: [(name: String, value: Value)] { globals.variables }

  /// The value of a variable.
  package func variable(_ name: String) -> Value? { globals.binding(name)?.value }

  /// Gives a variable a value from outside.
  package func define(_ name: String, _ value: Value) {
    globals.declare(name, value, isMutable: false)
  }

  /// Forgets all variables, as `%reset` does.
  package func reset() { globals.removeAll() }
}

extension Interpreter {
  /// Runs the statements of a cell over the session's variables.
  func runCell(_ statements: [Statement]) throws -> Value? {
    var last = Value.void
    for statement in statements {
      let flow = try run(statement, in: globals)
      guard case .normal(let value) = flow else { throw located(.misplaced(flow.word), at: statement.range) }
      last = statement.isExpression ? value : .void
    }
    return last.isVoid ? nil : last
  }
}

extension Statement {
  /// Whether its value is that of the cell; `if` and `switch` as statements have none, as in Swift.
  fileprivate var isExpression: Bool {
    switch kind {
    case .expression(let expression):
      switch expression.kind {
      case .if, .switch: return false
      default: return true
      }
    case .directive(.time(let statement)): return statement.isExpression
    default: return false
    }
  }
}
