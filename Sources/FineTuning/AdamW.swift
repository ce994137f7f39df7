import Foundation
import TensorCore

/// Adam with decoupled weight decay: Loshchilov and Hutter, 2019, arXiv:1711.05101; the arithmetic is `torch.optim.AdamW`'s.
struct AdamW {
  private static let betas = (Float(0.9), Float(0.999))
  private static let epsilon: Float = 1e-8

  private let weightDecay: Double
  private var firstMoments: [Matrix]
  private var secondMoments: [Matrix]
  private var step = 0

  init(parameters: [Matrix], weightDecay: Double) {
    self.weightDecay = weightDecay
    firstMoments = parameters.map { Matrix(rows: $0.rows, columns: $0.columns) }
    secondMoments = parameters.map { Matrix(rows: $0.rows, columns: $0.columns) }
  }

  /// Moves the parameters against their gradients; the gradients are multiplied by `gradientScale` first.
  mutating func update(_ parameters: [Matrix], gradients: [Matrix], learningRate: Double, gradientScale: Float) {
    step += 1
    let corrections = (
      1 - pow(Double(Self.betas.0), Double(step)), (1 - pow(Double(Self.betas.1), Double(step))).squareRoot()
    )
    let coefficients = Coefficients(
      decay: Float(1 - learningRate * weightDecay), stepSize: Float(learningRate / corrections.0),
      rootCorrection: Float(corrections.1), gradientScale: gradientScale)
    for (index, parameter) in parameters.enumerated() {
      Self.update(
        parameter.view.buffer, gradients[index].view.buffer, firstMoments[index].view.buffer,
        secondMoments[index].view.buffer, coefficients)
    }
  }

  private struct Coefficients {
    let decay: Float
    let stepSize: Float
    let rootCorrection: Float
    let gradientScale: Float
  }

  private static func update(
    _ parameters: UnsafeMutableBufferPointer<Float>, _ gradients: UnsafeMutableBufferPointer<Float>,
    _ first: UnsafeMutableBufferPointer<Float>, _ second: UnsafeMutableBufferPointer<Float>, _ by: Coefficients
  ) {
    for index in parameters.indices {
      let gradient = gradients[index] * by.gradientScale
      let mean = first[index] + (gradient - first[index]) * (1 - betas.0)
      let square = second[index] * betas.1 + gradient * gradient * (1 - betas.1)
      first[index] = mean
      second[index] = square
      let divisor = square.squareRoot() / by.rootCorrection + epsilon
      parameters[index] = parameters[index] * by.decay - by.stepSize * mean / divisor
    }
  }
}
