/// How a model is fine-tuned; names and defaults follow Hugging Face's `TrainingArguments` where they exist there.
package struct TrainingOptions: Sendable, Hashable {
  /// Passes over all rows; ignored when `steps` is given.
  package var epochs: Double
  /// Optimizer steps, or `nil` to count by epochs.
  package var steps: Int?
  /// Rows that pass through the model together.
  package var batchSize: Int
  /// Batches whose gradients are added up before a step.
  package var gradientAccumulation: Int
  package var learningRate: Double
  package var schedule: LearningRate.Schedule
  package var warmup: StepCount
  package var optimizer: OptimizerKind
  package var weightDecay: Double
  /// How many times faster B learns than A: LoRA+'s λ, 1 for plain LoRA.
  ///
  /// Hayou et al., "LoRA+", 2024, arXiv:2402.12354.
  package var loraPlusRatio: Double = 1
  /// How far noise on the input embeddings reaches, in units of 1 / √(tokens · width); 0 for none.
  ///
  /// Jain et al., "NEFTune", 2023, arXiv:2310.05914.
  package var neftuneNoiseAlpha: Double = 0
  /// Gradients longer than this are shortened to it; 0 leaves them alone.
  package var maxGradNorm: Double
  /// Tokens of a row after which it is cut.
  package var maxLength: Int
  /// How the rows were made, for whoever makes them again: a trainer takes them as they are.
  package var packing = false
  package var completionOnly = false
  package var shuffle: Bool
  package var precision: Precision
  /// Whether a block's activations are computed again in the backward pass instead of being kept.
  package var recompute = false
  package var seed: UInt64
  /// How often a row is added to the log: the mean loss since the one before.
  package var logging: StepCount = .steps(1)
  /// How often the validation rows are looked at, which also happens after the last step; `nil` for only then.
  package var evaluation: StepCount?
  /// When to stop because the validation loss no longer falls.
  package var earlyStopping: EarlyStopping?
  /// Whether the training ends with the adapter whose validation loss was the least.
  package var loadBestModelAtEnd = false
  /// The folder of the checkpoints.
  package var output = "qlora-out"
  /// How often a checkpoint is written, which also happens after the last step; `nil` for never.
  package var saving: StepCount?
  /// Checkpoints that are kept, the best one among them; `nil` for all.
  package var saveTotalLimit: Int?

  package init(
    epochs: Double = 1, steps: Int? = nil, batchSize: Int = 4, gradientAccumulation: Int = 1,
    learningRate: Double = 2e-4, schedule: LearningRate.Schedule = .linear, warmup: StepCount = .steps(0),
    optimizer: OptimizerKind = .adamW, weightDecay: Double = 0, maxGradNorm: Double = 1, maxLength: Int = 256,
    shuffle: Bool = true, precision: Precision = .bfloat16, seed: UInt64 = 42
  ) {
    self.epochs = epochs
    self.steps = steps
    self.batchSize = batchSize
    self.gradientAccumulation = gradientAccumulation
    self.learningRate = learningRate
    self.schedule = schedule
    self.warmup = warmup
    self.optimizer = optimizer
    self.weightDecay = weightDecay
    self.maxGradNorm = maxGradNorm
    self.maxLength = maxLength
    self.shuffle = shuffle
    self.precision = precision
    self.seed = seed
  }
}

/// Which optimizer moves the adapter.
package enum OptimizerKind: String, Sendable, CaseIterable {
  /// `torch.optim.AdamW`.
  case adamW
  /// AdamW with moments of 8 bits, as bitsandbytes has it.
  case adamW8bit
  /// `torch.optim.SGD` without momentum.
  case sgd
}
