import CommandLanguage
import Datasets
import Figures
import FineTuning
import LanguageModels
import Tokenization

/// Fine-tuning: `train`, `trainer` and what they return.
enum TrainingCommands {
  static let all: [Command] = [train, trainer] + trainerMembers + runMembers + stepMembers

  private static let parameters: [Parameter] = [
    .labelled("on", .object("Dataset"), neighbours: ["HF": "train_dataset"], "The rows, with a column `text`."),
    .labelled(
      "validation", .optional(.object("Dataset")), neighbours: ["HF": "eval_dataset"],
      "Rows that are only looked at: their loss is computed at the end and every `evalSteps`."),
    .labelled(
      "epochs", .double, default: 1, in: NumberRange.above(0), neighbours: ["HF": "num_train_epochs"],
      "Passes over all rows."),
    .labelled(
      "steps", .optional(.int), in: 1..., unit: "steps", neighbours: ["HF": "max_steps", "mlx": "iters"],
      "Optimizer steps, instead of epochs."),
    .labelled(
      "batchSize", .int, default: 4, in: 1...4096, unit: "rows", neighbours: ["HF": "per_device_train_batch_size"],
      "Rows that pass through the model together."),
    .labelled(
      "gradientAccumulation", .int, default: 1, in: 1...4096, unit: "batches",
      neighbours: ["HF": "gradient_accumulation_steps"], "Batches whose gradients are added up before a step."),
    .labelled(
      "learningRate", .double, default: 2e-4, in: 0.0...1.0, neighbours: ["HF": "learning_rate", "PyTorch": "lr"],
      "How far each step goes, at most."),
    .labelled(
      "schedule", .symbol(Symbols.schedules), default: .symbol(Symbol("linear")),
      neighbours: ["HF": "lr_scheduler_type"], "How the learning rate moves."),
    .labelled(
      "warmupSteps", .double, default: 0, in: 0.0..., unit: "steps", neighbours: ["HF": "warmup_steps"],
      "Steps in which the learning rate rises from zero; below 1 a share of all steps."),
    .labelled(
      "optimizer", .symbol(Symbols.optimizers), default: .symbol(Symbol("adamW")), neighbours: ["HF": "optim"],
      "What moves the adapter."),
    .labelled(
      "weightDecay", .double, default: 0, in: 0.0...10.0, neighbours: ["HF": "weight_decay"],
      "How much weights shrink in each step, times the learning rate."),
    .labelled(
      "loraPlusRatio", .double, default: 1, in: NumberRange.above(0), neighbours: ["PEFT": "loraplus_lr_ratio"],
      "How many times faster B learns than A; LoRA+ proposes 16."),
    .labelled(
      "maxGradNorm", .double, default: 1, in: 0.0..., neighbours: ["HF": "max_grad_norm"],
      "Longer gradients are shortened to this; 0 leaves them."),
    .labelled(
      "maxLength", .int, default: 256, in: 2...1_000_000, unit: "tokens",
      neighbours: ["HF": "max_length", "mlx": "max_seq_length"], "Where a row is cut."),
    .labelled(
      "packing", .bool, default: false, neighbours: ["TRL": "packing"],
      "Whether short rows share the place of one of `maxLength` tokens; they do not see each other."),
    .labelled(
      "completionOnly", .bool, default: false, neighbours: ["TRL": "completion_only_loss"],
      "Whether only completions and the assistant's turns are learned."),
    .labelled("shuffle", .bool, default: true, "Whether each epoch has its own order of rows."),
    .labelled(
      "precision", .symbol(Symbols.precisions), default: .symbol(Symbol("float32")),
      "The numbers that are computed with."),
    .labelled("seed", .int, default: 42, in: 0..., "The order of the rows and dropout follow from it."),
    .labelled(
      "evalSteps", .optional(.int), in: 1..., unit: "steps", neighbours: ["HF": "eval_steps"],
      "How often the validation rows are looked at."),
  ]

  private static let train = Command.method(
    "train", of: ModelValue.self, parameters, returns: "TrainingRun",
    "Fine-tunes the model's adapter on rows of text; the loss is drawn while it falls.",
    discussion: """
      The model stays as it was: the trained one is the run's `.model`. Labels are the tokens themselves; order of rows, \
      loss, clipping and schedule are those of Hugging Face's Trainer. To stop in between and go on, use `trainer(on:)`.
      """,
    example: """
      let tiny = load("smollm2-135m").attaching(LoRA(rank: 4))
      tiny.train(on: dataset([["text": "A fine film."]]), steps: 1, maxLength: 8)
      """,
    neighbours: ["HF": "Trainer.train"], source: "Dettmers et al., QLoRA, 2023, arXiv:2305.14314"
  ) { value, call in
    let trainer = try makeTrainer(value, call)
    try run(trainer, steps: trainer.trainer.totalSteps, call)
    return runValue(trainer).value
  }

  private static let trainer = Command.method(
    "trainer", of: ModelValue.self, parameters, returns: "Trainer",
    "Prepares the same training as `train` without running anything yet.",
    example: """
      let tiny = load("smollm2-135m").attaching(LoRA(rank: 4))
      tiny.trainer(on: dataset([["text": "A fine film."]]), steps: 2, maxLength: 8).step()
      """,
    neighbours: ["HF": "Trainer"]
  ) { value, call in try makeTrainer(value, call).value }

  private static func makeTrainer(_ value: ModelValue, _ call: Invocation) throws -> TrainerValue {
    guard value.model.adapter != nil else { throw NoAdapter() }
    let dataset = call.object("on", as: DatasetValue.self).dataset
    let options = TrainingOptions(
      epochs: call.double("epochs"), steps: call.optionalInt("steps"), batchSize: call.int("batchSize"),
      gradientAccumulation: call.int("gradientAccumulation"), learningRate: call.double("learningRate"),
      schedule: Symbols.schedule(call.symbol("schedule")), warmup: try warmup(call),
      optimizer: Symbols.optimizer(call.symbol("optimizer")), weightDecay: call.double("weightDecay"),
      loraPlusRatio: call.double("loraPlusRatio"), maxGradNorm: call.double("maxGradNorm"),
      maxLength: call.int("maxLength"), shuffle: call.bool("shuffle"),
      seed: UInt64(call.int("seed")))
    let rows = try rows(of: dataset, value.model, call)
    let trainer = try Trainer(value.model, rows: rows, options: options)
    let validation = try call.optionalObject("validation", as: DatasetValue.self)
      .map { try self.rows(of: $0.dataset, value.model, call) }
    describe(trainer, dataset, call)
    return TrainerValue(trainer, validation: validation ?? [], evalSteps: call.optionalInt("evalSteps"))
  }

  private static func rows(of dataset: Dataset, _ model: LanguageModel, _ call: Invocation) throws -> [TrainingRow] {
    try trainingRows(
      of: dataset, model: model, maxLength: call.int("maxLength"), packing: call.bool("packing"),
      completionOnly: call.bool("completionOnly"), call: call
    ).rows
  }

  /// A whole number of steps, or a share of them below 1, as transformers reads it.
  private static func warmup(_ call: Invocation) throws -> Warmup {
    let wished = call.double("warmupSteps")
    if wished < 1 { return .share(wished) }
    guard let steps = Int(exactly: wished) else { throw WarmupIsNoCount(wished: wished) }
    return .steps(steps)
  }

  private static func describe(_ trainer: Trainer, _ dataset: Dataset, _ call: Invocation) {
    var text = "\(NumberText.count(trainer.totalSteps)) steps of \(trainer.options.batchSize) rows"
    if trainer.options.gradientAccumulation > 1 { text += " × \(trainer.options.gradientAccumulation)" }
    text += ". Seed \(trainer.options.seed).\n"
    if let warning = dataset.singleLabelWarning(column: "label") {
      text += "note: \(warning.description)\n" + (warning.help.map { "  help: \($0)\n" } ?? "")
    }
    call.output.write(text, to: .standardOutput)
  }

  /// Runs up to a number of steps in all and shows how it goes.
  private static func run(_ value: TrainerValue, steps target: Int, _ call: Invocation) throws {
    let display = TrainingDisplay(value, call.output)
    do {
      display.show(.running, target: target)
      while value.trainer.history.count < target {
        let record = try value.trainer.step(isCancelled: call.isCancelled)
        display.show(.running, target: target)
        let isLast = record.step == value.trainer.totalSteps
        if !value.validation.isEmpty, isLast || value.evalSteps.map({ record.step % $0 == 0 }) == true {
          value.add(try value.trainer.evaluate(value.validation, isCancelled: call.isCancelled))
        }
      }
      display.show(.finished, target: target)
    } catch is CancellationError {
      display.show(.interrupted, target: target)
      throw Interruption()
    } catch {
      display.show(.failed, target: target)
      throw error
    }
  }

  private static func runValue(_ value: TrainerValue) -> RunValue {
    RunValue(
      model: ModelValue(value.trainer.model), history: value.trainer.history, evaluations: value.evaluations)
  }
}

// MARK: - Members

extension TrainingCommands {
  private static let smoothing = Parameter.labelled(
    "smoothing", .double, default: 0.9, in: 0.0..<1.0, "How much the line follows what came before.")

  private static let trainerMembers: [Command] = [
    .method("step", of: TrainerValue.self, [], returns: "Step", "Does one optimizer step.") { value, call in
      guard !value.trainer.isFinished else { throw TrainingIsOver(steps: value.trainer.totalSteps) }
      return try interruptible { StepValue(record: try value.trainer.step(isCancelled: call.isCancelled)).value }
    },
    .method(
      "run", of: TrainerValue.self,
      [
        .labelled(
          "steps", .optional(.int), in: 1..., unit: "steps", "How many steps from here; all that are left if nil.")
      ],
      returns: "TrainingRun", "Goes on with the training, also after an interruption."
    ) { value, call in
      let done = value.trainer.history.count
      let wished = call.optionalInt("steps").map { done + $0 } ?? value.trainer.totalSteps
      let target = min(value.trainer.totalSteps, wished)
      try run(value, steps: target, call)
      return runValue(value).value
    },
    .property("model", of: TrainerValue.self, returns: "Model", "The model as trained so far.") {
      ModelValue($0.trainer.model).value
    },
    .property("history", of: TrainerValue.self, returns: "[Step]", "All steps so far.") {
      .array($0.trainer.history.map { StepValue(record: $0).value })
    },
    .method("lossPlot", of: TrainerValue.self, [smoothing], returns: "Figure", "The chart of the losses so far.") {
      FigureValue($0.chart(smoothing: $1.double("smoothing"))).value
    },
  ]

  private static let runMembers: [Command] = [
    .property("model", of: RunValue.self, returns: "Model", "The trained model.") { $0.model.value },
    .property(
      "history", of: RunValue.self, returns: "[Step]", "All steps.", neighbours: ["HF": "log_history"]
    ) { .array($0.history.map { StepValue(record: $0).value }) },
    .property("loss", of: RunValue.self, returns: .array, "The losses alone.") { .array($0.history.map(\.loss.value)) },
    .property(
      "validationLoss", of: RunValue.self, returns: "Double?",
      "The last loss on the validation rows, if there were any."
    ) { ($0.evaluations.last?.loss).value },
    .method("lossPlot", of: RunValue.self, [smoothing], returns: "Figure", "The chart of the losses.") { run, call in
      FigureValue(
        LossChart.of(run.history, run.evaluations, plannedSteps: nil, smoothing: call.double("smoothing"))
      ).value
    },
  ]

  private static let stepMembers: [Command] = [
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
}

/// A trainer has done all its steps.
struct TrainingIsOver: CommandFailure {
  let steps: Int
  var message: String { "all \(steps) steps of this training are done" }
  var help: String? { "make another trainer with more epochs or steps" }
}

/// A warm-up of more than one step that is no whole number.
struct WarmupIsNoCount: CommandFailure {
  let wished: Double
  var message: String {
    "'warmupSteps' is \(NumberText.fixed(wished, decimals: 2)), and steps are counted in whole numbers"
  }
  var help: String? { "take a whole number, or a share of all steps below 1: warmupSteps: 0.1" }
  var argument: String? { "warmupSteps" }
}
