import Foundation
import JSONValue
import LanguageModels
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// DoRA, patterns, numbers of layers and PiSSA from PEFT to Quill and back; `Tests/Fixtures/makers/adapter_variants.py` has
/// PEFT's side.
struct AdapterVariantTests {
  static let names = ["dora", "dora-patterns", "patterns", "layers", "pissa"]

  private let base: LanguageModel
  private let fixture: SafetensorsFile
  private let ids: [Int]

  init() throws {
    base = try LanguageModel(ggufPath: Fixtures.path("tiny-llama.gguf"))
    fixture = try Fixtures.tensors("adapters/logits.safetensors")
    ids = try fixture.integers("ids")
  }

  private func loaded(_ folder: String) throws -> LanguageModel {
    try base.loadingAdapter(AdapterFolder(readingFrom: folder), path: folder)
  }

  @Test(arguments: names)
  func logitsEqualPEFT(name: String) throws {
    let model = try loaded(Fixtures.path("adapters/\(name)"))
    let expected = try fixture.floats(name)
    #expect(largestDifference(try InferenceContext(model).readAll(ids).values, expected) < 2e-4)
    #expect(largestDifference(try fixture.floats("base"), expected) > 0.1, "the adapter matters")
    // PEFT's lengths of the merged layers, in the order of its modules.
    let merged = try model.merged(into: .f32).model
    let norms = merged.blocks.flatMap { block in
      LinearLayer.allCases.map { layer in
        Float(block[layer].decoded().values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot())
      }
    }
    #expect(largestDifference(norms, try fixture.floats("\(name).merged")) < 1e-3)
  }

  @Test(arguments: names)
  func settingsAndMatricesSurvive(name: String) throws {
    let source = try AdapterFolder(readingFrom: Fixtures.path("adapters/\(name)"))
    let target = try TemporaryFolder()
    try #require(loaded(Fixtures.path("adapters/\(name)")).adapter).folder(baseModel: "tiny-llama").write(
      to: target.path)
    let again = try AdapterFolder(readingFrom: target.path)
    #expect(again.configuration == source.configuration)
    let file = "adapter_model.safetensors"
    #expect(
      try Data(contentsOf: URL(filePath: "\(target.path)/\(file)"))
        == Data(Fixtures.bytes("adapters/\(name)/\(file)")))
  }

  /// Adapters of all kinds that Quill makes come back from their files; with `QUILL_ADAPTERS` they are left in that folder
  /// with their logits, for `make_fixtures.py check_adapters`.
  @Test func writtenForPEFT() throws {
    let temporary = try TemporaryFolder()
    let root = ProcessInfo.processInfo.environment["QUILL_ADAPTERS"] ?? temporary.path
    for (name, lora) in Self.kinds() {
      let model = try base.attaching(lora, seed: 5)
      for pair in try #require(model.adapter).pairs.flatMap(\.values) {
        for index in 0..<pair.b.view.count { pair.b.view.base[index] += 0.05 * Float(index % 7 - 3) }
        if let magnitude = pair.magnitude?.view {
          for index in 0..<magnitude.count { magnitude.base[index] *= 1 + 0.1 * Float(index % 5 - 2) }
        }
      }
      try #require(model.adapter).folder(baseModel: "tiny-llama").write(to: "\(root)/\(name)")
      let logits = try InferenceContext(model).readAll(ids)
      #expect(largestDifference(logits.values, try fixture.floats("base")) > 0.05, "\(name)")
      let again = try InferenceContext(loaded("\(root)/\(name)")).readAll(ids).values
      #expect(largestDifference(again, logits.values) < 1e-5, "\(name)")
      let numbers = Matrix(rows: 1, columns: ids.count, values: ids.map(Float.init))
      let data = SafetensorsWriter.data(["logits": logits], vectors: ["ids": numbers])
      try AtomicFile.write(data, to: "\(root)/\(name)/logits.safetensors")
    }
  }

  private static func kinds() -> [(String, LoRA)] {
    var patterns = LoRA(
      rank: 4, alpha: 8, targets: .pattern(".*layers\\.[01]\\..*(q|v|up)_proj"), isRankStabilized: true)
    patterns.excluded = .endings(["0.self_attn.v_proj"])
    patterns.rankPattern["up_proj"] = 2
    patterns.alphaPattern["1.self_attn.v_proj"] = 3
    var layers = LoRA(rank: 2, targets: [.o, .down], initialization: .gaussian)
    layers.blocks = [1]
    var both = patterns
    both.isWeightDecomposed = true
    return [
      ("lora", LoRA(rank: 3, targets: Set(LinearLayer.allCases))), ("patterns", patterns), ("layers", layers),
      ("dora", LoRA(rank: 3, targets: Set(LinearLayer.allCases), isWeightDecomposed: true)), ("dora-patterns", both),
      ("pissa", LoRA(rank: 3, alpha: 5, targets: [.q, .down], initialization: .pissa)),
      (
        "dora-pissa",
        LoRA(rank: 3, alpha: 5, targets: [.q, .down], isWeightDecomposed: true, initialization: .pissa)
      ),
    ]
  }

  /// llama.cpp has no DoRA; PiSSA is written as what it is beside whole weights.
  @Test func asGGUF() throws {
    let folder = try TemporaryFolder()
    #expect(throws: ExportError.decomposedAdapter) {
      try loaded(Fixtures.path("adapters/dora")).exportAdapter(to: folder.path + "/a.gguf")
    }
    try loaded(Fixtures.path("adapters/pissa")).exportAdapter(to: folder.path + "/a.gguf")
    let file = try GGUFFile(path: folder.path + "/a.gguf")
    #expect(file.tensors.contains { $0.name == "blk.0.attn_q.weight.lora_a" && $0.shape.contains(8) })
  }

  /// A tensor of a DoRA that is missing, too long, or not asked for.
  @Test func magnitudesThatDoNotFit() throws {
    let source = try AdapterFolder(readingFrom: Fixtures.path("adapters/dora"))
    let folder = try TemporaryFolder()
    let module = "model.layers.0.self_attn.q_proj"
    let (path, key) = (folder.path + "/adapter_model.safetensors", "base_model.model.\(module).lora_magnitude_vector")
    func write(_ magnitude: Matrix?, isWeightDecomposed: Bool = true) throws {
      var pairs = source.pairs
      let pair = try #require(pairs[module])
      pairs[module] = AdapterFolder.Pair(a: pair.a, b: pair.b, magnitude: magnitude)
      var configuration = source.configuration
      configuration.lora.isWeightDecomposed = isWeightDecomposed
      try AdapterFolder(configuration: configuration, pairs: pairs).write(to: folder.path)
    }
    func expect(_ reason: AdapterError.Reason, sourceLocation: SourceLocation = #_sourceLocation) {
      #expect(throws: AdapterError(path: path, reason: reason), sourceLocation: sourceLocation) {
        try base.loadingAdapter(AdapterFolder(readingFrom: folder.path), path: path)
      }
    }
    try write(nil)
    expect(.missingTensor(key))
    try write(Matrix(rows: 1, columns: 63))
    expect(.magnitudes(module, found: 63, expected: 64))
    try write(source.pairs[module]?.magnitude, isWeightDecomposed: false)
    let error = #expect(throws: AdapterError.self) { try AdapterFolder(readingFrom: folder.path) }
    if case .unknownTensor? = error?.reason {} else { Issue.record("\(String(describing: error))") }
  }
}
