/// How a model is fine-tuned; names and defaults follow Hugging Face's `TrainingArguments` where they exist there.
package struct TrainingOptions: Sendable, Hashable {
  /// How the learning rate moves after the warm-up.
  package enum Schedule: String, Sendable, CaseIterable {
    case constant
    case linear
  }

  /// Passes over all rows; ignored when `steps` is given.
  package var epochs: Double
  /// Optimizer steps, or `nil` to count by epochs.
  package var steps: Int?
  /// Rows that pass through the model together.
  package var batchSize: Int
  /// Batches whose gradients are added up before a step.
  package var gradientAccumulation: Int
  package var learningRate: Double
  package var schedule: Schedule
  package var warmupSteps: Int
  package var weightDecay: Double
  /// Gradients longer than this are shortened to it; 0 leaves them alone.
  package var maxGradNorm: Double
  /// Tokens of a row after which it is cut.
  package var maxLength: Int
  package var shuffle: Bool
  package var seed: UInt64

  package init(
    epochs: Double = 1, steps: Int? = nil, batchSize: Int = 4, gradientAccumulation: Int = 1,
    learningRate: Double = 2e-4, schedule: Schedule = .linear, warmupSteps: Int = 0, weightDecay: Double = 0,
    maxGradNorm: Double = 1, maxLength: Int = 256, shuffle: Bool = true, seed: UInt64 = 42
  ) {
    self.epochs = epochs
    self.steps = steps
    self.batchSize = batchSize
    self.gradientAccumulation = gradientAccumulation
    self.learningRate = learningRate
    self.schedule = schedule
    self.warmupSteps = warmupSteps
    self.weightDecay = weightDecay
    self.maxGradNorm = maxGradNorm
    self.maxLength = maxLength
    self.shuffle = shuffle
    self.seed = seed
  }
}

/// What stops a training before or while it runs.
package enum TrainingError: Error, Hashable {
  case noAdapter
  case noRows
  /// No row has two tokens, so that there is nothing to predict.
  case noLabels(batch: [Int])
  /// A loss or gradient that is no number.
  case notFinite(what: String, step: Int, rows: [Int])
}
