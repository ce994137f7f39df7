import LanguageModels
import ModelFiles
import Quantization
import TensorCore

/// A hash of numbers by which a checkpoint knows again what it was trained on; no defence against forgery.
struct Fingerprint: Sendable, Hashable {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ word: UInt64) {
    value = (value ^ word) &* 0x9e37_79b9_7f4a_7c15
    value ^= value >> 32
  }

  /// Sixteen hexadecimal digits.
  var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension Fingerprint {
  /// Tokens of rows, where their sequences end, and what of them is learned.
  ///
  /// - Complexity: O(tokens).
  init(of rows: [TrainingRow]) {
    for row in rows {
      add(UInt64(row.sequences.count))
      for sequence in row.sequences {
        add(UInt64(sequence.tokens.count))
        for (token, isLearned) in zip(sequence.tokens, sequence.isLearned) {
          add(UInt64(truncatingIfNeeded: token) << 1 | (isLearned ? 1 : 0))
        }
      }
    }
  }
}

/// What the frozen weights of a model are: format, shape and the first row of each matrix.
///
/// The first row differs wherever two models or two ways of quantizing do, and decoding it costs next to nothing.
struct BaseFingerprint: Sendable, Hashable {
  /// By the name of the weight in transformers: `nf4 + double quantization [576, 576] 1f0e…`.
  let weights: [String: String]

  init(weights: [String: String]) { self.weights = weights }

  /// - Complexity: O(weights · columns).
  init(of model: LanguageModel) {
    var weights = ["model.embed_tokens": Self.describe(model.tokenEmbedding)]
    if let head = model.outputHead { weights["lm_head"] = Self.describe(head) }
    for (index, block) in model.blocks.enumerated() {
      for layer in LinearLayer.allCases { weights[layer.path(inBlock: index)] = Self.describe(block[layer]) }
    }
    self.weights = weights
  }

  private static func describe(_ weight: WeightMatrix) -> String {
    var fingerprint = Fingerprint()
    if weight.rows > 0 {
      let row = Matrix(rows: 1, columns: weight.columns)
      weight.decode(rows: 0..<1, into: row.view.base)
      for number in row.view.buffer { fingerprint.add(UInt64(number.bitPattern)) }
    }
    return "\(weight.formatName) [\(weight.rows), \(weight.columns)] \(fingerprint.text)"
  }

  /// The first weight, by name, in which another model differs; `nil` when there is none.
  func difference(from other: BaseFingerprint) -> (weight: String, here: String?, there: String?)? {
    Set(weights.keys).union(other.weights.keys).sorted().first { weights[$0] != other.weights[$0] }
      .map { ($0, weights[$0], other.weights[$0]) }
  }
}
