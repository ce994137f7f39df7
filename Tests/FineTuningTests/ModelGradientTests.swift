import FineTuning
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// The gradients of all adapter matrices of a whole small model against finite differences of its loss.
struct ModelGradientTests {
  /// A model with an adapter whose B is not zero, and a batch of two sequences.
  private func setUp(_ name: String, targets: Set<LinearLayer>, dropout: Double = 0) throws -> (
    LanguageModel, TrainingBatch
  ) {
    var model = try LanguageModel(ggufPath: Fixtures.path("\(name).gguf"))
      .attaching(LoRA(rank: 3, alpha: 6, dropout: dropout, targets: targets), seed: 1)
    let adapter = try #require(model.adapter)
    for (index, matrix) in AdapterGradients.matrices(of: adapter.pairs).enumerated() {
      matrix.view.copy(from: randomMatrix(matrix.rows, matrix.columns, seed: UInt64(index), scale: 0.3).view)
    }
    model.adapter = adapter
    let ids = try Fixtures.tensors("tiny_logits.safetensors").integers("ids")
    return (model, TrainingBatch([Array(ids[0..<9]), Array(ids[20..<25])], rows: [0, 1]))
  }

  @Test(arguments: ["tiny-llama", "tiny-untied"], [[LinearLayer.q, .v], LinearLayer.allCases, [.down], [.gate, .k]])
  func adapterGradients(name: String, targets: [LinearLayer]) throws {
    let (model, batch) = try setUp(name, targets: Set(targets))
    let adapter = try #require(model.adapter)
    let pass = try TrainingPass(model, maxLength: 16)
    let gradients = AdapterGradients(like: adapter)
    let denominator = batch.labelCount
    _ = try pass.run(batch, denominator: denominator, gradients: gradients)
    for (gradient, parameter) in zip(gradients.matrices, AdapterGradients.matrices(of: adapter.pairs)) {
      // Six elements of each matrix; a step wide enough for float32.
      let (largest, count) = (gradient.values.map(abs).max() ?? 0, parameter.view.count)
      #expect(largest > 1e-4)
      for index in stride(from: 0, to: count, by: max(1, count / 6)) {
        let value = parameter.view.base[index]
        func loss(_ shift: Float) throws -> Double {
          parameter.view.base[index] = value + shift
          defer { parameter.view.base[index] = value }
          return try pass.run(batch, denominator: denominator, gradients: nil)
        }
        let slope = try Float((loss(0.02) - loss(-0.02)) / 0.04)
        #expect(abs(slope - gradient.view.base[index]) < 0.02 * largest + 3e-5)
      }
    }
  }

  /// With dropout the backward pass sees the pattern of the forward pass.
  @Test func dropoutIsTheSameForwardsAndBackwards() throws {
    let (model, batch) = try setUp("tiny-llama", targets: [.q, .v, .down], dropout: 0.4)
    let adapter = try #require(model.adapter)
    let pass = try TrainingPass(model, maxLength: 16)
    let gradients = AdapterGradients(like: adapter)
    let parameters = AdapterGradients.matrices(of: adapter.pairs)
    func loss() throws -> Double {
      try pass.run(batch, denominator: 12, gradients: AdapterGradients(like: adapter), dropoutSeed: 7)
    }
    _ = try pass.run(batch, denominator: 12, gradients: gradients, dropoutSeed: 7)
    #expect(try loss() != pass.run(batch, denominator: 12, gradients: nil), "dropout changes the loss")
    for (gradient, parameter) in zip(gradients.matrices, parameters) {
      let place = parameter.view.count / 2
      let value = parameter.view.base[place]
      parameter.view.base[place] = value + 0.02
      let above = try loss()
      parameter.view.base[place] = value - 0.02
      let below = try loss()
      parameter.view.base[place] = value
      let largest = gradient.values.map(abs).max() ?? 0
      #expect(abs(Float((above - below) / 0.04) - gradient.view.base[place]) < 0.02 * largest + 3e-5)
    }
  }

  /// The loss is the mean over all labels, however sequences are put together.
  @Test func lossIsTheMeanOverTokens() throws {
    let (model, batch) = try setUp("tiny-llama", targets: [.q])
    let pass = try TrainingPass(model, maxLength: 16)
    let together = try pass.run(batch, denominator: batch.labelCount, gradients: nil)
    let apart = try batch.sequences.reduce(0.0) { sum, range in
      let single = TrainingBatch([Array(batch.tokens[range])], rows: [0])
      return try sum + pass.run(single, denominator: batch.labelCount, gradients: nil)
    }
    #expect(abs(together - apart) < 1e-5)
  }
}
