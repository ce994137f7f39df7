import Foundation

/// The 256 values of bitsandbytes' 8-bit dynamic data types.
///
/// Seven decades, each with twice as many values as the one below it; `create_dynamic_map(signed, max_exponent_bits=7,
/// total_bits=8)`, bit for bit. Dettmers et al., "8-bit Optimizers via Block-wise
/// Quantization", 2022, arXiv:2110.02861.
package enum DynamicMap {
  /// The values, ascending from -0.993 to 1; the one at index 127 is zero.
  package static let signed: [Float] = {
    var positives: [Float] = []
    for decade in 0..<7 {
      let scale = Float(pow(10, Double(decade - 6)))
      positives += means(of: 1 << decade).map { scale * $0 }
    }
    return (positives.map { -$0 } + positives + [0, 1]).sorted()
  }()

  /// The values for numbers that are never negative, ascending from 0 to 1.
  package static let unsigned: [Float] = {
    let values = (0..<7).flatMap { decade -> [Float] in
      let scale = Float(pow(10, Double(decade - 6)))
      return means(of: 2 << decade).map { scale * $0 }
    }
    return [0] + values.sorted() + [1]
  }()

  /// The means of neighbours among `count + 1` evenly spaced values from 0.1 to 1, spaced as torch.linspace does.
  private static func means(of count: Int) -> [Float] {
    let values = count + 1
    let step = (1 - Float(0.1)) / Float(values - 1)
    let borders = (0..<values).map { index in
      index < values / 2
        ? Float(0.1).addingProduct(step, Float(index)) : Float(1).addingProduct(-step, Float(values - 1 - index))
    }
    return (0..<count).map { (borders[$0] + borders[$0 + 1]) / 2 }
  }
}
