import CommandLanguage
import Figures
import FineTuning

/// A trainer as a cell holds it: the same training goes on with each call.
package final class TrainerValue: CommandObject, @unchecked Sendable {
  // Only the evaluation thread runs cells, so only it touches the trainer.
  package static let typeName = "Trainer"
  let trainer: Trainer

  init(_ trainer: Trainer) { self.trainer = trainer }

  package var description: String {
    "Trainer: \(trainer.stepsDone) of \(trainer.totalSteps) steps done\(trainer.hasStoppedEarly ? ", stopped early" : "")"
  }
}

/// What `train` returns: the trained model and how the loss fell.
package struct RunValue: CommandObject {
  package static let typeName = "TrainingRun"
  package let model: ModelValue
  package let history: [StepRecord]
  package let evaluations: [Evaluation]
  package let bestStep: Int?

  init(_ value: TrainerValue) {
    model = ModelValue(value.trainer.model)
    history = value.trainer.history
    evaluations = value.trainer.evaluations
    bestStep = value.trainer.progress.best?.step
  }

  package var description: String {
    guard let last = history.last else { return "no steps" }
    let seconds = history.reduce(0) { $0 + $1.seconds }
    let tokens = history.reduce(0) { $0 + $1.tokens }
    return "\(last.step) steps in \(NumberText.duration(seconds: seconds)), "
      + "\(NumberText.tokensPerSecond(Double(tokens) / max(seconds, 1e-9))): mean loss "
      + "\(NumberText.fixed(mean(history.prefix(fifth)), decimals: 3)) in the first \(fifth == 1 ? "step" : "\(fifth) steps"), "
      + "\(NumberText.fixed(mean(history.suffix(fifth)), decimals: 3)) in the last"
      + (evaluations.last.map { "; \(EvaluationValue($0).words)" } ?? "")
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

/// What the validation rows said.
package struct EvaluationValue: CommandObject {
  package static let typeName = "TrainingEvaluation"
  package let evaluation: Evaluation

  init(_ evaluation: Evaluation) { self.evaluation = evaluation }

  package var description: String { "after step \(evaluation.step): \(words)" }

  fileprivate var words: String {
    "validation loss \(NumberText.fixed(evaluation.loss, decimals: 4)), "
      + "perplexity \(NumberText.fixed(evaluation.perplexity, decimals: 2)), "
      + "\(NumberText.percent(evaluation.tokenAccuracy)) of tokens and \(NumberText.percent(evaluation.accuracy)) of rows "
      + "right"
  }
}

extension LossChart {
  /// The chart of a run.
  static func of(
    _ history: [StepRecord], _ evaluations: [Evaluation], plannedSteps: Int?, smoothing: Double
  ) -> LossChart {
    LossChart(
      runs: [
        Run(
          name: "training", losses: history.map { Point(Double($0.step), $0.loss) },
          evaluations: evaluations.map { Point(Double($0.step), $0.loss) })
      ], smoothing: smoothing, plannedSteps: plannedSteps)
  }
}
