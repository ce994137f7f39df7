import Foundation
import JSONValue
import ModelFiles

/// How positions are rotated, from `rope_theta` and `rope_scaling`, or from `rope_parameters`, in which transformers 5
/// keeps both, one set for each type of layers where they differ.
struct RopeParameters: Equatable {
  enum Kind: Equatable {
    case unscaled
    /// Positions are divided by a factor (Chen et al., 2023, arXiv:2306.15595).
    case linear(factor: Double)
    /// Llama 3.1's: slow rotations are divided by a factor, fast ones are left, those between get a part of it.
    case llama3(factor: Double, low: Double, high: Double, originalLength: Double)
  }

  let base: Double
  let kind: Kind
  let expectation = "rope_type default, linear or llama3"

  /// - Parameters:
  ///   - local: Whether the parameters are those of blocks with windows.
  ///   - contextLength: What `original_max_position_embeddings` is when the file does not say it.
  init(_ family: HuggingFaceFamily, local: Bool, contextLength: Int) throws(HuggingFaceError) {
    let keys = family.keys
    let isGemma = family.architecture == .gemma3
    let new = try keys.object("rope_parameters")
    let types = ["full_attention", "sliding_attention"]
    let nested = types.contains { new?.members[$0] != nil }
    // A set for all types of layers is for Gemma's global ones.
    let newOne = nested ? try new?.object(types[local ? 1 : 0]) : isGemma && local ? nil : new
    let old = isGemma && local ? nil : try keys.object("rope_scaling")
    let baseKey = isGemma && local ? "rope_local_base_freq" : "rope_theta"
    let fallback: Double = isGemma && !local ? 1_000_000 : 10_000
    let outer = try keys.number(baseKey)
    let parameters = old ?? newOne
    let (inner, beside) = try (parameters?.number("rope_theta"), newOne?.number("rope_theta"))
    base = inner ?? beside ?? outer ?? fallback
    kind = if let parameters { try Self.kind(parameters, contextLength: contextLength) } else { .unscaled }
  }

  private static func kind(_ keys: HuggingFaceKeys, contextLength: Int) throws(HuggingFaceError) -> Kind {
    let key = keys["rope_type"] == nil ? "type" : "rope_type"
    if let part = keys["partial_rotary_factor"], part.number != 1 {
      throw keys.impossible("partial_rotary_factor", expected: "1")
    }
    switch try keys.string(key) ?? "default" {
    case "default": return .unscaled
    case "linear": return .linear(factor: try keys.required("factor", keys.number("factor")))
    case "llama3":
      let length = try keys.number("original_max_position_embeddings") ?? Double(contextLength)
      return .llama3(
        factor: try keys.required("factor", keys.number("factor")),
        low: try keys.required("low_freq_factor", keys.number("low_freq_factor")),
        high: try keys.required("high_freq_factor", keys.number("high_freq_factor")), originalLength: length)
    default: throw keys.impossible(key, expected: "default, linear or llama3")
    }
  }
}

// MARK: - Factors

extension RopeParameters {
  /// What each of the `headSize / 2` rotation frequencies is divided by; empty when nothing is scaled.
  ///
  /// Those of Llama 3 are, bit for bit, the numbers that llama.cpp's converter stores as `rope_freqs.weight`.
  func factors(headSize: Int) -> [Float] {
    switch kind {
    case .unscaled: []
    case .linear(let factor): factor == 1 ? [] : [Float](repeating: Float(factor), count: headSize / 2)
    case .llama3(let factor, let low, let high, let length):
      (0..<headSize / 2).map { index in
        let exponent = Double(Float(2 * index) / Float(headSize))
        let frequency = 1 / Float(pow(Double(Float(base)), exponent))
        let wavelength = (1 / frequency) * Float(2 * Double.pi)
        if wavelength < Float(length / high) { return 1 }
        if wavelength > Float(length / low) { return Float(factor) }
        let smooth = ((1 / wavelength) * Float(length) - Float(low)) / Float(high - low)
        return 1 / ((1 - smooth) / Float(factor) + smooth)
      }
    }
  }
}
