import FineTuning
import Foundation
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// What a step learns depends on its rows alone, not on how they are handed over.
struct AccumulationTests {
  private let tiny = TinyTraining()

  /// Rows of different lengths: a mean of the batches' means would differ.
  @Test(arguments: [(1, 8), (2, 4), (4, 2)])
  func accumulationIsOneBigBatch(batchSize: Int, accumulation: Int) throws {
    var options = tiny.options(steps: 4)
    (options.batchSize, options.gradientAccumulation) = (8, 1)
    let big = try tiny.trainer(options)
    (options.batchSize, options.gradientAccumulation) = (batchSize, accumulation)
    let small = try tiny.trainer(options)
    for _ in 0..<4 {
      let (one, other) = (try big.step(), try small.step())
      #expect(abs(one.loss - other.loss) < 1e-5 && abs(one.gradientNorm - other.gradientNorm) < 1e-5)
      #expect(one.rows == other.rows && one.tokens == other.tokens)
    }
    // Adam's quotient is noise where a gradient is.
    let (one, other) = (try tiny.numbers(of: big), try tiny.numbers(of: small))
    #expect(zip(one, other).count { abs($0 - $1) > 1e-4 } <= one.count / 100)
  }

  @Test func onlyCompletionsAreLearned() throws {
    let (whole, part) = (tiny.rows(4), tiny.rows(4, learned: 3))
    var options = tiny.options(steps: 1)
    options.batchSize = 4
    let trainer = try tiny.trainer(options, rows: part)
    let labels = try trainer.evaluate(part)
    #expect(labels.tokens == 12 && labels.rows == 4)
    #expect(try trainer.evaluate(whole).tokens == whole.reduce(0) { $0 + $1.labelCount })
    // The loss of a row is that of its last three tokens, which a gradient of those alone changes.
    let apart = try part.map { try trainer.evaluate([$0]).loss }
    #expect(abs(labels.loss - apart.reduce(0, +) / 4) < 1e-6, "each row has as many labels")
    #expect(try trainer.step().tokens == part.reduce(0) { $0 + $1.tokenCount })
  }

  /// A step without a label has no gradient, and a mean over nothing is no loss.
  @Test func batchWithoutLabelsIsRefused() throws {
    let rows = tiny.rows(4, learned: 0)
    var options = tiny.options(steps: 2)
    options.shuffle = false
    let trainer = try tiny.trainer(options, rows: rows)
    let before = try tiny.numbers(of: trainer)
    #expect(throws: TrainingError.noLabels(batch: [0, 1])) { try trainer.step() }
    #expect(throws: TrainingError.noLabels(batch: [0, 1, 2, 3])) { try trainer.evaluate(rows) }
    #expect(trainer.stepsDone == 0 && trainer.history.isEmpty)
    #expect(try tiny.numbers(of: trainer) == before)
  }

  /// Of several batches of a step one may have no label.
  @Test func batchWithoutLabelsInsideAStepIsLeftOut() throws {
    var options = tiny.options(steps: 1)
    (options.batchSize, options.gradientAccumulation, options.shuffle) = (1, 2, false)
    let rows = [tiny.rows(2)[0], tiny.rows(2, learned: 0)[1]]
    let both = try tiny.trainer(options, rows: rows).step()
    options.gradientAccumulation = 1
    #expect(try tiny.trainer(options, rows: rows).step().gradientNorm == both.gradientNorm)
  }

  @Test func rowThatIsTooLongIsRefused() throws {
    var options = tiny.options(steps: 1)
    options.maxLength = 8
    #expect(throws: TrainingError.rowTooLong(row: 0, tokens: tiny.rows(1)[0].tokenCount, limit: 8)) {
      try tiny.trainer(options)
    }
  }
}
