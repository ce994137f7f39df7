import CommandLanguage
import Figures
import FineTuning

/// What trainers, runs, steps and evaluations can do.
enum TrainingMembers {
  static let all: [Command] = trainer + run + step + evaluation

  private static let smoothing = Parameter.labelled(
    "smoothing", .double, default: 0.9, in: 0.0..<1.0, "How much the line follows what came before.")

  private static let trainer: [Command] = [
    .method(
      "step", of: TrainerValue.self, [], returns: "Step", "Does one optimizer step, and what is due after it."
    ) { value, call in try interruptible { StepValue(record: try value.step(call)).value } },
    .method(
      "run", of: TrainerValue.self,
      [
        .labelled(
          "steps", .optional(.int), in: 1..., unit: "steps", "How many steps from here; all that are left if nil.")
      ],
      returns: "TrainingRun", "Goes on with the training, also after an interruption."
    ) { value, call in
      let all = value.trainer.totalSteps
      let wished = call.optionalInt("steps").map { value.trainer.stepsDone + $0 } ?? all
      do {
        return try value.run(to: min(all, wished), call).value
      } catch let interruption as Interruption {
        let done = value.trainer.stepsDone
        let place = done == 0 ? "at the first step" : "behind step \(NumberText.count(done))"
        call.output.write("run() of the same trainer goes on \(place).\n", to: .standardOutput)
        throw interruption
      }
    },
    .method(
      "evaluate", of: TrainerValue.self, [], returns: "TrainingEvaluation",
      "Judges the model as trained so far on the validation rows.", neighbours: ["HF": "Trainer.evaluate"]
    ) { value, call in
      try interruptible { EvaluationValue(try value.trainer.evaluate(isCancelled: call.isCancelled)).value }
    },
    .method(
      "save", of: TrainerValue.self,
      [.labelled("to", .optional(.path), "The folder that will hold the checkpoint; the trainer's `output` if nil.")],
      "Writes a checkpoint, from which `resuming(from:on:)` goes on bit for bit.",
      neighbours: ["HF": "Trainer.save_state"]
    ) { value, call in
      let path = try value.trainer.save(to: call.optionalString("to"))
      call.output.write("Step \(NumberText.count(value.trainer.stepsDone)) in \(path).\n", to: .standardOutput)
      return .void
    },
    .property("model", of: TrainerValue.self, returns: "Model", "The model as trained so far.") {
      ModelValue($0.trainer.model).value
    },
    .property("history", of: TrainerValue.self, returns: "[Step]", "All steps so far.") {
      .array($0.trainer.history.map { StepValue(record: $0).value })
    },
    .property(
      "evaluations", of: TrainerValue.self, returns: "[TrainingEvaluation]", "What the validation rows said so far."
    ) { .array($0.trainer.evaluations.map { EvaluationValue($0).value }) },
    .property("steps", of: TrainerValue.self, returns: .int, "Optimizer steps of the whole training.") {
      $0.trainer.totalSteps.value
    },
    .method("lossPlot", of: TrainerValue.self, [smoothing], returns: "Figure", "The chart of the losses so far.") {
      FigureValue(
        LossChart.of(
          $0.trainer.history, $0.trainer.evaluations, plannedSteps: $0.trainer.totalSteps,
          smoothing: $1.double("smoothing"))
      ).value
    },
  ]

  private static let run: [Command] = [
    .property("model", of: RunValue.self, returns: "Model", "The trained model.") { $0.model.value },
    .property(
      "history", of: RunValue.self, returns: "[Step]", "All steps.", neighbours: ["HF": "log_history"]
    ) { .array($0.history.map { StepValue(record: $0).value }) },
    .property("loss", of: RunValue.self, returns: .array, "The losses alone.") { .array($0.history.map(\.loss.value)) },
    .property(
      "evaluations", of: RunValue.self, returns: "[TrainingEvaluation]", "What the validation rows said."
    ) { .array($0.evaluations.map { EvaluationValue($0).value }) },
    .property(
      "validationLoss", of: RunValue.self, returns: "Double?",
      "The last loss on the validation rows, if there were any."
    ) { ($0.evaluations.last?.loss).value },
    .property(
      "bestStep", of: RunValue.self, returns: "Int?",
      "The step after which the validation loss was the least.", neighbours: ["HF": "best_global_step"]
    ) { $0.bestStep.value },
    .method("lossPlot", of: RunValue.self, [smoothing], returns: "Figure", "The chart of the losses.") { run, call in
      FigureValue(
        LossChart.of(run.history, run.evaluations, plannedSteps: nil, smoothing: call.double("smoothing"))
      ).value
    },
  ]

  private static let step: [Command] = [
    .property("step", of: StepValue.self, returns: .int, "Counted from 1.") { $0.record.step.value },
    .property("epoch", of: StepValue.self, returns: .double, "Passes over the rows so far.") { $0.record.epoch.value },
    .property("loss", of: StepValue.self, returns: .double, "Nats per token.") { $0.record.loss.value },
    .property("gradientNorm", of: StepValue.self, returns: .double, "The gradient's length before clipping.") {
      $0.record.gradientNorm.value
    },
    .property("learningRate", of: StepValue.self, returns: .double, "The learning rate of the step.") {
      $0.record.learningRate.value
    },
    .property("tokens", of: StepValue.self, returns: .int, "Tokens that passed through the model.") {
      $0.record.tokens.value
    },
    .property("seconds", of: StepValue.self, returns: .double, "How long the step took.") { $0.record.seconds.value },
  ]

  private static let evaluation: [Command] = [
    .property("step", of: EvaluationValue.self, returns: .int, "Optimizer steps that were done before.") {
      $0.evaluation.step.value
    },
    .property("loss", of: EvaluationValue.self, returns: .double, "Nats per token.", neighbours: ["HF": "eval_loss"]) {
      $0.evaluation.loss.value
    },
    .property("perplexity", of: EvaluationValue.self, returns: .double, "The exponential of the loss.") {
      $0.evaluation.perplexity.value
    },
    .property(
      "tokenAccuracy", of: EvaluationValue.self, returns: .double,
      "The share of learned tokens that the model holds for the most probable.",
      neighbours: ["TRL": "mean_token_accuracy"]
    ) { $0.evaluation.tokenAccuracy.value },
    .property(
      "accuracy", of: EvaluationValue.self, returns: .double,
      "The share of rows of which all learned tokens are right: with one word to learn, that of a classifier."
    ) { $0.evaluation.accuracy.value },
    .property("seconds", of: EvaluationValue.self, returns: .double, "How long it took.") {
      $0.evaluation.seconds.value
    },
  ]
}
