import LanguageModels
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// What adapters begin with, against PEFT (`Tests/Fixtures/makers/adapter_variants.py`), and what cannot be attached.
struct AttachingTests {
  private let base: LanguageModel
  private let starts: SafetensorsFile

  init() throws {
    base = try LanguageModel(path: Fixtures.path("tiny-llama.gguf"))
    starts = try Fixtures.tensors("adapters/starts.safetensors")
  }

  private func expectError(
    _ error: AttachmentError, _ change: (inout LoRA) -> Void, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var lora = LoRA(rank: 4)
    change(&lora)
    #expect(throws: error, sourceLocation: sourceLocation) { try base.attaching(lora, seed: 1) }
  }

  private func matrices(_ adapter: Adapter) -> [String: AdapterFolder.Pair] { adapter.folder(baseModel: nil).pairs }

  /// torch's vector units compute logarithms and angles with other last digits.
  @Test(arguments: [0, 42])
  func gaussianNumbersArePEFTs(seed: UInt64) throws {
    let even = LoRA(rank: 4, targets: [.q, .down], initialization: .gaussian)
    var odd = LoRA(rank: 3, targets: [.v], initialization: .gaussian)
    odd.rankPattern["layers.1.self_attn.v_proj"] = 1
    for (kind, options) in [("gaussian", even), ("gaussian-odd", odd)] {
      let adapter = try #require(base.attaching(options, seed: seed).adapter)
      for (module, pair) in matrices(adapter) {
        let expected = try starts.floats("\(seed).\(kind).base_model.model.\(module).lora_A.weight")
        #expect(largestDifference(pair.a.values, expected) < 2e-6, "\(kind) \(module)")
        #expect(pair.b.values.allSatisfy { $0 == 0 })
      }
    }
  }

  @Test func magnitudesArePEFTs() throws {
    let options = LoRA(rank: 4, alpha: 8, targets: [.q, .v, .down], isWeightDecomposed: true)
    let pairs = matrices(try #require(base.attaching(options, seed: 0).adapter))
    #expect(pairs.count == 6)
    for (module, pair) in pairs {
      let expected = try starts.floats("0.dora.base_model.model.\(module).lora_magnitude_vector")
      #expect(largestDifference(try #require(pair.magnitude).values, expected) < 1e-5)
    }
  }

  @Test func principalComponentsArePEFTs() throws {
    let options = LoRA(rank: 4, alpha: 6, targets: [.q, .gate], initialization: .pissa)
    let model = try base.attaching(options, seed: 0)
    for (block, layer) in [(0, LinearLayer.q), (1, .gate)] {
      let module = "pissa.\(layer.path(inBlock: block).dropFirst("model.".count))"
      let pair = try #require(model.adapter?.pairs[block][layer])
      let product = Matrix(rows: pair.b.rows, columns: pair.a.columns)
      MatrixProduct.multiply(pair.b.view, by: pair.a.view, into: product.view)
      #expect(largestDifference(product.values, try starts.floats("\(module).product")) < 1e-5)
      let rest = model.blocks[block][layer].decoded().values
      #expect(largestDifference(rest, try starts.floats("\(module).rest")) < 1e-5)
    }
    let ids = [5, 80, 17, 200, 3]
    let (found, expected) = try (
      InferenceContext(model).readAll(ids).values, InferenceContext(base).readAll(ids).values
    )
    #expect(largestDifference(found, expected) < 1e-4)
  }

  /// Singular values fall, directions are orthogonal, and together they are the matrix.
  @Test(arguments: [(5, 9), (9, 5), (7, 7), (1, 4)])
  func singularValues(rows: Int, columns: Int) throws {
    var random = SplitMix64(seed: 3)
    let matrix = Matrix(
      rows: rows, columns: columns, values: (0..<rows * columns).map { _ in Float(random.nextUniform() - 0.5) })
    let parts = try #require(SingularValues(of: matrix))
    #expect(parts.values == parts.values.sorted(by: >) && parts.values.count == min(rows, columns))
    let again = Matrix(rows: rows, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns {
        again.view.row(row)[column] = parts.values.indices.reduce(0) {
          $0 + parts.left.view.row(row)[$1] * parts.values[$1] * parts.right.view.row($1)[column]
        }
      }
    }
    #expect(largestDifference(again.values, matrix.values) < 1e-5)
    matrix.view.base[0] = .nan
    #expect(SingularValues(of: matrix) == nil)
  }

  /// Models with different adapters are values over the same bytes.
  @Test func weightsAreShared() throws {
    let quantized = try base.quantized()
    let models = try [1, 2].map { try quantized.attaching(LoRA(rank: 2, isWeightDecomposed: $0 == 2), seed: $0) }
    for model in models + [try models[0].detached()] {
      for index in base.blocks.indices {
        for layer in LinearLayer.allCases {
          guard case .codeBook(let own) = model.blocks[index][layer].storage,
            case .codeBook(let shared) = quantized.blocks[index][layer].storage
          else {
            Issue.record("not NF4")
            return
          }
          #expect(own.codes.pointer == shared.codes.pointer)
        }
      }
    }
    #expect(models[0].adapter?.isWeightDecomposed == false && models[1].adapter?.isWeightDecomposed == true)
    #expect(quantized.adapter == nil)
    #expect(try models[0].detached().adapter == nil)
  }

  @Test func targetsThatAreNotThere() throws {
    var pattern = LoRA(rank: 4)
    pattern.targets = .pattern("q_proj")
    expectError(.noTarget(pattern, blocks: 2)) { $0 = pattern }
    expectError(.unknownModule("query")) { $0.targets = .endings(["q_proj", "query"]) }
    expectError(.unreadablePattern("(q")) { $0.targets = .pattern("(q") }
    var excluded = LoRA(rank: 4, targets: [.q])
    excluded.excluded = .pattern(".*attn.*")
    expectError(.noTarget(excluded, blocks: 2)) { $0 = excluded }
    var blocks = LoRA(rank: 4)
    blocks.blocks = [2, 3]
    expectError(.noTarget(blocks, blocks: 2)) { $0 = blocks }
  }

  @Test func patterns() throws {
    expectError(.unusedPattern("rank_pattern", text: "down_proj")) { $0.rankPattern["down_proj"] = 2 }
    expectError(.ambiguousPattern("alpha_pattern", module: "model.layers.0.self_attn.q_proj")) {
      $0.alphaPattern["q_proj"] = 2
      $0.alphaPattern["0.self_attn.q_proj"] = 3
    }
    var lora = LoRA(rank: 4, alpha: 8, targets: .pattern(".*layers\\.1\\..*_proj"), isRankStabilized: true)
    lora.excluded = .endings(["o_proj"])
    lora.rankPattern["mlp.down_proj"] = 9
    lora.alphaPattern["mlp.down_proj"] = 3
    let adapter = try #require(base.attaching(lora, seed: 1).adapter)
    #expect(adapter.pairs[0].isEmpty && adapter.pairs[1].count == 6 && adapter.pairs[1][.o] == nil)
    #expect(adapter.pairs[1][.down]?.rank == 9 && adapter.pairs[1][.down]?.scale == 1)
    #expect(adapter.pairs[1][.q]?.rank == 4 && adapter.pairs[1][.q]?.scale == 4)
  }

  @Test func pissaNeedsFloats() throws {
    let lora = LoRA(rank: 2, targets: [.q], initialization: .pissa)
    let module = "model.layers.0.self_attn.q_proj"
    let quantized = try base.quantized()
    #expect(
      throws: AttachmentError.quantizedWeight(module, format: quantized.blocks[0][.q].formatName)
    ) { try quantized.attaching(lora, seed: 1) }
    expectError(.rankTooLarge(module, limit: 64)) { $0 = LoRA(rank: 65, targets: [.q], initialization: .pissa) }
    // Its weights lack a part: nothing else can stand beside them.
    let model = try base.attaching(lora, seed: 1).quantized()
    #expect(throws: AttachmentError.incompleteWeights) { try model.detached() }
    #expect(throws: AttachmentError.incompleteWeights) { try model.attaching(LoRA(), seed: 1) }
    #expect(throws: CancellationError.self) { try base.attaching(lora, seed: 1, isCancelled: { true }) }
  }

  /// As a plain LoRA of twice the rank it fits the weights as they were.
  @Test func pissaBesideWholeWeights() throws {
    for isRankStabilized in [false, true] {
      let lora = LoRA(
        rank: 3, alpha: 5, targets: [.k, .up], isRankStabilized: isRankStabilized, initialization: .pissa)
      let model = try base.attaching(lora, seed: 1)
      for pair in try #require(model.adapter).pairs.flatMap(\.values) { pair.b.view.base[0] += 2 }
      let plain = try #require(model.adapter).besideWholeWeights()
      var other = base
      other.adapter = plain
      #expect(plain.taken == nil && plain.largestRank == 6)
      let ids = [5, 80, 17, 200, 3]
      let expected = try InferenceContext(model).readAll(ids).values
      #expect(largestDifference(try InferenceContext(other).readAll(ids).values, expected) < 1e-4)
      #expect(largestDifference(try InferenceContext(base).readAll(ids).values, expected) > 0.01)
    }
  }
}
