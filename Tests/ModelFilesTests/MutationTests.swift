import Foundation
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing
import Tokenization

/// Thousands of damaged files: each is read or refused with an error of its reader, and none takes the process down.
///
/// A process of its own reads them, so that its memory is its own too. The files are the same in every run. For a long run give their number:
/// `QUILL_FUZZ_MUTATIONS=1000000 swift test -c release --filter MutationTests`
struct MutationTests {
  private static let count =
    ProcessInfo.processInfo.environment["QUILL_FUZZ_MUTATIONS"].flatMap { Int($0) } ?? 3000
  /// A few times what the good file of 400 kB and its reading need.
  private static let memoryLimit = 64 << 20

  @Test func models() async {
    await #expect(processExitsWith: .success) { try Self.readModels() }
  }

  @Test func adapterTensors() async {
    await #expect(processExitsWith: .success) {
      try Self.readAdapters(spoiling: "adapter_model.safetensors", stream: 2)
    }
  }

  @Test func adapterConfigurations() async {
    await #expect(processExitsWith: .success) { try Self.readAdapters(spoiling: "adapter_config.json", stream: 3) }
  }

  private static func readModels() throws {
    let original = try bytes(ofFixture: "tiny-llama.gguf")
    let before = try peakMemory()
    var loaded = 0
    for number in 0..<count * 2 / 3 {
      var file = original
      var mutation = Mutation(number: number, stream: 1)
      mutation.apply(to: &file, first: number % 2 == 0 ? 1200 : 12_000)
      do {
        try use(LanguageModel(GGUFFile(path: "m.gguf", bytes: Bytes(file))))
        loaded += 1
      } catch {
        #expect(error is GGUFError || error is ModelError || error is TokenizerError, "mutation \(number): \(error)")
      }
    }
    // Many changes fall into a token's text, so that both ways are walked.
    #expect(loaded > 0 && loaded < count / 2)
    #expect(try peakMemory() - before < memoryLimit)
  }

  /// What a student does first with a model.
  private static func use(_ model: LanguageModel) throws {
    let ids = model.tokenizer.ids(of: "A fine film <|im_end|>")
    _ = try model.tokenizer.text(of: ids)
    _ = try InferenceContext(model).read(Array(ids.prefix(4)))
  }

  private static func readAdapters(spoiling name: String, stream: UInt64) throws {
    let configuration = try ModelConfiguration(GGUFFile(path: Fixtures.path("tiny-llama.gguf")))
    let folder = try TemporaryFolder()
    for file in ["adapter_model.safetensors", "adapter_config.json"] {
      try folder.write(Data(bytes(ofFixture: "peft_adapter/\(file)")), to: file)
    }
    let original = try bytes(ofFixture: "peft_adapter/\(name)")
    let before = try peakMemory()
    for number in 0..<count / 6 {
      var file = original
      var mutation = Mutation(number: number, stream: stream)
      mutation.apply(to: &file, first: 4000)
      try folder.write(Data(file), to: name)
      do {
        _ = try Adapter(AdapterFolder(readingFrom: folder.path), path: folder.path, configuration: configuration)
      } catch {
        #expect(
          error is AdapterError || error is SafetensorsError || error is FileError, "mutation \(number): \(error)")
      }
    }
    #expect(try peakMemory() - before < memoryLimit)
  }
}
