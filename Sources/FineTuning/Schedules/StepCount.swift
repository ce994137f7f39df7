import Foundation

/// A number of optimizer steps, said outright or as a share of a training.
package enum StepCount: Sendable, Hashable {
  case steps(Int)
  /// A share of all steps, 0 ..< 1, rounded up: what transformers takes counts below 1 for.
  case share(Double)

  /// The number of steps in a training of `total` steps.
  package func steps(of total: Int) -> Int {
    switch self {
    case .steps(let count): count
    case .share(let share): Int((Double(total) * share).rounded(.up))
    }
  }

  /// Whether something that is done once in so many steps is due when `step` of them are done.
  package func isDue(at step: Int, of total: Int) -> Bool { step > 0 && step % max(1, steps(of: total)) == 0 }
}
