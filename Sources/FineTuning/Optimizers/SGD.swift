import ModelFiles
import TensorCore

/// Plain gradient descent: `torch.optim.SGD` without momentum, as Trainer's `optim="sgd"`.
///
/// Weight decay is added to the gradient here, and so is multiplied by the learning rate once, as in AdamW.
package struct SGD: Optimizer {
  private let parameters: [TrainedParameter]
  private let weightDecay: Double
  private let pieces: ParameterPieces

  package init(_ parameters: [TrainedParameter], weightDecay: Double) {
    self.parameters = parameters
    self.weightDecay = weightDecay
    pieces = ParameterPieces(parameters.map(\.matrix))
  }

  package mutating func update(gradients: [Matrix], learningRate: Double, gradientScale: Float) {
    pieces.run { index, range in
      let parameter = parameters[index]
      let rate = Float(learningRate * parameter.rateFactor)
      let decay = parameter.decays ? Float(weightDecay) : 0
      let (values, gradient) = (parameter.matrix.view.base, gradients[index].view.base)
      for place in range {
        let slope = gradient[place] * gradientScale + decay * values[place]
        values[place] -= rate * slope
      }
    }
  }

  /// Nothing but that there is nothing.
  package func state() -> [SafetensorsWriter.Tensor] { [.step(0)] }

  package mutating func restore(_ file: SafetensorsFile) throws {
    var reader = OptimizerStateReader(file)
    _ = try reader.step()
    try reader.finish()
  }
}
