import Foundation
import JSONValue
import LanguageModels
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// Adapters as llama.cpp loads them.
struct AdapterExportTests {
  private static func model() throws -> LanguageModel {
    try LanguageModel(ggufPath: Fixtures.path("architectures/llama.gguf"))
  }

  /// A model with an adapter whose pairs have the given scales, by layer.
  private static func adapted(_ options: LoRA, scales: [LinearLayer: Float] = [:]) throws -> LanguageModel {
    var model = try model()
    let fresh = try #require(model.attaching(options, seed: 5).adapter)
    var generator = MersenneTwister(seed: 6)
    let pairs = fresh.pairs.map { block in
      Dictionary(
        uniqueKeysWithValues: block.map { layer, pair in
          let numbers = (0..<pair.b.rows * pair.b.columns).map { _ in generator.uniform(in: -1..<1) }
          let b = Matrix(rows: pair.b.rows, columns: pair.b.columns, values: numbers)
          return (layer, LoRAPair(a: pair.a, b: b, scale: scales[layer] ?? pair.scale))
        })
    }
    model.adapter = Adapter(options: options, pairs: pairs)
    return model
  }

  private static func exported(_ model: LanguageModel) throws -> GGUFFile {
    let folder = try TemporaryFolder()
    try model.exportAdapter(to: folder.path + "/a.gguf")
    return try GGUFFile(path: folder.path + "/a.gguf")
  }

  private static func floats(_ name: String, in file: GGUFFile) throws -> [Float] {
    file.data(of: try #require(file.tensor(name))).array(of: Float.self)
  }

  /// Tensors and keys equal those of `convert_lora_to_gguf.py`, tensor by tensor.
  @Test(arguments: ["llama", "mistral", "qwen2", "qwen3", "gemma3"])
  func adapterEqualsTheConverters(name: String) throws {
    let expected = try #require(Fixtures.json("exported_adapters.json")[name]?.object)
    var model = try LanguageModel(ggufPath: Fixtures.path("architectures/\(name).gguf"))
    let path = Fixtures.path("architectures/\(name).adapter")
    model.adapter = try Adapter(
      AdapterFolder(readingFrom: path), path: path, configuration: model.configuration)
    let file = try Self.exported(model)
    let tensors = try #require(expected["tensors"]?.object)
    #expect(Set(file.tensors.map(\.name)) == Set(tensors.keys))
    for tensor in file.tensors {
      #expect(tensors[tensor.name]?["shape"]?.array?.compactMap(\.integer) == tensor.shape)
      #expect(tensors[tensor.name]?["sha256"]?.string == sha256(file.data(of: tensor)), "\(tensor.name)")
      #expect(tensor.format == .f32)
    }
    let keys = try #require(expected["keys"]?.object)
    #expect(Set(file.metadata.keys) == Set(keys.keys))
    for (key, value) in keys where key != "general.name" {
      #expect(file.metadata[key]?.string == value.string)
      if let number = value.number { #expect(file.metadata[key]?.number == number) }
    }
  }

  /// llama.cpp multiplies by alpha / r, so alpha is what makes that the scale.
  @Test(arguments: [(false, Float(24)), (true, Float(24) * Float(4).squareRoot())])
  func rankStabilizedScaleIsAnotherAlpha(isRankStabilized: Bool, alpha: Float) throws {
    let model = try Self.adapted(LoRA(rank: 4, alpha: 24, isRankStabilized: isRankStabilized))
    let file = try Self.exported(model)
    #expect(file.metadata["adapter.lora.alpha"]?.number.map(Float.init) == alpha)
    let pair = try #require(model.adapter?.pairs[1][.v])
    #expect(try Self.floats("blk.1.attn_v.weight.lora_b", in: file) == pair.b.values)
    #expect(try Self.floats("blk.1.attn_v.weight.lora_a", in: file) == pair.a.values)
    #expect(alpha / 4 == pair.scale)
  }

  /// A pair with a scale of its own has what is missing in its B.
  @Test func scalesOfSinglePairsAreFolded() throws {
    let model = try Self.adapted(LoRA(rank: 4, alpha: 8, targets: [.v, .down]), scales: [.down: 0.5])
    let file = try Self.exported(model)
    #expect(file.metadata["adapter.lora.alpha"]?.number == 8)
    let pairs = try #require(model.adapter?.pairs[0])
    #expect(try Self.floats("blk.0.attn_v.weight.lora_b", in: file) == pairs[.v]?.b.values)
    #expect(try Self.floats("blk.0.ffn_down.weight.lora_b", in: file) == pairs[.down]?.b.values.map { $0 * 0.25 })
  }

  /// An alpha of 0, which llama.cpp reads as no scaling at all, is written as zeros.
  @Test func scaleOfZeroIsNotTakenForOne() throws {
    let file = try Self.exported(Self.adapted(LoRA(rank: 4, alpha: 0)))
    #expect(file.metadata["adapter.lora.alpha"]?.number == 4)
    #expect(try Self.floats("blk.0.attn_q.weight.lora_b", in: file).allSatisfy { $0 == 0 })
  }

  @Test func modelWithoutAdapterIsAnError() throws {
    let folder = try TemporaryFolder()
    #expect(throws: ExportError.noAdapter) { try Self.model().exportAdapter(to: folder.path + "/a.gguf") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }
}
