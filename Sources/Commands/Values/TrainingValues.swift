import CommandLanguage
import Figures
import FineTuning
import JSONValue
import Synchronization

/// A trainer as a cell holds it: the same training goes on with each call.
package final class TrainerValue: CommandObject, @unchecked Sendable {
  // Only the evaluation thread runs cells, so only it touches the trainer.
  package static let typeName = "Trainer"
  let trainer: Trainer
  let validation: [TrainingRow]
  let evalSteps: Int?
  private(set) var evaluations: [LossEvaluation] = []

  init(_ trainer: Trainer, validation: [TrainingRow], evalSteps: Int?) {
    self.trainer = trainer
    self.validation = validation
    self.evalSteps = evalSteps
  }

  package var description: String {
    "Trainer: \(trainer.history.count) of \(trainer.totalSteps) steps done"
  }

  func add(_ evaluation: LossEvaluation) { evaluations.append(evaluation) }

  /// The chart of the losses so far.
  func chart(smoothing: Double) -> LossChart {
    .of(trainer.history, evaluations, plannedSteps: trainer.totalSteps, smoothing: smoothing)
  }
}

/// What `train` returns: the trained model and how the loss fell.
package struct RunValue: CommandObject {
  package static let typeName = "TrainingRun"
  package let model: ModelValue
  package let history: [StepRecord]
  package let evaluations: [LossEvaluation]

  package var description: String {
    guard !history.isEmpty else { return "no steps" }
    let seconds = history.reduce(0) { $0 + $1.seconds }
    let tokens = history.reduce(0) { $0 + $1.tokens }
    return "\(history.count) steps in \(NumberText.duration(seconds: seconds)), "
      + "\(NumberText.tokensPerSecond(Double(tokens) / max(seconds, 1e-9))): mean loss "
      + "\(NumberText.fixed(mean(history.prefix(fifth)), decimals: 3)) in the first \(fifth) steps, "
      + "\(NumberText.fixed(mean(history.suffix(fifth)), decimals: 3)) in the last"
  }

  /// Single steps see different rows, so their losses say little: a fifth of the steps is compared with a fifth.
  private var fifth: Int { max(1, history.count / 5) }

  private func mean(_ records: ArraySlice<StepRecord>) -> Double {
    records.reduce(0) { $0 + $1.loss } / Double(records.count)
  }
}

/// One optimizer step.
package struct StepValue: CommandObject {
  package static let typeName = "Step"
  package let record: StepRecord

  package var description: String {
    "step \(record.step): loss \(NumberText.fixed(record.loss, decimals: 4)), "
      + "gradient norm \(NumberText.fixed(record.gradientNorm, decimals: 3)), "
      + "learning rate \(NumberText.scientific(record.learningRate, digits: 2))"
  }
}

extension LossChart {
  /// The chart of a run.
  static func of(
    _ history: [StepRecord], _ evaluations: [LossEvaluation], plannedSteps: Int?, smoothing: Double
  ) -> LossChart {
    LossChart(
      runs: [
        Run(
          name: "training", losses: history.map { Point(Double($0.step), $0.loss) },
          evaluations: evaluations.map { Point(Double($0.step), $0.loss) })
      ], smoothing: smoothing, plannedSteps: plannedSteps)
  }
}
