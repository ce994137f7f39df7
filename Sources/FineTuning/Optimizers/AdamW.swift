import Foundation
import ModelFiles
import TensorCore

/// Adam with decoupled weight decay: Loshchilov and Hutter, 2019, arXiv:1711.05101.
///
/// The arithmetic is `torch.optim.AdamW`'s. The moments of large matrices may be kept in 8 bits, as bitsandbytes does.
package struct AdamW: Optimizer {
  static let betas = (0.9, 0.999)
  static let epsilon: Float = 1e-8

  /// What is remembered of a parameter.
  private enum Moments {
    case full(first: Matrix, second: Matrix)
    case quantized(QuantizedMoments)
  }

  private let parameters: [TrainedParameter]
  private let weightDecay: Double
  private let pieces: ParameterPieces
  private let moments: [Moments]
  private var step = 0

  /// - Parameter quantizedFrom: Numbers of a matrix from which on its moments have 8 bits, or `nil` for never.
  package init(_ parameters: [TrainedParameter], weightDecay: Double, quantizedFrom: Int? = nil) {
    self.parameters = parameters
    self.weightDecay = weightDecay
    pieces = ParameterPieces(parameters.map(\.matrix))
    moments = parameters.map(\.matrix).map { matrix in
      if let quantizedFrom, matrix.view.count >= quantizedFrom {
        return .quantized(QuantizedMoments(count: matrix.view.count))
      }
      func zeros() -> Matrix { Matrix(rows: matrix.rows, columns: matrix.columns) }
      return .full(first: zeros(), second: zeros())
    }
  }

  package mutating func update(gradients: [Matrix], learningRate: Double, gradientScale: Float) {
    step += 1
    let steps = parameters.map { parameter in
      Step(
        number: step, rate: learningRate * parameter.rateFactor, weightDecay: parameter.decays ? weightDecay : 0,
        gradientScale: gradientScale)
    }
    pieces.run { index, range in
      let (values, gradient) = (parameters[index].matrix.view.base, gradients[index].view.base)
      switch moments[index] {
      case .full(let first, let second):
        steps[index].move(
          values + range.lowerBound, gradient + range.lowerBound, first.view.base + range.lowerBound,
          second.view.base + range.lowerBound, range.count)
      case .quantized(let moments):
        moments.update(range) { place, first, second, count in
          steps[index].move(values + place, gradient + place, first, second, count)
        }
      }
    }
  }

  package func state() -> [SafetensorsWriter.Tensor] {
    zip(parameters, moments).reduce(into: [.step(step)]) { tensors, pair in
      let (parameter, moments) = pair
      switch moments {
      case .full(let first, let second):
        tensors += [
          .float32("\(parameter.name).exp_avg", first), .float32("\(parameter.name).exp_avg_sq", second),
        ]
      case .quantized(let moments): tensors += moments.tensors(of: parameter)
      }
    }
  }

  package mutating func restore(_ file: SafetensorsFile) throws {
    var reader = OptimizerStateReader(file)
    step = try reader.step()
    for (parameter, moments) in zip(parameters, moments) {
      switch moments {
      case .full(let first, let second):
        try reader.read("\(parameter.name).exp_avg", into: first)
        try reader.read("\(parameter.name).exp_avg_sq", into: second)
      case .quantized(let moments): try moments.restore(&reader, parameter)
      }
    }
    try reader.finish()
  }

  /// The coefficients of a step for one parameter.
  private struct Step {
    let decay: Float
    let stepSize: Float
    let rootCorrection: Float
    let gradientScale: Float

    init(number: Int, rate: Double, weightDecay: Double, gradientScale: Float) {
      decay = Float(1 - rate * weightDecay)
      stepSize = Float(rate / (1 - pow(AdamW.betas.0, Double(number))))
      rootCorrection = Float((1 - pow(AdamW.betas.1, Double(number))).squareRoot())
      self.gradientScale = gradientScale
    }

    /// Moves numbers and their moments.
    func move(
      _ values: UnsafeMutablePointer<Float>, _ gradients: UnsafeMutablePointer<Float>,
      _ first: UnsafeMutablePointer<Float>, _ second: UnsafeMutablePointer<Float>, _ count: Int
    ) {
      // 1 - β is taken before rounding, as torch does.
      let (share1, share2) = (Float(1 - AdamW.betas.0), Float(1 - AdamW.betas.1))
      let beta2 = Float(AdamW.betas.1)
      for index in 0..<count {
        let gradient = gradients[index] * gradientScale
        let mean = first[index] + (gradient - first[index]) * share1
        let square = second[index] * beta2 + gradient * gradient * share2
        first[index] = mean
        second[index] = square
        let divisor = square.squareRoot() / rootCorrection + AdamW.epsilon
        values[index] = values[index] * decay - stepSize * mean / divisor
      }
    }
  }
}
