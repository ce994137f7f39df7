import Foundation
import JSONValue

/// How rotation frequencies are scaled, in the terms of transformers' `rope_scaling`.
///
/// GGUF files hold the divisors alone; the terms are found again from them.
enum RopeScaling: Hashable {
  /// All frequencies are divided by the factor.
  case linear(factor: Float)
  /// Llama 3.1: low frequencies are divided by the factor, high ones are kept, those between are blended.
  case llama3(factor: Float, low: Double, high: Double, originalContext: Int)

  var json: JSONValue {
    switch self {
    case .linear(let factor): ["rope_type": "linear", "factor": .decimal(factor)]
    case .llama3(let factor, let low, let high, let originalContext):
      [
        "rope_type": "llama3", "factor": .decimal(factor), "low_freq_factor": .number(low),
        "high_freq_factor": .number(high), "original_max_position_embeddings": .integer(originalContext),
      ]
    }
  }

  /// The divisors of `headSize` / 2 frequencies, as transformers and llama.cpp's converter compute them.
  func factors(base: Float, headSize: Int) -> [Float] {
    switch self {
    case .linear(let factor): [Float](repeating: factor, count: headSize / 2)
    case .llama3(let factor, let low, let high, let originalContext):
      Self.wavelengths(base: base, headSize: headSize).map { wavelength in
        let turns = Double(originalContext) / wavelength
        if turns > high { return 1 }
        if turns < low { return factor }
        let smooth = (turns - low) / (high - low)
        return Float(1 / ((1 - smooth) / Double(factor) + smooth))
      }
    }
  }

  /// Positions in which each frequency turns once.
  fileprivate static func wavelengths(base: Float, headSize: Int) -> [Double] {
    (0..<headSize / 2).map { 2 * .pi * Double(powf(base, Float(2 * $0) / Float(headSize))) }
  }
}

// MARK: - Finding the terms

extension RopeScaling {
  /// The scaling that gives these divisors; `nil` when there is none.
  ///
  /// Only the products of context and frequency factors show in the divisors, so the low frequency factor is taken to be 1,
  /// as Meta's models have it. Where the rest is not determined either (few frequencies lie between), Meta's 4 and the
  /// contexts that are powers of two are tried first. What is returned was checked by computing the divisors from it.
  init?(factors: [Float], base: Float, headSize: Int) {
    guard let factor = factors.last, factors.count == headSize / 2, factor > 1 else { return nil }
    if factors.allSatisfy({ $0 == factor }) {
      self = .linear(factor: factor)
      return
    }
    let wavelengths = Self.wavelengths(base: base, headSize: headSize)
    for (high, contexts) in Self.candidates(factors, factor, wavelengths) {
      for context in contexts where context >= 1 {
        let scaling = RopeScaling.llama3(factor: factor, low: 1, high: high, originalContext: context)
        let found = scaling.factors(base: base, headSize: headSize)
        // Powers are rounded differently by torch and by the C library.
        if zip(found, factors).allSatisfy({ abs($0 - $1) <= 4e-6 * $1 }) {
          self = scaling
          return
        }
      }
    }
    return nil
  }

  /// A frequency that is neither kept nor divided by the whole factor.
  private struct Blend {
    /// The share of the frequency itself, which grows with the context: (context / wavelength - 1) / (high - 1).
    let smooth: Double
    let wavelength: Double
  }

  /// High frequency factors that models have; 4 is Meta's.
  private static let usual: [Double] = [4, 2, 8, 16, 3, 32, 1.5, 1.25, 1.125]

  /// Pairs of high frequency factor and original contexts that may fit.
  private static func candidates(
    _ factors: [Float], _ factor: Float, _ wavelengths: [Double]
  ) -> [(high: Double, contexts: [Int])] {
    let least = 1 / Double(factor)
    var blends: [Blend] = []
    for (divisor, wavelength) in zip(factors, wavelengths) where divisor > 1 && divisor < factor {
      let smooth: Double = (1 / Double(divisor) - least) / (1 - least)
      blends.append(Blend(smooth: smooth, wavelength: wavelength))
    }
    if blends.count > 1 { return determined(by: blends[0], blends[blends.count - 1]) }
    if let blend = blends.first {
      return usual.map { high in
        let context: Double = blend.wavelength * (1 + blend.smooth * (high - 1))
        return (high, [Int(context.rounded())])
      }
    }
    // Between the longest wave that is kept and the shortest that is divided.
    let powers = (0..<31).map { 1 << $0 }
    return usual.map { ($0, powers) }
  }

  /// Two blends determine both: smooth · (high - 1) = context / wavelength - 1.
  private static func determined(by first: Blend, _ last: Blend) -> [(high: Double, contexts: [Int])] {
    let slope: Double = last.smooth / first.wavelength - first.smooth / last.wavelength
    let context: Double = (last.smooth - first.smooth) / slope
    guard context.isFinite, context > 0, context < 1e9 else { return [] }
    let high: Double = 1 + (context / first.wavelength - 1) / first.smooth
    let contexts = [Int(context.rounded()), Int(context), Int(context) + 1]
    return [high.rounded(), (high * 8).rounded() / 8, high].map { ($0, contexts) }
  }
}

extension ModelConfiguration {
  /// What all frequencies are divided by, or `nil` when they are not scaled or not all alike.
  var linearRopeFactor: Float? {
    guard let factor = ropeFactors.first, factor != 1, ropeFactors.allSatisfy({ $0 == factor }) else { return nil }
    return factor
  }

  /// The scaling of frequencies, or `nil` when they are not scaled.
  ///
  /// - Throws: ``ExportError/ropeFactors(_:)`` when transformers has no such scaling.
  var ropeScaling: RopeScaling? {
    get throws(ExportError) {
      if ropeFactors.allSatisfy({ $0 == 1 }) { return nil }
      guard let scaling = RopeScaling(factors: ropeFactors, base: ropeBase, headSize: headSize) else {
        throw .ropeFactors(ropeFactors)
      }
      return scaling
    }
  }
}

extension JSONValue {
  /// A float32 as the shortest decimal that gives it again: 1e-05, not 9.999999747378752e-06.
  static func decimal(_ value: Float) -> JSONValue { .number(Double("\(value)") ?? Double(value)) }
}
