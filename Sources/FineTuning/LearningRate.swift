import Foundation

/// The learning rate by optimizer step: warm-up, then constant or falling to zero.
///
/// As transformers' `get_linear_schedule_with_warmup`: with a warm-up the first step has rate 0.
package struct LearningRate: Sendable, Hashable {
  let peak: Double
  let schedule: TrainingOptions.Schedule
  let warmupSteps: Int
  let totalSteps: Int

  package init(peak: Double, schedule: TrainingOptions.Schedule, warmupSteps: Int, totalSteps: Int) {
    self.peak = peak
    self.schedule = schedule
    self.warmupSteps = warmupSteps
    self.totalSteps = totalSteps
  }

  /// The rate of a step, counted from 0.
  package func value(at step: Int) -> Double {
    if step < warmupSteps { return peak * Double(step) / Double(warmupSteps) }
    switch schedule {
    case .constant: return peak
    case .linear:
      return peak * max(0, Double(totalSteps - step) / Double(max(1, totalSteps - warmupSteps)))
    }
  }
}
