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
  package var warmup: Warmup
  package var optimizer: OptimizerKind
  package var weightDecay: Double
  /// How many times faster B learns than A: LoRA+'s λ, 1 for plain LoRA.
  ///
  /// Hayou et al., "LoRA+", 2024, arXiv:2402.12354.
  package var loraPlusRatio: Double
  /// Gradients longer than this are shortened to it; 0 leaves them alone.
  package var maxGradNorm: Double
  /// Tokens of a row after which it is cut.
  package var maxLength: Int
  package var shuffle: Bool
  package var seed: UInt64

  package init(
    epochs: Double = 1, steps: Int? = nil, batchSize: Int = 4, gradientAccumulation: Int = 1,
    learningRate: Double = 2e-4, schedule: LearningRate.Schedule = .linear, warmup: Warmup = .steps(0),
    optimizer: OptimizerKind = .adamW, weightDecay: Double = 0, loraPlusRatio: Double = 1,
    maxGradNorm: Double = 1, maxLength: Int = 256, shuffle: Bool = true, seed: UInt64 = 42
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
    self.loraPlusRatio = loraPlusRatio
    self.maxGradNorm = maxGradNorm
    self.maxLength = maxLength
    self.shuffle = shuffle
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

/// What stops a training before or while it runs.
package enum TrainingError: Error, Hashable {
  case noAdapter
  case noRows
  /// Rows of one optimizer step in which no token is to be learned.
  case noLabels(batch: [Int])
  /// A loss or gradient that is no number.
  case notFinite(what: String, step: Int, rows: [Int])
}
