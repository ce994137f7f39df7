/// An error of a command that a student can do something about.
///
/// It is shown with a caret at the call, or at the argument that it names:
/// `error: cannot store 'blk.0.attn_q.weight' as q4_K: …` and below it `help: …`.
package protocol CommandFailure: Error {
  /// What was found and what was expected: lower case, no final period.
  var message: String { get }
  /// What to do next.
  var help: String? { get }
  /// The parameter whose argument is at fault.
  var argument: String? { get }
}

extension CommandFailure {
  package var help: String? { nil }
  package var argument: String? { nil }
}

/// The user stopped the cell.
///
/// Nothing in a cell can catch it.
package struct Interruption: Error {
  package init() {}
}
