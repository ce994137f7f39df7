import Foundation
import JSONValue
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// Quantized checkpoints as bitsandbytes, GPTQ and AWQ write them.
struct CheckpointTests {
  private static let names = ["nf4", "nf4-double", "fp4", "int8", "gptq", "gptq-act", "gptq-v2", "gptq-8bit", "awq"]
  private let module = "model.layers.0.self_attn.q_proj"

  private func settings(_ name: String, _ changes: [String: JSONValue] = [:]) throws -> CheckpointQuantization? {
    let all = try #require(Fixtures.json("checkpoints/\(name)/config.json").object)
    let own = try #require(all["quantization_config"]?.object)
    return try CheckpointQuantization(
      HuggingFaceKeys(
        path: "config.json",
        members: all.merging(["quantization_config": .object(own.merging(changes) { $1 })]) { $1 }))
  }

  private func expect(
    _ key: String, found: String, expected: String, _ name: String, _ changes: [String: JSONValue],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let reason = HuggingFaceError.Reason.key("quantization_config.\(key)", found: found, expected: expected)
    #expect(throws: HuggingFaceError(path: "config.json", reason: reason), sourceLocation: sourceLocation) {
      try settings(name, changes)
    }
  }

  @Test func kinds() throws {
    #expect(try settings("nf4") == .bitsandbytes4)
    #expect(try settings("int8") == .bitsandbytes8)
    #expect(try settings("gptq") == .gptq(bits: 4, groupSize: 32, zeroPoints: .lessOne))
    #expect(try settings("gptq-v2") == .gptq(bits: 4, groupSize: 32, zeroPoints: .exact))
    #expect(try settings("gptq-8bit") == .gptq(bits: 8, groupSize: -1, zeroPoints: .lessOne))
    #expect(try settings("awq") == .awq(groupSize: 32))
    #expect(try CheckpointQuantization(HuggingFaceKeys(path: "c", members: ["quantization_config": nil])) == nil)
  }

  @Test func otherKinds() {
    let known = "bitsandbytes, gptq or awq"
    for method in ["fp8", "compressed-tensors", "hqq", "aqlm"] {
      expect("quant_method", found: "\"\(method)\"", expected: known, "nf4", ["quant_method": .string(method)])
    }
    expect("bits", found: "5", expected: "one of [2, 3, 4, 8]", "gptq", ["bits": 5])
    expect("bits", found: "8", expected: "4", "awq", ["bits": 8])
    expect("version", found: "\"gemv\"", expected: "gemm", "awq", ["version": "gemv"])
    expect(
      "checkpoint_format", found: "\"marlin\"", expected: "gptq or gptq_v2", "gptq", ["checkpoint_format": "marlin"])
    expect("group_size", found: "0", expected: "-1 or a positive number", "gptq", ["group_size": 0])
    expect("bnb_4bit_quant_type", found: "\"int4\"", expected: "nf4 or fp4", "nf4", ["bnb_4bit_quant_type": "int4"])
    expect(
      "dynamic", found: "{\"+:.*\":{\"bits\":8}}", expected: "the same settings for all quantized modules", "gptq",
      ["dynamic": ["+:.*": ["bits": 8]]])
  }

  /// Each layer is packed as the file says; embeddings are as they are.
  @Test(arguments: names)
  func layers(name: String) throws {
    let folder = try HuggingFaceFolder(path: Fixtures.path("checkpoints/\(name)"))
    let quantization = try CheckpointQuantization(folder.configuration)
    let weight = try folder.matrix(module, rows: 128, columns: 128, quantization)
    let kind =
      switch weight.storage {
      case .blocks: "blocks"
      case .codeBook(let weights): weights.codeBook.name
      case .int8: "int8"
      case .grouped(let weights): "\(weights.bits) bits"
      }
    let expected = [
      "nf4": "nf4", "nf4-double": "nf4", "fp4": "fp4", "int8": "int8", "gptq-8bit": "8 bits",
    ]
    #expect(kind == expected[name] ?? "4 bits")
    let embedding = try folder.matrix("model.embed_tokens", rows: 96, columns: 128, quantization)
    if case .blocks = embedding.storage {} else { Issue.record("the embedding is packed") }
  }
}

// MARK: - Parts that do not fit

extension CheckpointTests {
  /// A checkpoint with some tensors taken out or given other bytes or types.
  private func matrix(
    _ name: String, rows: Int = 128, columns: Int = 128,
    changing change: (inout [String: (type: String, shape: [Int], bytes: [UInt8])]) -> Void
  ) throws -> WeightMatrix {
    let source = try Fixtures.tensors("checkpoints/\(name)/model.safetensors")
    var tensors = source.tensors.mapValues {
      (type: $0.type.rawValue, shape: $0.shape, bytes: source.data(of: $0).array(of: UInt8.self))
    }
    change(&tensors)
    let folder = try TemporaryFolder()
    try folder.write(Fixtures.bytes("checkpoints/\(name)/config.json"), to: "config.json")
    try folder.write(Self.file(tensors), to: "model.safetensors")
    let opened = try HuggingFaceFolder(path: folder.path)
    do throws(HuggingFaceError) {
      return try opened.matrix(module, rows: rows, columns: columns, CheckpointQuantization(opened.configuration))
    } catch {
      // Without the temporary folder's name.
      throw HuggingFaceError(path: String(error.path.split(separator: "/").last ?? ""), reason: error.reason)
    }
  }

  private static func file(_ tensors: [String: (type: String, shape: [Int], bytes: [UInt8])]) -> [UInt8] {
    var entries: [String: JSONValue] = [:]
    var data: [UInt8] = []
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      let end = data.count + tensor.bytes.count
      entries[name] = [
        "dtype": .string(tensor.type), "shape": .array(tensor.shape.map(JSONValue.integer)),
        "data_offsets": [.integer(data.count), .integer(end)],
      ]
      data += tensor.bytes
    }
    let header = JSONValue.object(entries).serialized()
    return littleEndian(UInt64(header.count)) + header + data
  }

  private func expectMatrix(
    _ reason: HuggingFaceError.Reason, _ name: String, rows: Int = 128, path: String = "model.safetensors",
    sourceLocation: SourceLocation = #_sourceLocation,
    changing change: (inout [String: (type: String, shape: [Int], bytes: [UInt8])]) -> Void = { _ in }
  ) {
    #expect(throws: HuggingFaceError(path: path, reason: reason), sourceLocation: sourceLocation) {
      try matrix(name, rows: rows, changing: change)
    }
  }

  @Test(arguments: [
    ("nf4", ".weight.quant_map"), ("nf4", ".weight.quant_state.bitsandbytes__nf4"), ("nf4", ".weight.absmax"),
    ("nf4-double", ".weight.nested_quant_map"), ("gptq", ".qzeros"), ("gptq", ".scales"), ("awq", ".qzeros"),
  ])
  func missingParts(name: String, part: String) {
    let key = module + part
    let path = module + ".weight" == key || name.hasPrefix("nf4") ? "model.safetensors" : nil
    let error = #expect(throws: HuggingFaceError.self) { try matrix(name) { $0[key] = nil } }
    #expect(error?.reason == .missingTensor(key))
    if let path { #expect(error?.path == path) }
  }

  @Test func partsOfAnotherType() {
    let absmax = module + ".weight.absmax"
    expectMatrix(.tensorType(absmax, found: "U8", expected: "F32"), "nf4") { tensors in
      let bytes = tensors[absmax]?.bytes ?? []
      tensors[absmax] = ("U8", [bytes.count], bytes)
    }
    let error = #expect(throws: HuggingFaceError.self) {
      try matrix("gptq") { $0[module + ".scales"]?.type = "I16" }
    }
    #expect(error?.reason == .tensorType(module + ".scales", found: "I16", expected: "F32, F16 or BF16"))
  }

  /// Lengths are compared with the shape that config.json asks for before anything is unpacked.
  @Test(arguments: ["gptq", "awq", "int8"])
  func otherShapes(name: String) {
    let error = #expect(throws: HuggingFaceError.self) { try matrix(name, rows: 256) { _ in } }
    guard case .quantization(module, .partLength)? = error?.reason else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func states() throws {
    let key = module + ".weight.quant_state.bitsandbytes__nf4"
    expectMatrix(.key("\(key): shape", found: "[128,128]", expected: "[256,128]"), "nf4", rows: 256)
    expectMatrix(.tensorType(key, found: "other bytes", expected: "a JSON object"), "nf4") {
      $0[key]?.bytes[0] = 0
    }
    // A block size of zero would divide by nothing.
    let source = try Fixtures.tensors("checkpoints/nf4/model.safetensors")
    let text = try JSONValue(parsing: Data(source.bytes(key).array(of: UInt8.self)))
    let changed = JSONValue.object(try #require(text.object).merging(["blocksize": 0]) { $1 }).serialized()
    expectMatrix(.key("\(key): blocksize", found: "0", expected: "an integer in 1 ... 1048576"), "nf4") {
      $0[key] = ("U8", [changed.count], Array(changed))
    }
  }

  /// An index that points outside of the groups is no place to read a scale from.
  @Test func groupIndices() {
    let error = #expect(throws: HuggingFaceError.self) {
      try matrix("gptq-act") { $0[module + ".g_idx"]?.bytes[0] = 200 }
    }
    #expect(error?.reason == .quantization(module, .groupOutOfRange(200, element: 0, groups: 4)))
  }
}
