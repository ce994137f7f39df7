import JSONValue

extension Interpreter {
  /// Runs a `%` line; `%time` gives the value of what it timed.
  func run(_ directive: Directive, in scope: Scope) throws -> Value {
    switch directive {
    case .time(let statement):
      let start = ContinuousClock.now
      let flow = try run(statement, in: scope)
      show("time: \(Self.text(of: ContinuousClock.now - start))")
      if case .normal(let value) = flow { return value }
    case .reset: globals.removeAll()
    case .who:
      let variables = globals.variables.map { "\($0.name): \($0.value.type)" }
      show(variables.isEmpty ? "no variables" : variables.joined(separator: "\n"))
    case .list: show(Directive.names.map { "%\($0)" }.joined(separator: "  "))
    }
    return .void
  }

  private func show(_ text: String) {
    _ = output.display(["text/plain": .string(text)])
  }

  /// A duration in the unit that suits it, as `12.3 ms`.
  private static func text(of duration: Duration) -> String {
    let seconds = duration / .seconds(1)
    switch seconds {
    case ..<1e-3: return duration.formatted(microseconds: seconds * 1e6)
    case ..<1: return "\((seconds * 1e4).rounded() / 10) ms"
    case ..<60: return "\((seconds * 1e2).rounded() / 1e2) s"
    default: return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
    }
  }
}

extension Duration {
  fileprivate func formatted(microseconds: Double) -> String { "\(Int(microseconds.rounded())) µs" }
}
