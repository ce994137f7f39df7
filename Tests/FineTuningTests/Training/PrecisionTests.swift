import FineTuning
import LanguageModels
import TensorCore
import Testing

/// A training in bfloat16 beside the same one in float32.
struct PrecisionTests {
  private let tiny = TinyTraining()

  private func trained(_ precision: Precision) throws -> Trainer {
    var options = tiny.options(steps: 12)
    options.precision = precision
    let trainer = try tiny.trainer(options)
    for _ in 0..<12 { try trainer.step() }
    return trainer
  }

  @Test(.enabled(if: InstructionSet.current.bfloats != nil)) func bfloat16LearnsAsMuch() throws {
    let (exact, rounded) = (try trained(.float32), try trained(.bfloat16))
    let (one, other) = (try exact.evaluate(tiny.rows(24)).loss, try rounded.evaluate(tiny.rows(24)).loss)
    #expect(one != other, "the precision is used")
    #expect(abs(other / one - 1) < 0.005)
  }

  @Test func everyProcessorHasFloat32() {
    #expect(Precision.float32.onThisProcessor == .float32)
    #expect(Precision.bfloat16.onThisProcessor == (InstructionSet.current.bfloats == nil ? .float32 : .bfloat16))
  }
}
