/// Why a cell did not run, or stopped: one diagnostic for each mistake, as data and as text.
package struct CellError: Error, Sendable {
  package enum Kind: String, Sendable {
    /// The cell did not parse; nothing of it ran.
    case syntax = "SyntaxError"
    /// It stopped at a mistake.
    ///
    /// What it had assigned until then stays.
    case runtime = "Error"
    /// The user stopped it.
    case interrupted = "Interrupted"
  }

  package let kind: Kind
  package let diagnostics: [Diagnostic]

  /// The message of the first mistake, for one-line summaries.
  package var message: String { diagnostics.first?.problem.message ?? "" }
}

/// One mistake, where it is, and the calls that led there.
package struct Diagnostic: Sendable {
  package let problem: Problem
  /// The place, or `nil` for a mistake that has none.
  package let range: SourceRange?
  /// The calls through which it came, innermost first.
  package let calls: [SourceRange]

  package init(problem: Problem, range: SourceRange?, calls: [SourceRange] = []) {
    self.problem = problem
    self.range = range
    self.calls = calls
  }
}

extension CellError {
  init(_ located: LocatedProblem) {
    kind = if case .interrupted = located.problem { .interrupted } else { .runtime }
    diagnostics = [Diagnostic(problem: located.problem, range: located.range, calls: located.calls)]
  }
}
