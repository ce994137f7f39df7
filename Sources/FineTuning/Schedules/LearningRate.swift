import Foundation

/// The learning rate by optimizer step: warm-up, then constant or falling to zero.
///
/// As transformers' `get_constant_schedule_with_warmup`, `get_linear_schedule_with_warmup` and
/// `get_cosine_schedule_with_warmup`: with a warm-up the first step has rate 0.
package struct LearningRate: Sendable, Hashable {
  /// How the rate moves after the warm-up.
  package enum Schedule: String, Sendable, CaseIterable {
    /// Stays as it is; HF's `constant_with_warmup`.
    case constant
    /// Falls evenly to zero.
    case linear
    /// Falls to zero along half a cosine.
    case cosine
  }

  let peak: Double
  let schedule: Schedule
  let warmupSteps: Int
  let totalSteps: Int

  package init(peak: Double, schedule: Schedule, warmup: StepCount, totalSteps: Int) {
    self.peak = peak
    self.schedule = schedule
    self.totalSteps = totalSteps
    warmupSteps = warmup.steps(of: totalSteps)
  }

  /// The rate of a step, counted from 0.
  package func value(at step: Int) -> Double {
    if step < warmupSteps { return peak * (Double(step) / Double(warmupSteps)) }
    let length = Double(max(1, totalSteps - warmupSteps))
    switch schedule {
    case .constant: return peak
    case .linear: return peak * max(0, Double(totalSteps - step) / length)
    case .cosine: return peak * max(0, 0.5 * (1 + cos(.pi * (Double(step - warmupSteps) / length))))
    }
  }
}
