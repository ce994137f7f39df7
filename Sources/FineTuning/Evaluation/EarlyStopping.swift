/// When a training stops because its validation loss no longer falls: transformers' `EarlyStoppingCallback`.
package struct EarlyStopping: Sendable, Hashable {
  /// Evaluations in a row without enough of a fall after which the training stops.
  package var patience: Int
  /// How far below the best loss so far a loss must be to count as a fall, in nats per token.
  package var threshold: Double

  package init(patience: Int = 1, threshold: Double = 0) {
    self.patience = patience
    self.threshold = threshold
  }
}

/// How the validation losses of a training went.
package struct ValidationProgress: Sendable, Hashable {
  /// The least loss so far, and the step after which it was found.
  package private(set) var best: (step: Int, loss: Double)? {
    get { bestStep.flatMap { step in bestLoss.map { (step, $0) } } }
    set { (bestStep, bestLoss) = (newValue?.step, newValue?.loss) }
  }
  /// Evaluations since the last one that fell by more than the threshold.
  package private(set) var staleCount = 0
  private var bestStep: Int?
  private var bestLoss: Double?

  package init() {}

  init(best: (step: Int, loss: Double)?, staleCount: Int) {
    self.best = best
    self.staleCount = staleCount
  }

  /// Takes the next loss.
  ///
  /// - Returns: Whether it is the least so far.
  package mutating func add(_ loss: Double, step: Int, threshold: Double = 0) -> Bool {
    let isBest = bestLoss.map { loss < $0 } ?? true
    let isEnough = bestLoss.map { isBest && abs(loss - $0) > threshold } ?? true
    staleCount = isEnough ? 0 : staleCount + 1
    if isBest { best = (step, loss) }
    return isBest
  }

  package func stops(_ rule: EarlyStopping) -> Bool { staleCount >= rule.patience }
}
