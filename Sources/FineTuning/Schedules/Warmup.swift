import Foundation

/// The steps at the beginning of a training in which the learning rate rises from zero.
package enum Warmup: Sendable, Hashable {
  case steps(Int)
  /// A share of all steps, 0 ..< 1, rounded up: what transformers takes a `warmup_steps` below 1 for.
  case share(Double)

  /// The number of steps in a training of `total` steps.
  package func steps(of total: Int) -> Int {
    switch self {
    case .steps(let count): count
    case .share(let share): Int((Double(total) * share).rounded(.up))
    }
  }
}
