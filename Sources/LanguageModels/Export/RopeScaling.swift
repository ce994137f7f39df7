import Foundation
import JSONValue

extension RopeParameters.Kind {
  /// transformers' `rope_scaling`.
  var json: JSONValue {
    switch self {
    case .unscaled: .null
    case .linear(let factor): ["rope_type": "linear", "factor": .number(factor)]
    case .llama3(let factor, let low, let high, let originalLength):
      [
        "rope_type": "llama3", "factor": .number(factor), "low_freq_factor": .number(low),
        "high_freq_factor": .number(high),
        "original_max_position_embeddings": Int(exactly: originalLength).map(JSONValue.integer)
          ?? .number(originalLength),
      ]
    }
  }
}

// MARK: - Finding the terms

extension RopeParameters {
  init(base: Double, kind: Kind) {
    self.base = base
    self.kind = kind
  }

  /// The parameters that give these divisors of the frequencies, which is all that GGUF files keep of Llama 3's scaling;
  /// `nil` when there are none.
  ///
  /// Only the products of length and frequency factors show in the divisors, so the low frequency factor is taken to be 1,
  /// as Meta's models have it. Where the rest is not determined either (few frequencies lie between), Meta's 4 and the
  /// lengths that are powers of two are tried first. What is returned was checked by computing the divisors from it.
  init?(factors: [Float], base: Float, headSize: Int) {
    guard let factor = factors.last, factors.count == headSize / 2, factor > 1 else { return nil }
    if factors.allSatisfy({ $0 == factor }) {
      self.init(base: Double(base), kind: .linear(factor: JSONValue.decimal(factor).number ?? Double(factor)))
      return
    }
    let wavelengths = (0..<headSize / 2).map { 2 * .pi * pow(Double(base), Double(2 * $0) / Double(headSize)) }
    for (high, lengths) in Self.candidates(factors, factor, wavelengths) {
      for length in lengths where length >= 1 {
        let parameters = RopeParameters(
          base: Double(base),
          kind: .llama3(factor: Double(factor), low: 1, high: high, originalLength: Double(length)))
        // Writers of files round powers in their own ways.
        if zip(parameters.factors(headSize: headSize), factors).allSatisfy({ abs($0 - $1) <= 4e-6 * $1 }) {
          self = parameters
          return
        }
      }
    }
    return nil
  }

  /// A frequency that is neither kept nor divided by the whole factor.
  private struct Blend {
    /// The share of the frequency itself, which grows with the length: (length / wavelength - 1) / (high - 1).
    let smooth: Double
    let wavelength: Double
  }

  /// High frequency factors that models have; 4 is Meta's.
  private static let usual: [Double] = [4, 2, 8, 16, 3, 32, 1.5, 1.25, 1.125]

  /// Pairs of high frequency factor and original lengths that may fit.
  private static func candidates(
    _ factors: [Float], _ factor: Float, _ wavelengths: [Double]
  ) -> [(high: Double, lengths: [Int])] {
    let least = 1 / Double(factor)
    var blends: [Blend] = []
    for (divisor, wavelength) in zip(factors, wavelengths) where divisor > 1 && divisor < factor {
      let smooth: Double = (1 / Double(divisor) - least) / (1 - least)
      blends.append(Blend(smooth: smooth, wavelength: wavelength))
    }
    if blends.count > 1 { return determined(by: blends[0], blends[blends.count - 1]) }
    if let blend = blends.first {
      return usual.map { high in
        let length: Double = blend.wavelength * (1 + blend.smooth * (high - 1))
        return (high, [Int(length.rounded())])
      }
    }
    // Between the longest wave that is kept and the shortest that is divided.
    let powers = (0..<31).map { 1 << $0 }
    return usual.map { ($0, powers) }
  }

  /// Two blends determine both: smooth · (high - 1) = length / wavelength - 1.
  private static func determined(by first: Blend, _ last: Blend) -> [(high: Double, lengths: [Int])] {
    let slope: Double = last.smooth / first.wavelength - first.smooth / last.wavelength
    let length: Double = (last.smooth - first.smooth) / slope
    guard length.isFinite, length > 0, length < 1e9 else { return [] }
    let high: Double = 1 + (length / first.wavelength - 1) / first.smooth
    let lengths = [Int(length.rounded()), Int(length), Int(length) + 1]
    return [high.rounded(), (high * 8).rounded() / 8, high].map { ($0, lengths) }
  }
}

extension ModelConfiguration {
  /// What all frequencies are divided by, or `nil` when they are not scaled or not all alike.
  var linearRopeFactor: Float? {
    guard let factor = ropeFactors.first, factor != 1, ropeFactors.allSatisfy({ $0 == factor }) else { return nil }
    return factor
  }

  /// The scaling of frequencies in transformers' terms.
  ///
  /// - Throws: ``ExportError/ropeFactors(_:)`` when transformers has no such scaling.
  var ropeScaling: RopeParameters.Kind {
    get throws(ExportError) {
      if ropeFactors.allSatisfy({ $0 == 1 }) { return .unscaled }
      guard let parameters = RopeParameters(factors: ropeFactors, base: ropeBase, headSize: headSize) else {
        throw .ropeFactors(ropeFactors)
      }
      return parameters.kind
    }
  }
}

extension JSONValue {
  /// A float32 as the shortest decimal that gives it again: 1e-05, not 9.999999747378752e-06.
  static func decimal(_ value: Float) -> JSONValue { .number(Double("\(value)") ?? Double(value)) }
}
