import Foundation
import LanguageModels
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing
import Tokenization

/// Metadata that are carried over, and metadata that are built.
struct GGUFMetadataTests {
  /// The entries of a file that is written with other metadata around the tensors of `tiny-llama.gguf`, then exported.
  private static func exported(
    _ changes: [(key: String, value: GGUFEncodedValue)], as format: BlockFormat
  ) throws -> [String: GGUFEncodedValue] {
    let folder = try TemporaryFolder()
    let source = try GGUFFile(path: Fixtures.path("tiny-llama.gguf"))
    let changed = Set(changes.map(\.key))
    let kept = source.entries.filter { !changed.contains($0.key) }.map { ($0.key, GGUFEncodedValue($0)) }
    let writer = GGUFWriter(
      metadata: kept + changes,
      tensors: source.tensors.map {
        GGUFWriter.Tensor(name: $0.name, shape: $0.shape, format: $0.format, bytes: TensorBytes(source.data(of: $0)))
      })
    try writer.write(to: folder.path + "/source.gguf")
    try LanguageModel(ggufPath: folder.path + "/source.gguf").exportGGUF(to: folder.path + "/m.gguf", as: format)
    return Dictionary(
      uniqueKeysWithValues: try GGUFFile(path: folder.path + "/m.gguf").entries.map { ($0.key, GGUFEncodedValue($0)) })
  }

  @Test func everythingIsCarriedOverButWhatIsNoLongerTrue() throws {
    let own: [(key: String, value: GGUFEncodedValue)] = [
      ("general.license", .string("apache-2.0")), ("general.sampling.temp", .float32(0.6)),
      ("tokenizer.ggml.eot_token_id", .uint32(3)), ("tokenizer.chat_template", .string("{{ messages }}")),
      ("general.tags", .strings(["a", "b"])), ("quantize.imatrix.chunks_count", .int32(7)),
      ("general.file_type", .uint32(0)),
    ]
    let copied = try Self.exported(own, as: .f32)
    for (key, value) in own { #expect(copied[key] == value, "\(key)") }
    let encoded = try Self.exported(own, as: .q8_0)
    for (key, value) in own where key != "general.file_type" && !key.hasPrefix("quantize.") {
      #expect(encoded[key] == value, "\(key)")
    }
    #expect(encoded["quantize.imatrix.chunks_count"] == nil)
    #expect(encoded["general.file_type"] == .uint32(7))
    #expect(encoded["general.quantization_version"] == .uint32(2))
  }

  @Test(arguments: [(BlockFormat.f32, 0), (.f16, 1), (.q4_0, 2), (.q8_0, 7), (.bf16, 32)])
  func fileTypeIsLlamaCpps(format: BlockFormat, number: Int) throws {
    #expect(try Self.exported([], as: format)["general.file_type"] == .uint32(number))
  }

  /// The parts of a split file become one, with the tensors of all.
  @Test func splitFileIsWrittenAsOne() throws {
    let folder = try TemporaryFolder()
    let model = try LanguageModel(ggufPath: Fixtures.path("architectures/qwen2-split-00001-of-00003.gguf"))
    try model.exportGGUF(to: folder.path + "/m.gguf", as: .bf16)
    let (written, whole) = try (
      GGUFFile(path: folder.path + "/m.gguf"), GGUFFile(path: Fixtures.path("architectures/qwen2.gguf"))
    )
    #expect(written.tensors.count == whole.tensors.count)
    for tensor in whole.tensors {
      let other = try #require(written.tensor(tensor.name))
      #expect(other.shape == tensor.shape)
      #expect(written.data(of: other) == whole.data(of: tensor), "\(tensor.name)")
    }
    #expect(written.entries.allSatisfy { !$0.key.hasPrefix("split.") })
  }

  /// What a model without files has is named as the converter names it, with the types that llama.cpp asks for.
  @Test(arguments: ["llama", "mistral", "qwen2", "qwen3", "gemma3", "gemma3-linear"])
  func builtSizesEqualTheConverters(name: String) throws {
    let folder = try TemporaryFolder()
    let peer = try GGUFFile(path: Fixtures.path("architectures/\(name).gguf"))
    let source = try LanguageModel(peer)
    let model = LanguageModel(
      configuration: source.configuration, tokenizer: source.tokenizer, tokenEmbedding: source.tokenEmbedding,
      blocks: source.blocks, outputNorm: source.outputNorm, outputHead: source.outputHead, path: "")
    guard case .blocks(let format, _) = source.blocks[0][.q].storage else { return }
    try model.exportGGUF(to: folder.path + "/m.gguf", as: format)
    let written = try GGUFFile(path: folder.path + "/m.gguf")
    let values = Dictionary(uniqueKeysWithValues: written.entries.map { ($0.key, GGUFEncodedValue($0)) })
    // Sampling is in transformers' generation_config.json, and names and labels are compared elsewhere.
    for entry in peer.entries
    where !entry.key.hasPrefix("general.sampling.") && !entry.key.hasPrefix("tokenizer.") && entry.key != "general.name"
    {
      #expect(values[entry.key] == GGUFEncodedValue(entry), "\(entry.key)")
    }
    // Where config.json says no head size the converter leaves these out.
    let more = Set(values.keys).subtracting(peer.entries.map(\.key))
    #expect(more.filter { !$0.hasSuffix(".key_length") && !$0.hasSuffix(".value_length") }.isEmpty)
  }

  /// A folder becomes what llama.cpp's converter makes of it: every key with its type and value, every tensor.
  @Test(arguments: ["llama", "mistral", "qwen2", "qwen3", "gemma3", "gemma3-linear"])
  func folderBecomesTheConvertersFile(name: String) throws {
    let target = try TemporaryFolder()
    let peer = try GGUFFile(path: Fixtures.path("architectures/\(name).gguf"))
    let model = try LanguageModel(path: Fixtures.path("architectures/\(name)"))
    let format = try #require(peer.tensor("token_embd.weight")).format
    try model.exportGGUF(to: target.path + "/m.gguf", as: format)
    let written = try GGUFFile(path: target.path + "/m.gguf")
    let values = Dictionary(uniqueKeysWithValues: written.entries.map { ($0.key, GGUFEncodedValue($0)) })
    for entry in peer.entries { #expect(values[entry.key] == GGUFEncodedValue(entry), "\(entry.key)") }
    // Where config.json says no head size the converter leaves these out.
    let more = Set(values.keys).subtracting(peer.entries.map(\.key))
    #expect(more.isSubset(of: ["qwen2.attention.key_length", "qwen2.attention.value_length"]))
    #expect(written.tensors.count == peer.tensors.count)
    for tensor in peer.tensors {
      let other = try #require(written.tensor(tensor.name))
      #expect(other.shape == tensor.shape && other.format == tensor.format)
      #expect(written.data(of: other) == peer.data(of: tensor), "\(tensor.name)")
    }
  }

  /// A GGUF file that went through a folder has the same tensors, byte for byte.
  @Test(arguments: ["llama", "mistral", "qwen2", "qwen3", "gemma3", "gemma3-linear"])
  func fileThatWentThroughAFolderIsTheSame(name: String) throws {
    let target = try TemporaryFolder()
    let source = try GGUFFile(path: Fixtures.path("architectures/\(name).gguf"))
    let format = try #require(source.tensor("token_embd.weight")).format
    try LanguageModel(source).save(to: target.path + "/m")
    try LanguageModel(path: target.path + "/m").exportGGUF(to: target.path + "/m.gguf", as: format)
    let written = try GGUFFile(path: target.path + "/m.gguf")
    #expect(Set(written.tensors.map(\.name)) == Set(source.tensors.map(\.name)))
    for tensor in source.tensors {
      let other = try #require(written.tensor(tensor.name))
      #expect(other.shape == tensor.shape && other.format == tensor.format)
      #expect(written.data(of: other) == source.data(of: tensor), "\(tensor.name)")
    }
  }
}
