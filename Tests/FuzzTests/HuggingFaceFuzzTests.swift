import LanguageModels
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// Damaged files of Hugging Face folders: `config.json`, the index of shards, and the parts of quantized layers.
struct HuggingFaceFuzzTests {
  @Test func configurations() async {
    await #expect(processExitsWith: .success) {
      for name in ["llama", "gemma3", "qwen2"] { try Self.readFolders(name, spoiling: "config.json", stream: 20) }
    }
  }

  @Test func indices() async {
    await #expect(processExitsWith: .success) {
      try Self.readFolders("qwen2", spoiling: "model.safetensors.index.json", stream: 21)
    }
  }

  @Test func quantizedLayers() async {
    await #expect(processExitsWith: .success) {
      for name in ["nf4-double", "int8", "gptq-act", "awq"] { try Self.readCheckpoints(name) }
    }
  }

  private static func copy(_ folder: String, to target: TemporaryFolder) throws {
    for file in try FileContents.names(in: Fixtures.path(folder)) {
      try target.write(Fixtures.bytes("\(folder)/\(file)"), to: file)
    }
  }

  private static func isExpected(_ error: any Error) -> Bool {
    error is HuggingFaceError || error is SafetensorsError || error is FileError
  }

  private static func readFolders(_ name: String, spoiling file: String, stream: UInt64) throws {
    let folder = try TemporaryFolder()
    try copy("architectures/\(name)", to: folder)
    let fuzzer = Fuzzer(
      samples: [try Fixtures.bytes("architectures/\(name)/\(file)")],
      words: ["1e308", "-1", "null", "[[[[", "\"rope_type\": \"linear\"", "\"../\"", "99999999"],
      stream: stream, count: 200)
    try fuzzer.run(isExpected: isExpected) { bytes in
      try folder.write(bytes, to: file)
      let opened = try HuggingFaceFolder(path: folder.path)
      let configuration = try ModelConfiguration(opened)
      for block in 0..<min(configuration.blockCount, 4) {
        for layer in LinearLayer.allCases {
          let shape = configuration.shape(of: layer)
          _ = try opened.matrix(layer.path(inBlock: block), rows: shape.rows, columns: shape.columns, nil)
        }
      }
    }
  }

  private static func readCheckpoints(_ name: String) throws {
    let folder = try TemporaryFolder()
    try copy("checkpoints/\(name)", to: folder)
    let fuzzer = Fuzzer(
      samples: [try Fixtures.bytes("checkpoints/\(name)/model.safetensors")],
      words: ["\"dtype\":\"U8\"", "\"blocksize\": 0", "\"nested_offset\": 1e400", "\"shape\":[0]", "null"], stream: 22,
      count: 100)
    try fuzzer.run(isExpected: isExpected) { bytes in
      try folder.write(bytes, to: "model.safetensors")
      let opened = try HuggingFaceFolder(path: folder.path)
      let configuration = try ModelConfiguration(opened)
      let quantization = try CheckpointQuantization(opened.configuration)
      for layer in LinearLayer.allCases {
        let shape = configuration.shape(of: layer)
        let weight = try opened.matrix(
          layer.path(inBlock: 0), rows: shape.rows, columns: shape.columns, quantization)
        _ = weight.decoded()
      }
    }
  }
}
