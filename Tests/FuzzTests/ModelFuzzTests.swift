import Foundation
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing
import Tokenization

/// Damaged GGUF, safetensors and adapter files.
struct ModelFuzzTests {
  @Test func gguf() async {
    await #expect(processExitsWith: .success) { try Self.readModels() }
  }

  @Test func safetensors() async {
    await #expect(processExitsWith: .success) { try Self.readSafetensors() }
  }

  @Test func adapterTensors() async {
    await #expect(processExitsWith: .success) {
      try Self.readAdapters(spoiling: "adapter_model.safetensors", stream: 3)
    }
  }

  @Test func adapterConfigurations() async {
    await #expect(processExitsWith: .success) { try Self.readAdapters(spoiling: "adapter_config.json", stream: 4) }
  }

  private static func readModels() throws {
    let names = ["tiny-llama.gguf", "tiny-untied.gguf"]
    let fuzzer = Fuzzer(
      samples: try names.map(Fixtures.bytes), words: ["llama", "tokenizer.ggml.tokens", "blk.0.attn_q.weight", "GGUF"],
      head: 12_000, stream: 1, count: 1200)
    try fuzzer.run(isExpected: { $0 is GGUFError || $0 is ModelError || $0 is TokenizerError }) { bytes in
      let model = try LanguageModel(GGUFFile(path: "m.gguf", bytes: Bytes(bytes)))
      // What a student does first with a model.
      let ids = model.tokenizer.ids(of: "A fine film <|im_end|>")
      _ = try model.tokenizer.text(of: ids)
      _ = try InferenceContext(model).read(Array(ids.prefix(4)))
    }
  }

  private static func readSafetensors() throws {
    let fuzzer = Fuzzer(
      samples: [try Fixtures.bytes("peft_adapter/adapter_model.safetensors")],
      words: ["\"dtype\":\"F16\"", "\"shape\":[", "\"data_offsets\":[0,0]", "__metadata__", "[[[[", "{\"\":"], stream: 2
    )
    try fuzzer.run(isExpected: { $0 is SafetensorsError }) { bytes in
      let file = try SafetensorsFile(path: "m.safetensors", bytes: Bytes(bytes))
      for tensor in file.tensors.values { _ = try file.floats(of: tensor) }
    }
  }

  private static func readAdapters(spoiling name: String, stream: UInt64) throws {
    let configuration = try ModelConfiguration(GGUFFile(path: Fixtures.path("tiny-llama.gguf")))
    let folder = try TemporaryFolder()
    for file in ["adapter_model.safetensors", "adapter_config.json"] {
      try folder.write(Fixtures.bytes("peft_adapter/\(file)"), to: file)
    }
    let fuzzer = Fuzzer(
      samples: [try Fixtures.bytes("peft_adapter/\(name)")],
      words: ["\"r\": 0", "\"rank_pattern\": {\"q\": -1}", "q_proj", "null", "\"alpha_pattern\": {\"(((\": 1e308}"],
      stream: stream, count: 300)
    try fuzzer.run(isExpected: { $0 is AdapterError || $0 is SafetensorsError || $0 is FileError }) { bytes in
      try folder.write(bytes, to: name)
      _ = try Adapter(AdapterFolder(readingFrom: folder.path), path: folder.path, configuration: configuration)
    }
  }
}
