import CommandLanguage
import FineTuning

/// The parameters that `train` and `trainer` share, and the options that they stand for.
enum TrainingParameters {
  static let all: [Parameter] = [dataset, validation] + steps + learning + rows + passes + keeping + watching

  static let dataset = Parameter.labelled(
    "on", .object("Dataset"), neighbours: ["HF": "train_dataset"],
    "The rows: text, prompts and completions, or conversations.")
  static let validation = Parameter.labelled(
    "validation", .optional(.object("Dataset")), neighbours: ["HF": "eval_dataset"],
    "Rows that are only looked at: loss, perplexity and accuracy are computed at the end and every `evalSteps`.")

  private static let steps: [Parameter] = [
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
  ]

  private static let learning: [Parameter] = [
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
      "weightDecay", .double, default: 0, in: 0.0...10.0, neighbours: ["HF": "weight_decay"],
      "How much weights shrink in each step, times the learning rate."),
    .labelled(
      "maxGradNorm", .double, default: 1, in: 0.0..., neighbours: ["HF": "max_grad_norm"],
      "Longer gradients are shortened to this; 0 leaves them."),
    .labelled(
      "optimizer", .symbol(Symbols.optimizers), default: .symbol(Symbol("adamW")), neighbours: ["HF": "optim"],
      "What moves the adapter."),
    .labelled(
      "loraPlusRatio", .double, default: 1, in: NumberRange.above(0), neighbours: ["PEFT": "loraplus_lr_ratio"],
      "How many times faster B learns than A; LoRA+ proposes 16."),
    .labelled(
      "neftuneNoiseAlpha", .double, default: 0, in: 0.0..., neighbours: ["HF": "neftune_noise_alpha"],
      "How strong the noise on the embeddings is; NEFTune proposes 5."),
  ]

  private static let rows: [Parameter] = [
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
  ]

  private static let passes: [Parameter] = [
    .labelled(
      "precision", .symbol(Symbols.precisions), default: .symbol(Symbol("bfloat16")),
      neighbours: ["HF": "bf16"], "The numbers that products with the model's weights take."),
    .labelled(
      "recompute", .bool, default: false, neighbours: ["HF": "gradient_checkpointing"],
      "Whether layers are computed again in the backward pass: less memory, more time."),
    .labelled("seed", .int, default: 42, in: 0..., "The order of the rows, dropout and noise follow from it."),
  ]

  private static let keeping: [Parameter] = [
    .labelled(
      "output", .path, default: "qlora-out", neighbours: ["HF": "output_dir"], "The folder of the checkpoints."),
    .labelled(
      "saveSteps", .optional(.double), in: NumberRange.above(0), unit: "steps", neighbours: ["HF": "save_steps"],
      "How often a checkpoint is written, and at the end; below 1 a share of all steps. Never if nil."),
    .labelled(
      "saveTotalLimit", .optional(.int), in: 1..., unit: "checkpoints", neighbours: ["HF": "save_total_limit"],
      "How many checkpoints are kept, the best one among them; all if nil."),
  ]

  private static let watching: [Parameter] = [
    .labelled(
      "loggingSteps", .double, default: 1, in: NumberRange.above(0), unit: "steps",
      neighbours: ["HF": "logging_steps"],
      "How many steps a row of the history stands for; below 1 a share of all steps."),
    .labelled(
      "evalSteps", .optional(.double), in: NumberRange.above(0), unit: "steps", neighbours: ["HF": "eval_steps"],
      "How often the validation rows are looked at; below 1 a share of all steps."),
    .labelled(
      "patience", .optional(.int), in: 1..., unit: "evaluations",
      neighbours: ["HF": "early_stopping_patience"],
      "After how many evaluations without a lower loss the training stops early."),
    .labelled(
      "threshold", .double, default: 0, in: 0.0..., unit: "nats per token",
      neighbours: ["HF": "early_stopping_threshold"], "How much lower a loss must be for `patience`."),
    .labelled(
      "loadBestModelAtEnd", .bool, default: false, neighbours: ["HF": "load_best_model_at_end"],
      "Whether the training ends with the adapter whose validation loss was the least."),
  ]
}

extension TrainingOptions {
  /// The options that a call gives.
  ///
  /// - Throws: ``StepsAreNoCount``.
  init(_ call: Invocation) throws {
    self.init(
      epochs: call.double("epochs"), steps: call.optionalInt("steps"), batchSize: call.int("batchSize"),
      gradientAccumulation: call.int("gradientAccumulation"), learningRate: call.double("learningRate"),
      schedule: Symbols.schedule(call.symbol("schedule")),
      warmup: try StepCount(call.double("warmupSteps"), "warmupSteps"),
      optimizer: Symbols.optimizer(call.symbol("optimizer")), weightDecay: call.double("weightDecay"),
      maxGradNorm: call.double("maxGradNorm"), maxLength: call.int("maxLength"), shuffle: call.bool("shuffle"),
      precision: Symbols.precision(call.symbol("precision")), seed: UInt64(call.int("seed")))
    loraPlusRatio = call.double("loraPlusRatio")
    neftuneNoiseAlpha = call.double("neftuneNoiseAlpha")
    packing = call.bool("packing")
    completionOnly = call.bool("completionOnly")
    recompute = call.bool("recompute")
    logging = try StepCount(call.double("loggingSteps"), "loggingSteps")
    evaluation = try call.optionalDouble("evalSteps").map { try StepCount($0, "evalSteps") }
    earlyStopping = call.optionalInt("patience").map {
      EarlyStopping(patience: $0, threshold: call.double("threshold"))
    }
    loadBestModelAtEnd = call.bool("loadBestModelAtEnd")
    output = call.string("output")
    saving = try call.optionalDouble("saveSteps").map { try StepCount($0, "saveSteps") }
    saveTotalLimit = call.optionalInt("saveTotalLimit")
  }
}

extension StepCount {
  /// A whole number of steps, or a share of them below 1, as transformers reads it.
  fileprivate init(_ wished: Double, _ parameter: String) throws(StepsAreNoCount) {
    if wished > 0, wished < 1 {
      self = .share(wished)
    } else if let steps = Int(exactly: wished) {
      self = .steps(steps)
    } else {
      throw StepsAreNoCount(wished: wished, argument: parameter)
    }
  }
}

/// More than one step that is no whole number.
struct StepsAreNoCount: CommandFailure {
  let wished: Double
  let argument: String?
  var message: String { "steps are counted in whole numbers, and this is \(wished)" }
  var help: String? { "take a whole number, or a share of all steps below 1: \(argument ?? "steps"): 0.1" }
}
