import Foundation
import LanguageModels
import TensorCore

/// Trains the adapter of a model, one optimizer step after the other.
///
/// Order of rows, loss, accumulation, clipping and schedule are those of Hugging Face's Trainer, so that a run can be
/// laid beside it step by step. The model that was handed in stays as it was. Not for use by several threads at once.
package final class Trainer {
  package let options: TrainingOptions
  /// The model as trained so far; a later step does not change it.
  package var model: LanguageModel {
    var model = base
    model.adapter = adapter.copy()
    return model
  }

  /// All steps so far.
  package private(set) var history: [StepRecord] = []
  /// Optimizer steps that the whole run has.
  package let totalSteps: Int
  private let base: LanguageModel
  private let adapter: Adapter
  private let rows: [TrainingRow]
  private let learningRate: LearningRate
  let pass: TrainingPass
  private let gradients: AdapterGradients
  private let norm: GradientNorm
  private var optimizer: any Optimizer
  private var order: RowOrder

  /// Prepares a run.
  ///
  /// - Parameters:
  ///   - model: A model with an adapter.
  ///   - rows: Tokens, and which of them are learned; longer ones than `maxLength` must have been cut.
  /// - Throws: ``TrainingError``.
  package init(_ model: LanguageModel, rows: [TrainingRow], options: TrainingOptions) throws(TrainingError) {
    guard let adapter = model.adapter?.copy() else { throw .noAdapter }
    guard !rows.isEmpty else { throw .noRows }
    self.options = options
    self.adapter = adapter
    base = model
    self.rows = rows
    var trained = model
    trained.adapter = adapter
    pass = try TrainingPass(trained, maxLength: options.maxLength)
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

  package var isFinished: Bool { history.count >= totalSteps }

  /// Does one optimizer step.
  ///
  /// - Throws: `CancellationError`: nothing of the step has then happened, and the next call does it again;
  ///   ``TrainingError/notFinite(what:step:rows:)`` before a parameter is touched.
  package func step(isCancelled: () -> Bool = { false }) throws -> StepRecord {
    let start = ContinuousClock.now
    let index = history.count
    let batches = order.batches(ofStep: index).map { numbers in TrainingBatch(numbers.map { rows[$0] }) }
    let labels = batches.reduce(0) { $0 + $1.labelCount }
    guard labels > 0 else { throw TrainingError.noLabels(batch: batches.flatMap(\.rows)) }
    gradients.reset()
    var loss = 0.0
    for (place, batch) in batches.enumerated() where batch.labelCount > 0 {
      let seed = SplitMix64(seed: options.seed, stream: UInt64(index)).bits(at: UInt64(place))
      loss += try pass.run(
        batch, denominator: labels, gradients: gradients, dropoutSeed: seed, isCancelled: isCancelled)
      guard loss.isFinite else {
        throw TrainingError.notFinite(what: "the loss", step: index + 1, rows: batch.rows)
      }
    }
    let norm = norm.value
    guard norm.isFinite else {
      throw TrainingError.notFinite(what: "the gradient", step: index + 1, rows: batches.flatMap(\.rows))
    }
    let rate = learningRate.value(at: index)
    optimizer.update(gradients: gradients.matrices, learningRate: rate, gradientScale: clipping(norm))
    let record = StepRecord(
      step: index + 1, epoch: Double(index + 1) / Double(order.stepsPerEpoch), loss: loss, gradientNorm: norm,
      learningRate: rate, tokens: batches.reduce(0) { $0 + $1.tokens.count }, rows: batches.flatMap(\.rows),
      seconds: (ContinuousClock.now - start) / .seconds(1))
    history.append(record)
    return record
  }

  /// What gradients are multiplied by so that they are no longer than the limit, as `torch.nn.utils.clip_grad_norm_`.
  private func clipping(_ norm: Double) -> Float {
    options.maxGradNorm > 0 ? Float(min(1, options.maxGradNorm / (norm + 1e-6))) : 1
  }
}

/// What happened in one optimizer step.
package struct StepRecord: Sendable, Hashable {
  /// Counted from 1.
  package let step: Int
  package let epoch: Double
  /// Nats per token, over all tokens of the step that have a label.
  package let loss: Double
  /// Before clipping.
  package let gradientNorm: Double
  package let learningRate: Double
  /// Tokens that passed through the model.
  package let tokens: Int
  /// The rows of the data set, in their order.
  package let rows: [Int]
  package let seconds: Double

  package var tokensPerSecond: Double { Double(tokens) / max(seconds, 1e-9) }
}
