import ModelFiles
import TensorCore

/// Moves trained matrices against their gradients.
package protocol Optimizer {
  /// Moves the parameters once.
  ///
  /// - Parameters:
  ///   - gradients: In the order and shapes of the parameters.
  ///   - learningRate: The rate of A and of all parameters whose ``TrainedParameter/rateFactor`` is 1.
  ///   - gradientScale: What gradients are multiplied by first: clipping.
  mutating func update(gradients: [Matrix], learningRate: Double, gradientScale: Float)

  /// What it remembers: `step`, and torch's names behind those of the parameters.
  func state() -> [SafetensorsWriter.Tensor]

  /// Goes on with what ``state()`` gave.
  ///
  /// - Throws: ``OptimizerStateError``, ``SafetensorsError``; it is then of no use.
  mutating func restore(_ file: SafetensorsFile) throws
}

extension OptimizerKind {
  /// An optimizer that remembers nothing yet.
  package func make(_ parameters: [TrainedParameter], weightDecay: Double) -> any Optimizer {
    switch self {
    case .adamW: AdamW(parameters, weightDecay: weightDecay)
    case .adamW8bit: AdamW(parameters, weightDecay: weightDecay, quantizedFrom: QuantizedMoments.smallestCount)
    case .sgd: SGD(parameters, weightDecay: weightDecay)
    }
  }
}
