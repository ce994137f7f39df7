import FineTuning
import Foundation
import JSONValue
import LanguageModels
import ModelFiles
import TestSupport
import Testing

/// When a training stops by itself, and with which adapter it ends.
struct EarlyStoppingTests {
  private let tiny = TinyTraining()

  /// Series of losses as transformers' `EarlyStoppingCallback` and `_determine_best_metric` judge them.
  @Test func stopsWhereTransformersDoes() throws {
    let cases = try #require(Fixtures.json("optimizers.json")["early_stopping"]?.array)
    #expect(cases.count == 20)
    for facts in cases {
      let rule = EarlyStopping(
        patience: try #require(facts["patience"]?.integer), threshold: try #require(facts["threshold"]?.number))
      var (progress, count) = (ValidationProgress(), 0)
      for loss in try #require(facts["losses"]?.array).compactMap(\.number) {
        count += 1
        _ = progress.add(loss, step: count, threshold: rule.threshold)
        if progress.stops(rule) { break }
      }
      #expect(count == facts["evaluations"]?.integer, "\(facts)")
      #expect(progress.best?.step == facts["best"]?.integer, "\(facts)")
    }
  }

  /// A learning rate that is far too high drives the loss up, and the training ends with what was before that.
  @Test func bestAdapterIsKept() throws {
    var options = tiny.options(steps: 40)
    options.learningRate = 0.3
    options.evaluation = .steps(2)
    options.earlyStopping = EarlyStopping(patience: 3)
    options.loadBestModelAtEnd = true
    let trainer = try tiny.trainer(options, validation: tiny.rows(4, seed: 9))
    var kept: [Int: [Float]] = [:]
    var restored: Int?
    while let event = try trainer.advance() {
      if case .evaluation(let evaluation) = event { kept[evaluation.step] = try tiny.numbers(of: trainer) }
      if case .restoredBest(let step) = event { restored = step }
    }
    let best = try #require(trainer.progress.best)
    #expect(trainer.hasStoppedEarly && trainer.stepsDone < 40 && trainer.stepsDone == best.step + 6)
    #expect(restored == best.step && trainer.evaluations.map(\.loss).min() == best.loss)
    #expect(try tiny.numbers(of: trainer) == kept[best.step])
    #expect(try trainer.evaluate().loss == best.loss)
    #expect(try trainer.advance() == nil, "it is over")
  }

  @Test func evaluationsComeWhenTheyAreDue() throws {
    var options = tiny.options(steps: 10)
    options.evaluation = .share(0.35)
    let trainer = try tiny.trainer(options, validation: tiny.rows(3, seed: 9))
    while try trainer.advance() != nil {}
    #expect(trainer.evaluations.map(\.step) == [4, 8, 10], "each 35 % of ten steps, rounded up, and at the end")
    #expect(trainer.evaluations.allSatisfy { $0.rows == 3 && $0.loss.isFinite })
  }

  @Test func judgingNeedsRows() throws {
    for change: (inout TrainingOptions) -> Void in [
      { $0.evaluation = .steps(2) }, { $0.earlyStopping = EarlyStopping() }, { $0.loadBestModelAtEnd = true },
    ] {
      var options = tiny.options(steps: 2)
      change(&options)
      #expect(throws: TrainingError.noValidation) { try tiny.trainer(options) }
    }
    #expect(throws: TrainingError.noValidation) { try tiny.trainer(tiny.options(steps: 2)).evaluate() }
  }

  /// A row of the log is the mean of the losses since the one before; the last one may stand for fewer steps.
  @Test func logTellsMeans() throws {
    var options = tiny.options(steps: 7)
    let every = try tiny.trainer(options)
    options.logging = .steps(3)
    let third = try tiny.trainer(options)
    let steps = try (0..<7).map { _ in try every.step() }
    for _ in 0..<7 { try third.step() }
    #expect(every.history == steps)
    #expect(third.history.map(\.step) == [3, 6, 7])
    #expect(abs(third.history[1].loss - steps[3..<6].reduce(0) { $0 + $1.loss } / 3) < 1e-12)
    #expect(third.history[1].learningRate == steps[5].learningRate && third.history[2].loss == steps[6].loss)
    #expect(third.history[1].rows == steps[3..<6].flatMap(\.rows))
    #expect(third.history.reduce(0) { $0 + $1.tokens } == every.tokensSeen)
  }
}
