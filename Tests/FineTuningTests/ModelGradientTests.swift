import FineTuning
import Foundation
import LanguageModels
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// The gradients of all adapter matrices of a whole small model against finite differences of its loss.
struct ModelGradientTests {
  /// A model with an adapter whose B is not zero, and a batch of two sequences.
  private func setUp(_ name: String, targets: Set<LinearLayer>, dropout: Double = 0) throws -> (
    LanguageModel, TrainingBatch
  ) {
    var model = try LanguageModel(path: Fixtures.path(name))
      .attaching(LoRA(rank: 3, alpha: 6, dropout: dropout, targets: targets), seed: 1)
    let adapter = try #require(model.adapter)
    for (index, matrix) in AdapterGradients.matrices(of: adapter.pairs).enumerated() {
      matrix.view.copy(from: randomMatrix(matrix.rows, matrix.columns, seed: UInt64(index), scale: 0.3).view)
    }
    model.adapter = adapter
    let ids = try Fixtures.tensors("tiny_logits.safetensors").integers("ids")
    return (model, TrainingBatch([Array(ids[0..<9]), Array(ids[20..<25])], rows: [0, 1]))
  }

  @Test(
    arguments: ["tiny-llama.gguf", "tiny-untied.gguf"],
    [[LinearLayer.q, .v], LinearLayer.allCases, [.down], [.gate, .k]])
  func adapterGradients(name: String, targets: [LinearLayer]) throws {
    let (model, batch) = try setUp(name, targets: Set(targets))
    let adapter = try #require(model.adapter)
    let pass = try TrainingPass(model, maxLength: 16)
    let gradients = AdapterGradients(like: adapter)
    let denominator = batch.labelCount
    _ = try pass.run(batch, denominator: denominator, gradients: gradients)
    try expectGradients(gradients, of: adapter) {
      try pass.run(batch, denominator: denominator, gradients: nil)
    }
  }

  /// Every part that any architecture has, in one model: norms on all sides, GELU, windows and two rope tables of Gemma 3,
  /// biases on all layers, and dropout.
  @Test func allPartsTogether() throws {
    let (gemma, batch) = try setUp("architectures/gemma3", targets: Set(LinearLayer.allCases), dropout: 0.2)
    let model = gemma.withBiases()
    let adapter = try #require(model.adapter)
    let pass = try TrainingPass(model, maxLength: 16)
    let gradients = AdapterGradients(like: adapter)
    _ = try pass.run(batch, denominator: 12, gradients: gradients, dropoutSeed: 7)
    let discarded = AdapterGradients(like: adapter)
    try expectGradients(gradients, of: adapter, count: 2) {
      try pass.run(batch, denominator: 12, gradients: discarded, dropoutSeed: 7)
    }
    let plain = try pass.run(batch, denominator: 12, gradients: nil)
    let unbiased = try TrainingPass(gemma, maxLength: 16).run(batch, denominator: 12, gradients: nil)
    #expect(abs(plain - unbiased) > 1e-3, "biases matter")
    let logits = try InferenceContext(model).readAll(Array(batch.tokens[batch.sequences[0]]))
    let first = try pass.run(
      TrainingBatch([Array(batch.tokens[batch.sequences[0]])], rows: [0]), denominator: 1, gradients: nil)
    #expect(abs(first - crossEntropy(logits, labels: batch.tokens[batch.sequences[0]].dropFirst())) < 1e-3)
  }

  /// Checks some elements of each matrix by differences of the loss, with a step that is wide enough for float32.
  private func expectGradients(
    _ gradients: AdapterGradients, of adapter: Adapter, count: Int = 6, loss: () throws -> Double
  ) throws {
    for (gradient, parameter) in zip(gradients.matrices, AdapterGradients.matrices(of: adapter.pairs)) {
      let largest = gradient.values.map(abs).max() ?? 0
      #expect(largest > 1e-4)
      for index in stride(from: 0, to: parameter.view.count, by: max(1, parameter.view.count / count)) {
        let value = parameter.view.base[index]
        parameter.view.base[index] = value + 0.02
        let above = try loss()
        parameter.view.base[index] = value - 0.02
        let below = try loss()
        parameter.view.base[index] = value
        #expect(abs(Float((above - below) / 0.04) - gradient.view.base[index]) < 0.02 * largest + 3e-5)
      }
    }
  }

  /// The summed loss of rows of logits, the last of which predicts nothing.
  private func crossEntropy(_ logits: Matrix, labels: ArraySlice<Int>) -> Double {
    zip(0..., labels).reduce(0) { sum, pair in
      let row = UnsafeBufferPointer(start: logits.view.row(pair.0), count: logits.columns).map(Double.init)
      return sum + log(row.reduce(0) { $0 + exp($1) }) - row[pair.1]
    }
  }

  /// With dropout the backward pass sees the pattern of the forward pass.
  @Test func dropoutIsTheSameForwardsAndBackwards() throws {
    let (model, batch) = try setUp("tiny-llama.gguf", targets: [.q, .v, .down], dropout: 0.4)
    let adapter = try #require(model.adapter)
    let pass = try TrainingPass(model, maxLength: 16)
    let gradients = AdapterGradients(like: adapter)
    func loss() throws -> Double {
      try pass.run(batch, denominator: 12, gradients: AdapterGradients(like: adapter), dropoutSeed: 7)
    }
    _ = try pass.run(batch, denominator: 12, gradients: gradients, dropoutSeed: 7)
    #expect(try loss() != pass.run(batch, denominator: 12, gradients: nil), "dropout changes the loss")
    try expectGradients(gradients, of: adapter, loss: loss)
  }

  /// The loss is the mean over all labels, however sequences are put together.
  @Test func lossIsTheMeanOverTokens() throws {
    let (model, batch) = try setUp("tiny-llama.gguf", targets: [.q])
    let pass = try TrainingPass(model, maxLength: 16)
    let together = try pass.run(batch, denominator: batch.labelCount, gradients: nil)
    let apart = try batch.sequences.reduce(0.0) { sum, range in
      let single = TrainingBatch([Array(batch.tokens[range])], rows: [0])
      return try sum + pass.run(single, denominator: batch.labelCount, gradients: nil)
    }
    #expect(abs(together - apart) < 1e-5)
  }
}

extension LanguageModel {
  /// The same model with random biases on all linear layers.
  fileprivate func withBiases() -> LanguageModel {
    var model = self
    for index in blocks.indices {
      let block = blocks[index]
      model.blocks[index] = TransformerBlock(
        weight: { block[$0] },
        bias: { randomMatrix(1, block[$0].rows, seed: UInt64(index * 7 + $0.rawValue), scale: 0.5).values },
        gain: { block.gain(of: $0) ?? [] })
    }
    return model
  }
}
