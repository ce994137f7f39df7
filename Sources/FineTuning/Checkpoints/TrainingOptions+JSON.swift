import JSONValue

// Names and values are those of transformers' `TrainingArguments` where it has them.
extension TrainingOptions {
  private static let schedules: [(LearningRate.Schedule, String)] = [
    (.constant, "constant_with_warmup"), (.linear, "linear"), (.cosine, "cosine"),
  ]
  private static let optimizers: [(OptimizerKind, String)] = [
    (.adamW, "adamw_torch"), (.adamW8bit, "adamw_8bit"), (.sgd, "sgd"),
  ]

  /// All options as an object.
  var json: JSONValue {
    [
      "num_train_epochs": .number(epochs), "max_steps": .integer(steps ?? -1),
      "per_device_train_batch_size": .integer(batchSize), "gradient_accumulation_steps": .integer(gradientAccumulation),
      "learning_rate": .number(learningRate), "lr_scheduler_type": Self.name(of: schedule, in: Self.schedules),
      "warmup_steps": warmup.json, "optim": Self.name(of: optimizer, in: Self.optimizers),
      "weight_decay": .number(weightDecay), "loraplus_lr_ratio": .number(loraPlusRatio),
      "neftune_noise_alpha": .number(neftuneNoiseAlpha), "max_grad_norm": .number(maxGradNorm),
      "max_length": .integer(maxLength), "packing": .bool(packing), "completion_only_loss": .bool(completionOnly),
      "shuffle": .bool(shuffle), "bf16": .bool(precision == .bfloat16), "gradient_checkpointing": .bool(recompute),
      "seed": .integer(Int(bitPattern: UInt(seed))), "logging_steps": logging.json,
      "eval_steps": evaluation?.json ?? .null,
      "early_stopping_patience": earlyStopping.map { .integer($0.patience) } ?? .null,
      "early_stopping_threshold": earlyStopping.map { .number($0.threshold) } ?? .null,
      "load_best_model_at_end": .bool(loadBestModelAtEnd), "output_dir": .string(output),
      "save_steps": saving?.json ?? .null, "save_total_limit": saveTotalLimit.map { .integer($0) } ?? .null,
    ]
  }

  private static func name<Choice: Equatable>(of choice: Choice, in names: [(Choice, String)]) -> JSONValue {
    names.first { $0.0 == choice }.map { .string($0.1) } ?? .null
  }

  /// - Throws: ``CheckpointError``.
  init(_ fields: CheckpointFields) throws(CheckpointError) {
    let steps = try fields.integer("max_steps")
    self.init(
      epochs: try fields.number("num_train_epochs"), steps: steps > 0 ? steps : nil,
      batchSize: try fields.positive("per_device_train_batch_size"),
      gradientAccumulation: try fields.positive("gradient_accumulation_steps"),
      learningRate: try fields.number("learning_rate"),
      schedule: try fields.choice("lr_scheduler_type", Self.schedules), warmup: try fields.stepCount("warmup_steps"),
      optimizer: try fields.choice("optim", Self.optimizers), weightDecay: try fields.number("weight_decay"),
      maxGradNorm: try fields.number("max_grad_norm"), maxLength: try fields.positive("max_length"),
      shuffle: try fields.bool("shuffle"), precision: try fields.bool("bf16") ? .bfloat16 : .float32,
      seed: UInt64(UInt(bitPattern: try fields.integer("seed"))))
    loraPlusRatio = try fields.number("loraplus_lr_ratio")
    neftuneNoiseAlpha = try fields.number("neftune_noise_alpha")
    packing = try fields.bool("packing")
    completionOnly = try fields.bool("completion_only_loss")
    recompute = try fields.bool("gradient_checkpointing")
    logging = try fields.stepCount("logging_steps")
    evaluation = try fields.optional("eval_steps", fields.stepCount)
    if let patience = try fields.optional("early_stopping_patience", fields.count) {
      earlyStopping = EarlyStopping(patience: patience, threshold: try fields.number("early_stopping_threshold"))
    }
    loadBestModelAtEnd = try fields.bool("load_best_model_at_end")
    output = try fields.string("output_dir")
    saving = try fields.optional("save_steps", fields.stepCount)
    saveTotalLimit = try fields.optional("save_total_limit", fields.positive)
  }
}

extension StepCount {
  fileprivate var json: JSONValue {
    switch self {
    case .steps(let count): .integer(count)
    case .share(let share): .number(share)
    }
  }
}

extension CheckpointFields {
  fileprivate func positive(_ key: String) throws(CheckpointError) -> Int {
    let count = try integer(key)
    guard count > 0 else { throw failure(key) }
    return count
  }

  fileprivate func stepCount(_ key: String) throws(CheckpointError) -> StepCount {
    let count = try number(key)
    if count > 0, count < 1 { return .share(count) }
    guard count >= 0, let steps = Int(exactly: count) else { throw failure(key) }
    return .steps(steps)
  }
}
