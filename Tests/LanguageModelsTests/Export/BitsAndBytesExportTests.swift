import Foundation
import JSONValue
import LanguageModels
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// Quantized layers in the keys and types of bitsandbytes' checkpoints, which `Tests/Fixtures/checkpoints` holds.
struct BitsAndBytesExportTests {
  private static func model() throws -> LanguageModel {
    try LanguageModel(ggufPath: Fixtures.path("architectures/llama.gguf"))
  }

  /// The last parts of the keys of one layer, with types and the count of dimensions.
  private static func parts(of module: String, in path: String) throws -> [String: [String]] {
    let file = try SafetensorsFile(path: path + "/model.safetensors")
    var parts: [String: [String]] = [:]
    for tensor in file.tensors.values where tensor.name.hasPrefix(module + ".") {
      parts[String(tensor.name.dropFirst(module.count))] = [tensor.type.rawValue, "\(tensor.shape.count)"]
    }
    return parts
  }

  private static func configuration(_ folder: String) throws -> [String: JSONValue] {
    let json = try JSONValue(parsing: Data(contentsOf: URL(filePath: folder + "/config.json")))
    return try #require(json["quantization_config"]?.object)
  }

  /// What layers are computed in, and modules to skip: where none are named transformers skips the head by itself.
  private static let ownChoices: Set = ["bnb_4bit_compute_dtype", "llm_int8_skip_modules"]

  @Test(arguments: [("nf4", false), ("nf4-double", true)])
  func keysEqualBitsAndBytes(checkpoint: String, doubleQuantized: Bool) throws {
    let folder = try TemporaryFolder()
    try Self.model().quantized(toNF4BlockSize: 64, doubleQuantized: doubleQuantized).save(to: folder.path + "/m")
    let peer = Fixtures.path("checkpoints/\(checkpoint)")
    let module = "model.layers.0.self_attn.q_proj"
    #expect(try Self.parts(of: module, in: folder.path + "/m") == Self.parts(of: module, in: peer))
    let (own, other) = try (Self.configuration(folder.path + "/m"), Self.configuration(peer))
    #expect(Set(own.keys) == Set(other.keys))
    for (key, value) in other where !Self.ownChoices.contains(key) { #expect(own[key] == value, "\(key)") }
  }

  /// Codes and scales are those of the model, and the text beside them says how to read them.
  @Test func codesAreTheModels() throws {
    let folder = try TemporaryFolder()
    let model = try Self.model().quantized(toNF4BlockSize: 64, doubleQuantized: true)
    try model.save(to: folder.path + "/m")
    let file = try SafetensorsFile(path: folder.path + "/m/model.safetensors")
    guard case .codeBook(let weights) = model.blocks[1][.down].storage,
      case .doubleQuantized(let scales) = weights.scales
    else {
      Issue.record("not quantized")
      return
    }
    let name = "model.layers.1.mlp.down_proj.weight"
    #expect(file.tensors[name]?.shape == [weights.count / 2, 1])
    #expect(try file.bytes(name) == weights.codes)
    #expect(try file.bytes("\(name).absmax") == scales.codes)
    #expect(try file.floats("\(name).nested_absmax") == scales.groupScales)
    #expect(try file.floats("\(name).nested_quant_map") == DynamicMap.signed)
    #expect(try file.floats("\(name).quant_map") == NF4.levels)
    let text = String(
      decoding: try file.bytes("\(name).quant_state.bitsandbytes__nf4").array(of: UInt8.self), as: UTF8.self)
    #expect(
      text
        == """
        {"quant_type": "nf4", "blocksize": 64, "dtype": "float32", "shape": [64, 96], "nested_blocksize": 256, \
        "nested_dtype": "float32", "nested_offset": \(Double(scales.offset))}
        """)
  }

  /// Layers that are not quantized are named; two formats at once cannot be.
  @Test func mixedModelsAreToldApart() throws {
    let folder = try TemporaryFolder()
    var model = try Self.model()
    let quantized = try model.quantized(toNF4BlockSize: 64)
    model.blocks[0][.q] = quantized.blocks[0][.q]
    try model.save(to: folder.path + "/m")
    let skipped = try Self.configuration(folder.path + "/m")["llm_int8_skip_modules"]?.array?.compactMap(\.string)
    #expect(skipped?.count == 14)
    #expect(skipped?.contains("model.layers.0.self_attn.q_proj") == false)
    #expect(skipped?.contains("lm_head") == true)
    model.blocks[0][.k] = try model.quantized(toNF4BlockSize: 64, doubleQuantized: false).blocks[0][.k]
    #expect(throws: ExportError.mixedQuantization("nf4 + double quantization", "nf4")) {
      try model.save(to: folder.path + "/n")
    }
  }

  @Test func int8LayersHaveTheirRowMaxima() throws {
    let folder = try TemporaryFolder()
    var model = try Self.model()
    for index in model.blocks.indices {
      for layer in LinearLayer.allCases {
        let matrix = model.blocks[index][layer].decoded()
        model.blocks[index][layer] = WeightMatrix(
          rows: matrix.rows, columns: matrix.columns, storage: .int8(Int8Weights(quantizing: matrix.view)))
      }
    }
    try model.save(to: folder.path + "/m")
    let module = "model.layers.0.self_attn.q_proj"
    #expect(
      try Self.parts(of: module, in: folder.path + "/m")
        == Self.parts(of: module, in: Fixtures.path("checkpoints/int8")))
    let (own, other) = try (
      Self.configuration(folder.path + "/m"), Self.configuration(Fixtures.path("checkpoints/int8"))
    )
    for (key, value) in other where !key.hasPrefix("bnb_4bit") && !Self.ownChoices.contains(key) {
      #expect(own[key] == value, "\(key)")
    }
  }
}
