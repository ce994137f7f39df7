import Foundation
import JSONValue
import LanguageModels
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing
import Tokenization

/// Files that are written against what llama.cpp's converter and quantizer write.
struct GGUFExportTests {
  private static let families = ["llama", "mistral", "qwen2", "qwen3", "gemma3", "gemma3-linear"]

  private static func model(_ file: String) throws -> LanguageModel {
    try LanguageModel(ggufPath: Fixtures.path(file))
  }

  private static func bytes(of path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

  /// The file that an export gives.
  private static func exported(
    _ model: LanguageModel, as format: BlockFormat, _ body: (GGUFFile, _ path: String) throws -> Void
  ) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/m.gguf"
    try model.exportGGUF(to: path, as: format)
    try body(GGUFFile(path: path), path)
  }

  /// Types and SHA-256 of all tensors equal those of `llama-quantize`.
  @Test(
    arguments: ["tiny-llama.gguf", "tiny-untied.gguf", "architectures/qwen2.gguf", "architectures/mistral.gguf"],
    [BlockFormat.f32, .f16, .bf16, .q8_0, .q4_0])
  func tensorsEqualTheQuantizers(file: String, format: BlockFormat) throws {
    let fixture = try Fixtures.json("quantizer.json")
    let expected = try #require(fixture[file]?[format.name.uppercased()]?.object)
    try Self.exported(Self.model(file), as: format) { written, _ in
      #expect(Set(written.tensors.map(\.name)) == Set(expected.keys))
      for tensor in written.tensors {
        let wanted = expected[tensor.name]?.array?.compactMap(\.string)
        #expect([tensor.format.name.uppercased(), sha256(written.data(of: tensor))] == wanted, "\(tensor.name)")
      }
    }
  }

  /// A file in the format that it is in is the same file, header and all.
  @Test(arguments: [("tiny-llama.gguf", BlockFormat.f32)] + families.map { ("architectures/\($0).gguf", nil) })
  func ownFormatGivesTheSameFile(file: String, format: BlockFormat?) throws {
    let model = try Self.model(file)
    guard case .blocks(let own, _) = model.blocks[0][.q].storage else { return }
    try Self.exported(model, as: format ?? own) { _, path in
      let (written, original) = try (Self.bytes(of: path), Self.bytes(of: Fixtures.path(file)))
      #expect(written == original)
    }
  }

  /// What is written gives the model again, and nearly its logits.
  @Test(arguments: [(BlockFormat.f32, Float(0)), (.f16, 0.02), (.bf16, 0.1), (.q8_0, 0.2), (.q4_0, 4)])
  func exportsAreLoadedAgain(format: BlockFormat, tolerance: Float) throws {
    let model = try Self.model("tiny-untied.gguf")
    let ids = try Fixtures.tensors("tiny_logits.safetensors").integers("ids")
    let logits = try InferenceContext(model).readAll(ids)
    try Self.exported(model, as: format) { file, _ in
      let again = try LanguageModel(file)
      #expect(again.configuration == model.configuration)
      #expect(largestDifference(try InferenceContext(again).readAll(ids).values, logits.values) <= tolerance)
      for (block, other) in zip(again.blocks, model.blocks) {
        #expect(try block[.q].decoded().values == other[.q].encoded(as: format).decoded().values)
      }
    }
  }

  /// 4-bit code books have no place in GGUF; they are decoded.
  @Test func quantizedLayersAreDecoded() throws {
    let model = try Self.model("tiny-llama.gguf").quantized(toNF4BlockSize: 64)
    try Self.exported(model, as: .f32) { file, _ in
      let again = try LanguageModel(file)
      #expect(again.blocks[0][.k].decoded().values == model.blocks[0][.k].decoded().values)
      #expect(again.blocks[1][.down].decoded().values == model.blocks[1][.down].decoded().values)
    }
  }

  @Test func whatCannotBeWrittenIsAnError() throws {
    let folder = try TemporaryFolder()
    let model = try Self.model("tiny-llama.gguf")
    #expect(throws: ExportError.format("q4_K", known: ["f32", "f16", "bf16", "q8_0", "q4_0"])) {
      try model.exportGGUF(to: folder.path + "/m.gguf", as: .q4_K)
    }
    #expect(throws: ExportError.unmergedAdapter) {
      try model.attaching(LoRA(), seed: 1).exportGGUF(to: folder.path + "/m.gguf", as: .f32)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  /// The file that is replaced may be the one that the model reads from.
  @Test func modelMayBeWrittenOverItsOwnFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/m.gguf"
    try Self.model("tiny-llama.gguf").exportGGUF(to: path, as: .f32)
    let model = try LanguageModel(ggufPath: path)
    try model.exportGGUF(to: path, as: .f16)
    try model.exportGGUF(to: path, as: .f32)
    let (written, original) = try (Self.bytes(of: path), Self.bytes(of: Fixtures.path("tiny-llama.gguf")))
    #expect(written == original)
  }

  @Test func interruptionLeavesWhatWasThere() throws {
    let folder = try TemporaryFolder()
    try folder.write(Data("old".utf8), to: "m.gguf")
    var questions = 0
    #expect(throws: CancellationError.self) {
      try Self.model("tiny-llama.gguf").exportGGUF(
        to: folder.path + "/m.gguf", as: .q8_0,
        isCancelled: {
          questions += 1
          return questions == 5
        })
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["m.gguf"])
    #expect(try Self.bytes(of: folder.path + "/m.gguf") == Data("old".utf8))
  }
}
