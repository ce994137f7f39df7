import FineTuning
import LanguageModels
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// DoRA's backward pass, in which the lengths ‖W + s B A‖ count as constants.
struct DecompositionGradientTests {
  private let base: LanguageModel
  private let batch: TrainingBatch

  init() throws {
    base = try LanguageModel(path: Fixtures.path("architectures/qwen2"))
    batch = TrainingBatch([(0..<9).map { $0 * 5 % 90 }, (0..<6).map { $0 * 11 % 90 }], rows: [0, 1])
  }

  /// A DoRA whose matrices are all away from where they begin.
  private func adapted(dropout: Double) throws -> LanguageModel {
    let options = LoRA(
      rank: 3, alpha: 6, dropout: dropout, targets: Set(LinearLayer.allCases), isWeightDecomposed: true)
    let model = try base.attaching(options, seed: 1)
    for (index, parameter) in AdapterGradients.parameters(of: try #require(model.adapter).pairs).enumerated() {
      let random = randomMatrix(parameter.matrix.rows, parameter.matrix.columns, seed: UInt64(index), scale: 0.3)
      for place in 0..<random.view.count {
        let value = random.view.base[place]
        parameter.matrix.view.base[place] =
          parameter.role == .magnitude ? parameter.matrix.view.base[place] * (1 + value) : value
      }
    }
    return model
  }

  /// m does not touch the lengths, so its gradient is that of the loss itself, also through all layers above.
  @Test(arguments: [0, 0.3])
  func magnitudes(dropout: Double) throws {
    let model = try adapted(dropout: dropout)
    let adapter = try #require(model.adapter)
    let (pass, gradients) = (try TrainingPass(model, maxLength: 16), AdapterGradients(like: adapter))
    _ = try pass.run(batch, denominator: 12, gradients: gradients, dropoutSeed: 7)
    for (gradient, parameter) in zip(gradients.matrices, AdapterGradients.parameters(of: adapter.pairs))
    where parameter.role == .magnitude {
      expectGradient(gradient.view, of: parameter.matrix, count: 3, step: 0.02, tolerance: 0.03) {
        let discarded = AdapterGradients(like: adapter)
        return (try? pass.run(batch, denominator: 12, gradients: discarded, dropoutSeed: 7)) ?? .nan
      }
    }
  }

  /// With constant lengths DoRA is LoRA beside weights whose rows are stretched, and B's rows with them.
  @Test func equalsLoRABesideStretchedWeights() throws {
    let model = try adapted(dropout: 0)
    let adapter = try #require(model.adapter)
    var stretched = model
    var factors: [[LinearLayer: [Float]]] = []
    var pairs: [[LinearLayer: LoRAPair]] = []
    for (index, block) in adapter.pairs.enumerated() {
      factors.append([:])
      pairs.append([:])
      for (layer, pair) in block {
        let weight = model.blocks[index][layer]
        let own = try #require(RowNorms(weight).factors(of: pair))
        let (wide, b) = (weight.decoded(), pair.b.copy())
        for (row, factor) in own.enumerated() {
          for column in 0..<wide.columns { wide.view.row(row)[column] *= factor }
          for column in 0..<b.columns { b.view.row(row)[column] *= factor }
        }
        stretched.blocks[index][layer] = WeightMatrix(wide)
        pairs[index][layer] = LoRAPair(a: pair.a, b: b, scale: pair.scale)
        factors[index][layer] = own
      }
    }
    stretched.adapter = Adapter(options: adapter.options, pairs: pairs)
    let (loss, found) = try gradients(model)
    let (expectedLoss, expected) = try gradients(stretched)
    #expect(abs(loss - expectedLoss) < 1e-4)
    for (index, block) in found.pairs.enumerated() {
      for (layer, pair) in block {
        let other = try #require(expected.pairs[index][layer])
        let own = try #require(factors[index][layer])
        expectNear(pair.a.values, other.a.values)
        expectNear(pair.b.values, other.b.values.enumerated().map { $1 * own[$0 / other.b.columns] })
      }
    }
  }

  /// Just attached it changes nothing, and merged it is the same function.
  @Test func changesNothingAtFirst() throws {
    let ids = Array(batch.tokens[..<9])
    let plain = try InferenceContext(base).readAll(ids).values
    let fresh = try base.attaching(LoRA(rank: 3, isWeightDecomposed: true), seed: 1)
    #expect(largestDifference(try InferenceContext(fresh).readAll(ids).values, plain) < 1e-4)
    let model = try adapted(dropout: 0)
    let logits = try InferenceContext(model).readAll(ids).values
    #expect(largestDifference(logits, plain) > 0.1)
    let merged = try model.merged(into: .f32)
    #expect(merged.model.adapter == nil && merged.loss.meanChange > 0)
    let largest = logits.map(abs).max() ?? 0
    #expect(largestDifference(try InferenceContext(merged.model).readAll(ids).values, logits) < 1e-4 * largest)
  }

  private func gradients(_ model: LanguageModel) throws -> (Double, AdapterGradients) {
    let gradients = AdapterGradients(like: try #require(model.adapter))
    return (try TrainingPass(model, maxLength: 16).run(batch, denominator: 12, gradients: gradients), gradients)
  }

  private func expectNear(_ found: [Float], _ expected: [Float]) {
    let largest = expected.map(abs).max() ?? 0
    #expect(largest > 0 && largestDifference(found, expected) < 1e-3 * largest)
  }
}
