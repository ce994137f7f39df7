import Synchronization

/// Runs the statements of one cell over the session's variables.
///
/// Each family has its file: `Interpreter+Statements`, `+Control`, `+Expressions`, `+Names`, `+Calls`, `+Functions`,
/// `+Elements`, `+Assignment`, `+Help`, `+Directives`.
final class Interpreter: Sendable {
  let registry: CommandRegistry
  let globals: Scope
  let output: any CommandOutput
  let isCancelled: @Sendable () -> Bool
  let limits: Limits
  private let stack: StackBound
  private let depth = Atomic<Int>(0)

  init(
    registry: CommandRegistry, globals: Scope, output: any CommandOutput, limits: Limits, stack: StackBound,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.registry = registry
    self.globals = globals
    self.output = output
    self.limits = limits
    self.stack = stack
    self.isCancelled = isCancelled
  }

  /// An interpreter of the same session for what runs after the cell, on the thread that is running now.
  func resumed(output: any CommandOutput, isCancelled: @escaping @Sendable () -> Bool) -> Interpreter {
    Interpreter(
      registry: registry, globals: globals, output: output, limits: limits,
      stack: StackBound(allowing: limits.stackSize), isCancelled: isCancelled)
  }

  func located(_ problem: Problem, at range: SourceRange) -> LocatedProblem {
    LocatedProblem(problem: problem, range: range)
  }

  /// Stops here when the user asked to.
  func checkCancellation(at range: SourceRange) throws {
    if isCancelled() { throw located(.interrupted, at: range) }
  }

  /// Stops here when the stack is nearly used up.
  func checkStack(at range: SourceRange) throws {
    if stack.isReached { throw located(.outOfStack, at: range) }
  }

  /// Runs the body of a function, one call deeper.
  func nested<Result>(at range: SourceRange, _ body: () throws -> Result) throws -> Result {
    let depth = self.depth.add(1, ordering: .relaxed).newValue
    defer { self.depth.subtract(1, ordering: .relaxed) }
    guard depth <= limits.callDepth else { throw located(.tooManyCalls(limits.callDepth), at: range) }
    try checkStack(at: range)
    try checkCancellation(at: range)
    return try body()
  }
}
