import FineTuning
import Foundation
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// Numbers that are infinite or none stop a training at once, and nothing is spoiled by them.
struct NonFiniteTests {
  private let tiny = TinyTraining()

  /// A trainer whose adapter has one such number, in B of the second block's `down_proj`.
  private func trainer(_ number: Float) throws -> Trainer {
    var model = try tiny.model()
    let adapter = try #require(model.adapter?.copy())
    adapter.pairs[1][.down]?.b.view.base[5] = number
    model.adapter = adapter
    return try Trainer(model, rows: tiny.rows(8), options: tiny.options(steps: 4))
  }

  @Test(arguments: [Float.nan, .infinity])
  func stepStopsBeforeAnythingIsTouched(number: Float) throws {
    let trainer = try trainer(number)
    let before = try tiny.numbers(of: trainer).map(\.bitPattern)
    for _ in 0..<2 {
      do {
        try trainer.step()
        Issue.record("a loss out of \(number)")
      } catch TrainingError.notFinite(let value, let step, let rows) {
        #expect(value.quantity == .output && step == 1)
        #expect(value.layer == LinearLayer.down.path(inBlock: 1))
        #expect(rows == [Int](rows.prefix(2)) && Set(rows).isSubset(of: 0..<8), "the batch's rows")
      }
    }
    #expect(trainer.stepsDone == 0 && trainer.history.isEmpty)
    #expect(try tiny.numbers(of: trainer).map(\.bitPattern) == before)
    #expect(throws: TrainingError.self) { try trainer.evaluate(tiny.rows(3)) }
  }

  /// A rate that is far too high ends in an error and not in a loss of nothing.
  @Test func absurdRateIsFound() throws {
    var options = tiny.options(steps: 50)
    (options.learningRate, options.schedule, options.maxGradNorm) = (1e30, .constant, 0)
    let trainer = try tiny.trainer(options)
    #expect(throws: TrainingError.self) { while try trainer.advance() != nil {} }
    #expect(trainer.stepsDone < 5 && trainer.history.allSatisfy { $0.loss.isFinite && $0.gradientNorm.isFinite })
  }
}
