import Foundation
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// Adapters that go from PEFT to Quill and from Quill to PEFT; `Tests/Fixtures/makers/adapter.py` has PEFT's side.
struct AdapterInteropTests {
  private let model: LanguageModel

  init() throws { model = try LanguageModel(ggufPath: Fixtures.path("tiny-llama.gguf")) }

  private func adapted(by folder: String) throws -> LanguageModel {
    var model = model
    model.adapter = try Adapter(
      AdapterFolder(readingFrom: folder), path: folder, configuration: model.configuration)
    return model
  }

  @Test(arguments: [("peft_adapter", "adapter_logits"), ("quill_adapter", "quill_adapter_logits")])
  func logitsEqualPEFT(folder: String, fixture: String) throws {
    let fixture = try Fixtures.tensors("\(fixture).safetensors")
    let (ids, expected) = (try fixture.integers("ids"), try fixture.floats("logits"))
    let logits = try InferenceContext(adapted(by: Fixtures.path(folder))).readAll(ids).values
    #expect(largestDifference(logits, expected) < 1e-4)
    // The adapter does something, or the comparison would say nothing.
    #expect(largestDifference(try InferenceContext(model).readAll(ids).values, expected) > 0.1)
  }

  @Test(arguments: [("peft_adapter", false), ("quill_adapter", true)])
  func writtenAgainByteForByte(folder: String, isOurs: Bool) throws {
    let target = try TemporaryFolder()
    let adapter = try #require(try adapted(by: Fixtures.path(folder)).adapter)
    let saved = adapter.folder(baseModel: "tiny-llama")
    try saved.write(to: target.path)
    let name = "adapter_model.safetensors"
    #expect(try written(name, target) == Fixtures.bytes("\(folder)/\(name)"))
    let again = try AdapterFolder(readingFrom: target.path)
    #expect(again.configuration == saved.configuration)
    // PEFT's configuration has fields of its version that Quill does not write.
    if isOurs {
      #expect(try written("adapter_config.json", target) == Fixtures.bytes("\(folder)/adapter_config.json"))
    }
  }

  @Test func savedAndLoadedIsTheSame() throws {
    let target = try TemporaryFolder()
    let first = try adapted(by: Fixtures.path("peft_adapter"))
    try #require(first.adapter).folder(baseModel: nil).write(to: target.path)
    let second = try adapted(by: target.path)
    #expect(first.adapter?.options == second.adapter?.options)
    #expect(try InferenceContext(first).read([1, 2, 3, 4]) == InferenceContext(second).read([1, 2, 3, 4]))
  }

  /// How `quill_adapter` was made: A as `attaching` draws it with seed 7, B from a small generator.
  @Test func fixtureIsMadeAgain() throws {
    let options = LoRA(rank: 4, alpha: 8, targets: Set(LinearLayer.allCases))
    let adapter = try #require(model.attaching(options, seed: 7).adapter)
    var random = SplitMix64(seed: 7)
    for block in adapter.pairs {
      for layer in LinearLayer.allCases {
        let values = try #require(block[layer]).b.view.buffer
        for index in values.indices { values[index] = Float(random.nextUniform() - 0.5) }
      }
    }
    let target = try TemporaryFolder()
    try adapter.folder(baseModel: "tiny-llama").write(to: target.path)
    for name in ["adapter_model.safetensors", "adapter_config.json"] {
      #expect(try written(name, target) == Fixtures.bytes("quill_adapter/\(name)"))
    }
  }

  /// The bytes of a file that was written into a folder.
  private func written(_ name: String, _ folder: TemporaryFolder) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: "\(folder.path)/\(name)")))
  }
}
