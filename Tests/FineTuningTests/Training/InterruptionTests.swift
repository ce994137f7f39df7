import FineTuning
import Foundation
import LanguageModels
import ModelFiles
import Synchronization
import TensorCore
import TestSupport
import Testing

/// Stopping a training: soon, and without a trace.
@Suite(.serialized)
struct InterruptionTests {
  private let tiny = TinyTraining()

  /// A step that was stopped anywhere has not happened.
  @Test func interruptedStepHasNotHappened() throws {
    var options = tiny.options(steps: 3)
    options.gradientAccumulation = 2
    let (whole, trainer) = (try tiny.trainer(options, dropout: 0.2), try tiny.trainer(options, dropout: 0.2))
    let expected = try (0..<3).map { _ in try whole.step() }
    var records: [StepRecord] = []
    var (limit, interruptions) = (0, 0)
    while !trainer.isFinished {
      var calls = 0
      limit += 7
      do {
        records.append(
          try trainer.step {
            calls += 1
            return calls > limit
          })
        limit = 0
      } catch is CancellationError {
        interruptions += 1
        #expect(trainer.stepsDone == records.count)
      }
    }
    #expect(interruptions > 10)
    #expect(records.map(\.loss) == expected.map(\.loss) && records.map(\.gradientNorm) == expected.map(\.gradientNorm))
    #expect(try tiny.numbers(of: trainer) == tiny.numbers(of: whole))
  }

  @Test func interruptedEvaluationIsDoneAgain() throws {
    var options = tiny.options(steps: 2)
    options.evaluation = .steps(1)
    let trainer = try tiny.trainer(options, validation: tiny.rows(4, seed: 9))
    _ = try trainer.advance()
    #expect(throws: CancellationError.self) { try trainer.advance { true } }
    guard case .evaluation(let evaluation) = try trainer.advance() else {
      Issue.record("the evaluation is still due")
      return
    }
    #expect(evaluation.step == 1 && trainer.stepsDone == 1)
  }

  /// Wherever a step of the real model is, it stops within 100 ms; of five times, the middle one counts.
  @Test func stepOfARealModelStopsWithin100Milliseconds() throws {
    let model = try LanguageModel(ggufPath: Fixtures.smolLM2).quantized()
      .attaching(LoRA(rank: 8, alpha: 16, targets: Set(LinearLayer.allCases)), seed: 42)
    let generator = SplitMix64(seed: 1)
    let texts = (0..<4).map { row in (0..<256).map { Int(generator.bits(at: UInt64(256 * row + $0)) % 49_000) } }
    let trainer = try Trainer(model, sequences: texts, options: TrainingOptions(steps: 1, batchSize: 4))
    var waits: [Double] = []
    for attempt in 0..<5 {
      let asked = Mutex<ContinuousClock.Instant?>(nil)
      let isCancelled = Atomic(false)
      let thread = Thread {
        Thread.sleep(forTimeInterval: 0.15 * Double(attempt + 1))
        asked.withLock { $0 = .now }
        isCancelled.store(true, ordering: .relaxed)
      }
      thread.start()
      #expect(throws: CancellationError.self) {
        try trainer.step { isCancelled.load(ordering: .relaxed) }
      }
      if let asked = asked.withLock({ $0 }) { waits.append((ContinuousClock.now - asked) / .milliseconds(1)) }
    }
    #expect(waits.count == 5 && waits.sorted()[2] < 100, "\(waits) ms")
    #expect(trainer.stepsDone == 0)
  }
}
