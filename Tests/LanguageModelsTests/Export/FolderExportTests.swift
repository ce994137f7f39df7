import Foundation
import JSONValue
import LanguageModels
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing
import Tokenization

/// Hugging Face folders that are written, against those that transformers and bitsandbytes wrote.
struct FolderExportTests {
  private static let families = ["llama", "mistral", "qwen2", "qwen3", "gemma3", "gemma3-linear"]

  private static func model(_ name: String) throws -> LanguageModel {
    try LanguageModel(ggufPath: Fixtures.path("architectures/\(name).gguf"))
  }

  /// All tensors of a folder's files.
  private static func tensors(in folder: String) throws -> [String: (
    file: SafetensorsFile, tensor: SafetensorsFile.Tensor
  )] {
    var tensors: [String: (file: SafetensorsFile, tensor: SafetensorsFile.Tensor)] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".safetensors") {
      let file = try SafetensorsFile(path: "\(folder)/\(name)")
      for tensor in file.tensors.values { tensors[tensor.name] = (file, tensor) }
    }
    return tensors
  }

  private static func json(_ path: String) throws -> JSONValue {
    try JSONValue(parsing: Data(contentsOf: URL(filePath: path)))
  }

  /// A folder made from a GGUF file has the tensors of the folder that the file was made from, byte for byte.
  @Test(arguments: families)
  func tensorsEqualTheFolderThatTheFileWasMadeFrom(name: String) throws {
    let folder = try TemporaryFolder()
    try Self.model(name).save(to: folder.path + "/m")
    let (written, original) = try (
      Self.tensors(in: folder.path + "/m"), Self.tensors(in: Fixtures.path("architectures/\(name)"))
    )
    #expect(Set(written.keys) == Set(original.keys))
    for (key, (file, tensor)) in original {
      let (other, copy) = try #require(written[key])
      #expect(copy.shape == tensor.shape, "\(key)")
      if copy.type == tensor.type {
        #expect(other.data(of: copy) == file.data(of: tensor), "\(key)")
      } else {
        // 1 was added in float32, which took bits from the smallest gains; what was left is kept.
        #expect(copy.type == .f32 && name.hasPrefix("gemma"), "\(key)")
        #expect(largestDifference(try other.floats(of: copy), try file.floats(of: tensor)) < 1e-7, "\(key)")
      }
    }
  }

  /// `config.json` tells the same model as the one that transformers reads.
  @Test(arguments: families)
  func configurationTellsTheSameModel(name: String) throws {
    let folder = try TemporaryFolder()
    let model = try Self.model(name)
    try model.save(to: folder.path + "/m")
    let again = try ModelConfiguration(HuggingFaceFolder(path: folder.path + "/m"))
    var expected = model.configuration
    expected.name = again.name
    #expect(again == expected)
    let written = try Self.json(folder.path + "/m/config.json")
    let original = try Self.json(Fixtures.path("architectures/\(name)/config.json"))
    // Mistral is a Llama to GGUF.
    if name != "mistral" {
      #expect(written["architectures"] == original["architectures"])
      #expect(written["model_type"] == original["model_type"])
    }
    #expect(written["dtype"] == written["torch_dtype"])
    #expect(written["dtype"] == original["dtype"] ?? original["torch_dtype"])
    #expect(written["tie_word_embeddings"]?.bool ?? false == model.isTied)
  }

  @Test func allWeightsGetTheTypeThatIsAskedFor() throws {
    let folder = try TemporaryFolder()
    let model = try Self.model("llama").quantized(toNF4BlockSize: 64)
    for (format, type) in [(BlockFormat.f32, SafetensorsType.f32), (.f16, .f16), (.bf16, .bf16)] {
      try model.save(to: folder.path + "/m", as: format)
      let tensors = try Self.tensors(in: folder.path + "/m")
      #expect(tensors.values.allSatisfy { $0.tensor.type == type })
      let written = try Self.json(folder.path + "/m/config.json")
      #expect(written["quantization_config"] == nil)
      #expect(written["dtype"]?.string.map { type.rawValue.lowercased().hasPrefix($0.prefix(1)) } == true)
    }
  }

  @Test func largeModelsAreSplitIntoFiles() throws {
    let folder = try TemporaryFolder()
    let model = try Self.model("qwen2")
    try model.save(to: folder.path + "/m", shardLimit: 40_000)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/m")
    #expect(names.contains("model.safetensors.index.json"))
    #expect(names.count { $0.hasSuffix(".safetensors") } > 1)
    // Written again in one piece: the shards and their index would contradict it.
    try model.save(to: folder.path + "/m")
    let after = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/m")
    #expect(after.filter(SafetensorsShards.isWeightFile) == ["model.safetensors"])
  }

  // MARK: - What is refused, and what is left

  @Test func whatCannotBeWrittenIsAnError() throws {
    let folder = try TemporaryFolder()
    let model = try Self.model("llama")
    #expect(throws: ExportError.unmergedAdapter) {
      try model.attaching(LoRA(), seed: 1).save(to: folder.path + "/m")
    }
    #expect(throws: ExportError.format("q8_0", known: ["f32", "f16", "bf16"])) {
      try model.save(to: folder.path + "/m", as: .q8_0)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    try folder.write(Data("{}".utf8), to: "adapter_config.json")
    #expect(throws: ExportError.folderHoldsAdapter(folder.path)) { try model.save(to: folder.path) }
  }

  @Test func interruptionLeavesTheOldFolder() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.makeFolder(folder.path + "/m")
    try folder.write(Data("mine".utf8), to: "m/notes.txt")
    #expect(throws: CancellationError.self) {
      try Self.model("llama").save(to: folder.path + "/m", isCancelled: { true })
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["m"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/m") == ["notes.txt"])
  }

  @Test func otherFilesOfTheFolderStay() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.makeFolder(folder.path + "/m")
    try folder.write(Data("mine".utf8), to: "m/notes.txt")
    try Self.model("llama").save(to: folder.path + "/m")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/m")
    #expect(Set(["notes.txt", "config.json", "generation_config.json", "model.safetensors"]).isSubset(of: names))
  }
}
