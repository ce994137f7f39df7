import FineTuning
import Foundation
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport

/// A training that takes milliseconds: the tiny model, and rows of a few tokens.
struct TinyTraining {
  /// Rows of 9 to 15 tokens.
  ///
  /// - Parameter learned: The last tokens of each row that are learned; `nil` for all.
  func rows(_ count: Int, learned: Int? = nil, seed: UInt64 = 3) -> [TrainingRow] {
    let generator = SplitMix64(seed: seed)
    return (0..<count).map { row in
      let tokens = (0..<9 + row % 7).map { Int(generator.bits(at: UInt64(64 * row + $0)) % 384) }
      let first = learned.map { tokens.count - $0 } ?? 0
      let sequence = TrainingSequence(tokens: tokens, isLearned: tokens.indices.map { $0 >= first })
      return TrainingRow(sequences: [sequence], sources: [row])
    }
  }

  func options(steps: Int) -> TrainingOptions {
    TrainingOptions(steps: steps, batchSize: 2, learningRate: 1e-2, maxLength: 16, precision: .float32, seed: 7)
  }

  func base() throws -> LanguageModel { try LanguageModel(ggufPath: Fixtures.path("tiny-llama.gguf")).quantized() }

  func model(_ lora: LoRA = LoRA(rank: 4, alpha: 8, dropout: 0.1, targets: [.q, .v, .down])) throws -> LanguageModel {
    try base().attaching(lora, seed: 5)
  }

  func trainer(
    _ options: TrainingOptions, rows: [TrainingRow]? = nil, validation: [TrainingRow] = [], dropout: Double = 0
  ) throws -> Trainer {
    let model = try model(LoRA(rank: 4, alpha: 8, dropout: dropout, targets: [.q, .v, .down]))
    return try Trainer(model, rows: rows ?? self.rows(24), validation: validation, options: options)
  }

  /// All numbers of the adapter as trained so far.
  func numbers(of trainer: Trainer) throws -> [Float] {
    AdapterGradients.matrices(of: trainer.model.adapter?.pairs ?? []).flatMap(\.values)
  }
}
