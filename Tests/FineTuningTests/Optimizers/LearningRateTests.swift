import FineTuning
import Foundation
import JSONValue
import TestSupport
import Testing

/// Schedules and warm-ups against transformers' `get_scheduler` and `TrainingArguments.get_warmup_steps`.
struct LearningRateTests {
  @Test(arguments: LearningRate.Schedule.allCases, ["0", "1", "5", "0.1", "0.33"])
  func ratesEqualTransformers(schedule: LearningRate.Schedule, warmup: String) throws {
    let facts = try Fixtures.json("optimizers.json")
    let expected = try #require(facts["learning_rates"]?["\(schedule.rawValue) \(warmup)"]?.array).compactMap(\.number)
    let count = try #require(Double(warmup))
    let rate = LearningRate(
      peak: 3e-4, schedule: schedule, warmup: count > 0 && count < 1 ? .share(count) : .steps(Int(count)),
      totalSteps: expected.count)
    #expect(expected.count == facts["total"]?.integer)
    for (step, value) in expected.enumerated() {
      #expect(abs(rate.value(at: step) - 3e-4 * value) < 1e-16, "step \(step)")
    }
  }
}
