import Foundation
import Generation
import TensorCore

/// Logits with a known distribution, as a model's last layer would give them.
enum Logits {
  /// `count` values between -9 and 9, different for each seed.
  static func random(_ count: Int, seed: UInt64) -> [Float] {
    let generator = SplitMix64(seed: seed)
    return (0..<count).map { generator.uniform(at: UInt64($0)) * 18 - 9 }
  }

  /// The softmax in double precision.
  static func softmax(_ logits: [Float], temperature: Double = 1) -> [Double] {
    let maximum = Double(logits.max() ?? 0)
    let weights = logits.map { exp((Double($0) - maximum) / temperature) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }
}

extension Sampler {
  mutating func sample(_ logits: [Float], history: [Int] = []) throws -> (id: Int, probability: Float) {
    try logits.withUnsafeBufferPointer { try sample(from: $0, history: history) }
  }

  mutating func candidates(_ logits: [Float], history: [Int] = []) throws -> [Int] {
    try logits.withUnsafeBufferPointer { try candidates(from: $0, history: history) }
  }
}
