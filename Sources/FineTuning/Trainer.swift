import JSONValue
import LanguageModels
import ModelFiles
import TensorCore

/// Trains the adapter of a model, one optimizer step after the other.
///
/// Order of rows, loss, accumulation, clipping and schedule are those of Hugging Face's Trainer, so that a run can be
/// laid beside it step by step. The model that was handed in stays as it was. Rows, dropout and noise of a step follow
/// from the seed and its number alone. Not for use by several threads at once.
package final class Trainer {
  package let options: TrainingOptions
  /// Optimizer steps that the whole run has.
  package let totalSteps: Int
  /// Rows that are only looked at.
  package let validation: [TrainingRow]
  package private(set) var stepsDone = 0
  /// All evaluations of the validation rows so far.
  package internal(set) var evaluations: [Evaluation] = []
  /// How they went.
  package internal(set) var progress = ValidationProgress()
  /// Tokens that passed through the model.
  package private(set) var tokensSeen = 0

  let base: LanguageModel
  let adapter: Adapter
  /// The base with the adapter that is trained.
  let trained: LanguageModel
  let rows: [TrainingRow]
  let pass: TrainingPass
  var optimizer: any Optimizer
  var bestAdapter: Adapter?
  var log: TrainingLog
  /// The step at which a checkpoint was written or tried last.
  var savedStep = 0
  /// Whether the adapter is the best one again.
  var hasBestAdapter = false
  /// The options, and what weights and rows are, as checkpoints hold them.
  private(set) lazy var fingerprints = Checkpoint.optionsJSON(
    options, base: BaseFingerprint(of: base), rows: Checkpoint.Rows(rows), validation: Checkpoint.Rows(validation))
  private let learningRate: LearningRate
  private let gradients: AdapterGradients
  private let norm: GradientNorm
  private var order: RowOrder

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - model: A model with an adapter.
  ///   - rows: Tokens, and which of them are learned; longer ones than `maxLength` must have been cut.
  ///   - validation: Rows to judge the model by in between.
  /// - Throws: ``TrainingError``.
  package init(
    _ model: LanguageModel, rows: [TrainingRow], validation: [TrainingRow] = [], options: TrainingOptions
  ) throws(TrainingError) {
    guard let adapter = model.adapter?.copy() else { throw .noAdapter }
    try Self.check(rows, validation, options)
    self.options = options
    self.adapter = adapter
    base = model
    self.rows = rows
    self.validation = validation
    var trained = model
    trained.adapter = adapter
    trained.activations = .float32
    self.trained = trained
    pass = try TrainingPass(
      trained, maxLength: options.maxLength, recompute: options.recompute, noiseAlpha: options.neftuneNoiseAlpha,
      backend: options.precision == .bfloat16 ? CPUBackend.bfloat16 : CPUBackend.shared)
    gradients = AdapterGradients(like: adapter)
    norm = GradientNorm(gradients.matrices)
    optimizer = options.optimizer.make(
      TrainedParameter.all(of: adapter, loraPlusRatio: options.loraPlusRatio), weightDecay: options.weightDecay)
    order = RowOrder(
      count: rows.count, batchSize: options.batchSize, accumulation: options.gradientAccumulation,
      shuffle: options.shuffle, seed: options.seed)
    totalSteps = options.steps ?? max(1, Int((options.epochs * Double(order.stepsPerEpoch)).rounded(.up)))
    learningRate = LearningRate(
      peak: options.learningRate, schedule: options.schedule, warmup: options.warmup, totalSteps: totalSteps)
    log = TrainingLog(options, totalSteps: totalSteps)
  }

  private static func check(
    _ rows: [TrainingRow], _ validation: [TrainingRow], _ options: TrainingOptions
  ) throws(TrainingError) {
    guard !rows.isEmpty else { throw .noRows }
    for row in rows + validation {
      for (sequence, source) in zip(row.sequences, row.sources) where sequence.tokens.count > options.maxLength {
        throw .rowTooLong(row: source, tokens: sequence.tokens.count, limit: options.maxLength)
      }
    }
    if validation.isEmpty, options.earlyStopping != nil || options.loadBestModelAtEnd || options.evaluation != nil {
      throw .noValidation
    }
  }

  /// Prepares a run over rows of which every token is learned.
  ///
  /// - Parameter texts: Token ids of each row; cut to `maxLength` here.
  /// - Throws: ``TrainingError``.
  package convenience init(
    _ model: LanguageModel, sequences texts: [[Int]], options: TrainingOptions
  ) throws(TrainingError) {
    let rows = texts.enumerated().map { index, tokens in
      TrainingRow(sequences: [TrainingSequence(tokens: Array(tokens.prefix(options.maxLength)))], sources: [index])
    }
    try self.init(model, rows: rows, options: options)
  }

  /// The model as trained so far; a later step does not change it.
  package var model: LanguageModel {
    var model = base
    model.adapter = adapter.copy()
    return model
  }

  /// The log: a row for every step, or for every so many.
  package var history: [StepRecord] { log.rows }

  /// Whether the validation loss has not fallen for as long as was allowed.
  package var hasStoppedEarly: Bool { options.earlyStopping.map(progress.stops) ?? false }

  package var isFinished: Bool { stepsDone >= totalSteps || hasStoppedEarly }

  /// Passes over the rows that so many steps make.
  func epoch(after steps: Int) -> Double { Double(steps) / Double(order.stepsPerEpoch) }

  /// Does one optimizer step, and nothing of what is due after it.
  ///
  /// - Throws: `CancellationError`: nothing of the step has then happened, and the next call does it again;
  ///   ``TrainingError/notFinite(_:step:rows:)`` before a parameter is touched.
  @discardableResult
  package func step(isCancelled: () -> Bool = { false }) throws -> StepRecord {
    let (start, index) = (ContinuousClock.now, stepsDone)
    let batches = batches(ofStep: index)
    let loss = try accumulate(batches, step: index, isCancelled)
    let rows = batches.flatMap(\.rows)
    let norm = norm.value
    guard norm.isFinite else {
      throw TrainingError.notFinite(NonFiniteValue(.gradient, layer: gradientLayer()), step: index + 1, rows: rows)
    }
    let rate = learningRate.value(at: index)
    optimizer.update(gradients: gradients.matrices, learningRate: rate, gradientScale: clipping(norm))
    stepsDone += 1
    let tokens = batches.reduce(0) { $0 + $1.tokens.count }
    tokensSeen += tokens
    let record = StepRecord(
      step: stepsDone, epoch: epoch(after: stepsDone), loss: loss, gradientNorm: norm, learningRate: rate,
      tokens: tokens, rows: rows, seconds: (ContinuousClock.now - start) / .seconds(1))
    log.add(record)
    return record
  }

  private func batches(ofStep index: Int) -> [TrainingBatch] {
    order.batches(ofStep: index).map { numbers in TrainingBatch(numbers.map { rows[$0] }) }
  }

  /// Fills the gradients with those of all batches of a step; returns the mean loss over its labels.
  private func accumulate(_ batches: [TrainingBatch], step: Int, _ isCancelled: () -> Bool) throws -> Double {
    let labels = batches.reduce(0) { $0 + $1.labelCount }
    guard labels > 0 else { throw TrainingError.noLabels(batch: batches.flatMap(\.rows)) }
    gradients.reset()
    var loss = 0.0
    for (place, batch) in batches.enumerated() where batch.labelCount > 0 {
      let seed = SplitMix64(seed: options.seed, stream: UInt64(step)).bits(at: UInt64(place))
      do {
        loss += try pass.run(
          batch, denominator: labels, gradients: gradients, dropoutSeed: seed, isCancelled: isCancelled)
      } catch let value as NonFiniteValue {
        throw TrainingError.notFinite(value, step: step + 1, rows: batch.rows)
      }
    }
    return loss
  }

  /// What gradients are multiplied by so that they are no longer than the limit, as `torch.nn.utils.clip_grad_norm_`.
  private func clipping(_ norm: Double) -> Float {
    options.maxGradNorm > 0 ? Float(min(1, options.maxGradNorm / (norm + 1e-6))) : 1
  }

  /// The module that the backward pass reached first of those whose gradient is not finite.
  private func gradientLayer() -> String? {
    for (block, pairs) in gradients.pairs.enumerated().reversed() {
      for layer in LinearLayer.allCases.reversed() {
        guard let pair = pairs[layer], pair.matrices.contains(where: { !$0.view.buffer.allSatisfy(\.isFinite) }) else {
          continue
        }
        return layer.path(inBlock: block)
      }
    }
    return nil
  }
}

// MARK: - Going on from a checkpoint

extension Trainer {
  /// Takes over where a training stood; the matrices of adapter and optimizer are restored apart from this.
  func restore(_ state: TrainerState) {
    stepsDone = state.step
    savedStep = state.step
    tokensSeen = state.tokensSeen
    evaluations = state.evaluations
    progress = state.progress
    let records = withRows(state.history + state.pending)
    log.restore(
      rows: Array(records.prefix(state.history.count)), pending: Array(records.dropFirst(state.history.count)))
  }

  /// Rows of the log with the numbers of the data set's rows, which follow from those of the steps.
  private func withRows(_ records: [StepRecord]) -> [StepRecord] {
    var first = 0
    return records.map { record in
      defer { first = record.step }
      return record.with(rows: (first..<max(first, record.step)).flatMap { batches(ofStep: $0).flatMap(\.rows) })
    }
  }
}
