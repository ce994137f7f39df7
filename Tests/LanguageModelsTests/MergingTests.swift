import LanguageModels
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// Models with their adapter added into the weights against the same models with the adapter beside them.
struct MergingTests {
  private static let names = ["llama", "mistral", "mistral-window", "qwen2", "qwen3", "gemma3"]
  private let ids = (0..<60).map { $0 * 7 % 300 }

  /// A tiny model with PEFT's adapter on all linear layers.
  private func adapted(_ name: String) throws -> LanguageModel {
    var model = try Fixtures.architecture(name)
    let folder = Fixtures.path("architectures/\(name).adapter")
    model.adapter = try Adapter(
      AdapterFolder(readingFrom: folder), path: folder, configuration: model.configuration)
    return model
  }

  @Test(arguments: names)
  func mergingInFloat32ChangesNothing(name: String) throws {
    let model = try adapted(name)
    let merged = try model.merged(into: .f32)
    #expect(merged.model.adapter == nil && model.adapter != nil)
    #expect(merged.loss.largest == 0 && merged.loss.mean == 0 && merged.loss.meanChange > 1e-3)
    let expected = try InferenceContext(model).readAll(ids).values
    let largest = expected.map(abs).max() ?? 0
    let base = try InferenceContext(Fixtures.architecture(name)).readAll(ids).values
    #expect(largestDifference(base, expected) > 0.05 * largest, "the adapter matters")
    let found = try InferenceContext(merged.model).readAll(ids).values
    #expect(largestDifference(found, expected) < 1e-4 * largest)
    #expect(try greedy(merged.model, Array(ids[..<8]), count: 40) == greedy(model, Array(ids[..<8]), count: 40))
  }

  /// Sums in 16 bits are as near as their digits allow: 8 of bfloat16, 11 of float16.
  @Test(arguments: [(WeightFormat.bf16, Float(1) / 256), (.f16, 1 / 2048)])
  func sixteenBits(format: WeightFormat, precision: Float) throws {
    let model = try adapted("gemma3")
    let merged = try model.merged(into: format)
    let exact = try model.merged(into: .f32).model
    var largest: Float = 0
    for (block, other) in zip(merged.model.blocks, exact.blocks) {
      for layer in LinearLayer.allCases {
        #expect(WeightFormat.blocks(try #require(blockFormat(of: block[layer]))) == format)
        for (value, sum) in zip(block[layer].decoded().values, other[layer].decoded().values) {
          #expect(abs(value - sum) <= precision * abs(sum) + 1e-7)
          largest = max(largest, abs(value - sum))
        }
      }
    }
    #expect(merged.loss.largest == largest)
    #expect(merged.loss.mean > 0 && merged.loss.mean < Double(largest))
  }

  /// Without a format: floats stay in theirs, what was quantized becomes bfloat16, layers without a pair too.
  @Test func sixteenBitsOfAnyBase() throws {
    let base = try Fixtures.architecture("qwen3.gguf")
    #expect(blockFormat(of: base.blocks[0][.q]) == .f32)
    let attached = try base.attaching(LoRA(rank: 2, targets: [.q, .v]), seed: 1)
    #expect(blockFormat(of: try attached.merged().model.blocks[0][.q]) == .f32)
    let half = try attached.merged(into: .f16).model.attaching(LoRA(rank: 2), seed: 1).merged().model
    #expect(blockFormat(of: half.blocks[1][.v]) == .f16)
    let merged = try attached.quantized().merged().model
    for layer in LinearLayer.allCases { #expect(blockFormat(of: merged.blocks[0][layer]) == .bf16) }
    let quantized = try base.quantized().blocks[0][.up].decoded().values
    let largest = quantized.map(abs).max() ?? 0
    #expect(largestDifference(merged.blocks[0][.up].decoded().values, quantized) <= largest / 256)
  }

  /// Into NF4 the sums do not fall on the levels: the loss says how far they are, beside how far the adapter moved them.
  @Test func fourBits() throws {
    let model = try adapted("llama").quantized()
    let merged = try model.merged(into: .nf4)
    let exact = try model.merged(into: .f32).model
    var (sum, largest, count) = (0.0, Float(0), 0)
    for (block, other) in zip(merged.model.blocks, exact.blocks) {
      for layer in LinearLayer.allCases {
        let (found, expected) = (block[layer].decoded().values, other[layer].decoded().values)
        sum += zip(found, expected).reduce(0) { $0 + Double(abs($1.0 - $1.1)) }
        largest = max(largest, largestDifference(found, expected))
        count += found.count
      }
    }
    #expect(merged.loss.largest == largest && largest > 0.01)
    #expect(abs(merged.loss.mean - sum / Double(count)) < 1e-9)
    #expect(merged.loss.meanChange > 0)
  }

  /// A layer that gets nothing added keeps its very bytes.
  @Test func layersWithoutAPairAreShared() throws {
    let base = try Fixtures.architecture("llama").quantized()
    let merged = try base.attaching(LoRA(rank: 2, targets: [.q]), seed: 1).merged(into: .nf4).model
    guard case .codeBook(let before) = base.blocks[0][.up].storage,
      case .codeBook(let after) = merged.blocks[0][.up].storage
    else {
      Issue.record("not NF4")
      return
    }
    #expect(before.codes.pointer == after.codes.pointer)
  }

  @Test func isCancelled() throws {
    let model = try adapted("llama")
    #expect(throws: CancellationError.self) { try model.merged(isCancelled: { true }) }
  }

  /// Pairs of different ranks and scales, as PEFT's patterns give them.
  @Test func pairsOfDifferentRanks() throws {
    var model = try Fixtures.architecture("qwen3")
    let wide = try #require(model.attaching(LoRA(rank: 6, alpha: 3, targets: [.q, .down]), seed: 1).adapter)
    let thin = try #require(
      model.attaching(LoRA(rank: 2, alpha: 8, targets: [.k, .up], isRankStabilized: true), seed: 2).adapter)
    let pairs = zip(wide.pairs, thin.pairs).map { $0.merging($1) { pair, _ in pair } }
    for block in pairs {
      for (layer, pair) in block {
        pair.b.view.copy(from: randomMatrix(pair.b.rows, pair.b.columns, seed: UInt64(layer.rawValue)).view)
      }
    }
    model.adapter = Adapter(options: wide.options, pairs: pairs)
    #expect(model.adapter?.largestRank == 6)
    #expect(pairs[0][.q]?.scale == 0.5 && abs((pairs[0][.k]?.scale ?? 0) - 8 / Float(2).squareRoot()) < 1e-6)
    let expected = try InferenceContext(model.merged(into: .f32).model).readAll(ids).values
    let largest = expected.map(abs).max() ?? 0
    #expect(largestDifference(try InferenceContext(model).readAll(ids).values, expected) < 1e-4 * largest)
    // Through PEFT's patterns and back.
    let folder = try #require(model.adapter).folder(baseModel: nil)
    let again = try Adapter(folder, path: "", configuration: model.configuration)
    for (block, other) in zip(pairs, again.pairs) {
      #expect(Set(block.keys) == Set(other.keys))
      for (layer, pair) in block {
        #expect(other[layer]?.rank == pair.rank)
        #expect(abs((other[layer]?.scale ?? 0) - pair.scale) < 1e-6 * pair.scale)
      }
    }
  }

  private func blockFormat(of weight: WeightMatrix) -> BlockFormat? {
    if case .blocks(let format, _) = weight.storage { format } else { nil }
  }
}
