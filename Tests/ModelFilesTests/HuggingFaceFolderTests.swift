import Foundation
import JSONValue
import LanguageModels
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// Folders that are not what transformers writes.
///
/// Each begins as the tiny Llama that transformers saved, or as the Qwen 2 in three shards.
struct HuggingFaceFolderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.path + "/" + name }

  private func copy(_ name: String) throws {
    for file in try FileContents.names(in: Fixtures.path("architectures/\(name)")) {
      try folder.write(Fixtures.bytes("architectures/\(name)/\(file)"), to: file)
    }
  }

  private func fields(_ name: String) throws -> [String: JSONValue] {
    try #require(Fixtures.json("architectures/\(name)/config.json").object)
  }

  /// The configuration of a folder with some keys changed; `nil` takes one out, `.null` makes it null.
  private func configuration(_ name: String, _ changes: [String: JSONValue?]) throws -> ModelConfiguration {
    try copy(name)
    var members = try fields(name)
    for (key, value) in changes { members[key] = value }
    try folder.write(JSONValue.object(members).serialized(), to: "config.json")
    return try ModelConfiguration(HuggingFaceFolder(path: folder.path))
  }

  private func expect(
    _ reason: HuggingFaceError.Reason, _ name: String, _ changes: [String: JSONValue?],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: HuggingFaceError(path: path("config.json"), reason: reason), sourceLocation: sourceLocation) {
      try configuration(name, changes)
    }
  }

  private func expectOpening(
    _ reason: HuggingFaceError.Reason, at name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: HuggingFaceError(path: path(name), reason: reason), sourceLocation: sourceLocation) {
      try HuggingFaceFolder(path: folder.path)
    }
  }
}

// MARK: - Keys

extension HuggingFaceFolderTests {
  @Test(arguments: [
    "model_type", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size",
  ])
  func missingKey(key: String) {
    expect(.missingKey(key), "llama", [key: nil])
    expect(.missingKey(key), "llama", [key: .null])
  }

  @Test func modelType() {
    let known = ["llama", "mistral", "qwen2", "qwen3", "gemma3_text", "gemma3"]
    expect(.modelType("mamba", known: known), "llama", ["model_type": "mamba"])
    expect(.key("model_type", found: "3", expected: "a string"), "llama", ["model_type": 3])
  }

  @Test func sizes() {
    let range = "an integer in 1 ... 512"
    for (value, text) in [(0, "0"), (513, "513"), ("2", "\"2\""), (2.5, "2.5")] as [(JSONValue, String)] {
      expect(.key("num_hidden_layers", found: text, expected: range), "llama", ["num_hidden_layers": value])
    }
    expect(.key("num_key_value_heads", found: "3", expected: "a divisor of 4"), "llama", ["num_key_value_heads": 3])
    expect(.key("head_dim", found: "15", expected: "an even number"), "llama", ["head_dim": 15])
    expect(
      .key("num_attention_heads", found: "3", expected: "a divisor of 64"), "llama",
      ["num_attention_heads": 3, "num_key_value_heads": 1, "head_dim": nil])
    expect(.key("rms_norm_eps", found: "0", expected: "a positive number"), "llama", ["rms_norm_eps": 0])
  }

  @Test func otherComputations() {
    expect(.key("hidden_act", found: "\"gelu\"", expected: "\"silu\""), "llama", ["hidden_act": "gelu"])
    expect(
      .key("hidden_activation", found: "\"silu\"", expected: "\"gelu_pytorch_tanh\""), "gemma3",
      ["hidden_activation": "silu"])
    expect(.key("final_logit_softcapping", found: "30", expected: "null"), "gemma3", ["final_logit_softcapping": 30])
    expect(
      .key("use_bidirectional_attention", found: "true", expected: "false"), "gemma3",
      ["use_bidirectional_attention": true])
    expect(
      .key(
        "layer_types", found: "[\"linear_attention\",\"full_attention\"]",
        expected: "full_attention or sliding_attention for each of 2 blocks"), "qwen3",
      ["layer_types": ["linear_attention", "full_attention"]])
  }

  @Test func ropeTypes() throws {
    for type in ["yarn", "dynamic", "longrope"] {
      let scaling: JSONValue = ["rope_type": .string(type), "factor": 4]
      expect(
        .key("rope_scaling.rope_type", found: "\"\(type)\"", expected: "default, linear or llama3"), "llama",
        ["rope_scaling": scaling])
    }
    expect(.missingKey("rope_scaling.factor"), "llama", ["rope_scaling": ["type": "linear"]])
    expect(
      .key("rope_scaling.partial_rotary_factor", found: "0.5", expected: "1"), "llama",
      ["rope_scaling": ["rope_type": "default", "partial_rotary_factor": 0.5]])
    // Old and new names for the same.
    for changes: [String: JSONValue?] in [
      ["rope_scaling": ["type": "linear", "factor": 2], "rope_theta": 1000],
      [
        "rope_scaling": nil, "rope_theta": nil,
        "rope_parameters": ["rope_type": "linear", "factor": 2.0, "rope_theta": 1000],
      ],
    ] {
      let model = try configuration("llama", changes)
      #expect(model.ropeBase == 1000 && model.ropeFactors == [Float](repeating: 2, count: 8))
    }
    #expect(try configuration("llama", ["rope_scaling": .null]).ropeFactors.isEmpty)
  }

  @Test func windows() throws {
    // What the class in transformers has for a key that is missing.
    #expect(try configuration("mistral", ["sliding_window": nil]).slidingWindow == 4096)
    let qwen = try configuration(
      "qwen2", ["use_sliding_window": true, "sliding_window": 8, "max_window_layers": 1])
    #expect(qwen.slidingWindow == 8 && qwen.localBlocks == [false, true] && qwen.localRopeBase == nil)
    let named = try configuration(
      "qwen2",
      ["use_sliding_window": true, "sliding_window": 8, "layer_types": ["sliding_attention", "full_attention"]])
    #expect(named.localBlocks == [true, false])
    #expect(try configuration("qwen2", ["use_sliding_window": false]).slidingWindow == nil)
    expect(
      .key("sliding_window", found: "8", expected: "an integer, as layer_types has sliding_attention"), "qwen2",
      ["use_sliding_window": false, "sliding_window": 8, "layer_types": ["sliding_attention", "full_attention"]])
  }

  /// Gemma's small files on the hub leave out what their class has as a default.
  @Test func gemmaDefaults() throws {
    let model = try configuration(
      "gemma3", ["num_key_value_heads": nil, "head_dim": nil, "num_attention_heads": nil])
    #expect(model.headCount == 8 && model.keyValueHeadCount == 4 && model.headSize == 256)
  }

  /// A model for text and images: its part for text, under either prefix.
  @Test(arguments: [("language_model.model.", "language_model."), ("model.language_model.", "")])
  func partOfALargerModel(body: String, head: String) throws {
    try copy("gemma3")
    let whole: [String: JSONValue] = [
      "model_type": "gemma3", "text_config": .object(try fields("gemma3")), "vision_config": [:],
    ]
    try folder.write(JSONValue.object(whole).serialized(), to: "config.json")
    let plain = try Fixtures.tensors("architectures/gemma3/model.safetensors")
    var renamed: [String: Matrix] = ["vision_tower.patches": Matrix(rows: 1, columns: 2)]
    for (name, tensor) in plain.tensors {
      let values = try plain.floats(of: tensor)
      renamed[body + name.dropFirst("model.".count)] = Matrix(rows: 1, columns: values.count, values: values)
    }
    try folder.write(SafetensorsWriter.data(renamed), to: "model.safetensors")
    let configuration = try ModelConfiguration(HuggingFaceFolder(path: folder.path))
    var expected = try ModelConfiguration(HuggingFaceFolder(path: Fixtures.path("architectures/gemma3")))
    expected.name = configuration.name
    #expect(configuration == expected)
  }

  @Test(arguments: ["", "[1]", "{\"model_type\"", "null"])
  func notJSON(text: String) throws {
    try copy("llama")
    try folder.write(text.utf8, to: "config.json")
    if text.isEmpty {
      #expect(throws: FileError(path: path("config.json"), reason: .empty)) { try HuggingFaceFolder(path: folder.path) }
    } else {
      expectOpening(.notJSON, at: "config.json")
    }
  }
}

// MARK: - Files

extension HuggingFaceFolderTests {
  private var index: String { "model.safetensors.index.json" }

  private func changeIndex(_ change: (inout [String: JSONValue]) -> Void) throws {
    try copy("qwen2")
    let text = try JSONValue(parsing: Data(Fixtures.bytes("architectures/qwen2/\(index)")))
    var map = try #require(text["weight_map"]?.object)
    change(&map)
    try folder.write(JSONValue.object(["weight_map": .object(map)]).serialized(), to: index)
  }

  @Test func shards() throws {
    try copy("qwen2")
    let opened = try HuggingFaceFolder(path: folder.path)
    #expect(opened.files.count > 1 && opened.tensorNames.count == opened.files.reduce(0) { $0 + $1.tensors.count })
    let missing = try #require(opened.files.last?.path)
    try FileManager.default.removeItem(atPath: missing)
    expectOpening(.missingShard(String(missing.dropFirst(folder.path.count + 1))), at: index)
  }

  @Test func indexThatDoesNotFit() throws {
    let name = "model.norm.weight"
    try changeIndex { map in
      let other = map.values.compactMap(\.string).first { .string($0) != map[name] }
      map[name] = other.map(JSONValue.string)
    }
    let error = #expect(throws: HuggingFaceError.self) { try HuggingFaceFolder(path: folder.path) }
    #expect(error?.reason == .tensorNotInShard(name))
    try changeIndex { $0["model.extra"] = $0[name] }
    #expect(throws: HuggingFaceError.self) { try HuggingFaceFolder(path: folder.path) }
  }

  @Test(arguments: ["../model.safetensors", "/etc/passwd", "a/b.safetensors", "model.bin", ".safetensors"])
  func namesThatLeadElsewhere(name: String) throws {
    try changeIndex { $0["model.norm.weight"] = .string(name) }
    expectOpening(.shardName(name), at: index)
  }

  @Test func doubleTensor() throws {
    try copy("qwen2")
    let files = try HuggingFaceFolder(path: folder.path).files
    let first = try #require(files[0].tensors.keys.sorted().first)
    try folder.write(
      SafetensorsWriter.data([first: Matrix(rows: 1, columns: 1)]),
      to: String(files[1].path.dropFirst(folder.path.count + 1)))
    let error = #expect(throws: HuggingFaceError.self) { try HuggingFaceFolder(path: folder.path) }
    #expect(error?.reason == .duplicateTensor(first))
  }

  @Test(arguments: ["pytorch_model.bin", "consolidated.00.pth", nil])
  func withoutSafetensors(found: String?) throws {
    try folder.write(Fixtures.bytes("architectures/llama/config.json"), to: "config.json")
    if let found { try folder.write([1], to: found) }
    #expect(throws: HuggingFaceError(path: folder.path, reason: .noSafetensors(found: found))) {
      try HuggingFaceFolder(path: folder.path)
    }
  }

  /// F8 and other types that are not computed with are named when the file is opened.
  @Test func float8() throws {
    try copy("llama")
    let header = "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[0,2]}}"
    try folder.write(littleEndian(UInt64(header.utf8.count)) + header.utf8 + [1, 2], to: "model.safetensors")
    #expect(throws: SafetensorsError(path: path("model.safetensors"), reason: .type("F8_E4M3", tensor: "a"))) {
      try HuggingFaceFolder(path: folder.path)
    }
  }

  /// Weights are where they are mapped, also when their type is small.
  @Test func plainWeightsAreNotCopied() throws {
    for name in ["llama", "mistral", "qwen3"] {
      let folder = try HuggingFaceFolder(path: Fixtures.path("architectures/\(name)"))
      let module = "model.layers.0.mlp.up_proj"
      let tensor = try #require(folder.tensor(module + ".weight"))
      let matrix = try folder.matrix(module, rows: tensor.shape[0], columns: tensor.shape[1], nil)
      guard case .blocks(let format, let bytes) = matrix.storage else { Issue.record("packed"); continue }
      #expect(format == tensor.type.blockFormat && bytes.pointer == folder.data(of: tensor).pointer)
    }
  }
}

// MARK: - Any path

extension HuggingFaceFolderTests {
  @Test func places() throws {
    #expect(try ModelPlace("x.gguf") == .gguf("x.gguf"))
    try folder.write([1], to: "one.gguf")
    #expect(try ModelPlace(folder.path + "/") == .gguf(path("one.gguf")))
    for part in 1...3 { try folder.write([1], to: "two-0000\(part)-of-00003.gguf") }
    let several = HuggingFaceError(
      path: folder.path, reason: .severalModels(["one.gguf", "two-00001-of-00003.gguf"]))
    #expect(throws: several) { try ModelPlace(folder.path) }
    try FileManager.default.removeItem(atPath: path("one.gguf"))
    #expect(try ModelPlace(folder.path) == .gguf(path("two-00001-of-00003.gguf")))
    try folder.write(Fixtures.bytes("architectures/llama/config.json"), to: "config.json")
    #expect(try ModelPlace(folder.path) == .huggingFace(folder.path))
  }

  @Test func foldersWithoutAModel() throws {
    #expect(throws: HuggingFaceError(path: folder.path, reason: .noModel(found: nil))) { try ModelPlace(folder.path) }
    try folder.write([1], to: "weights.safetensors")
    #expect(throws: HuggingFaceError(path: folder.path, reason: .noModel(found: "weights.safetensors"))) {
      try ModelPlace(folder.path)
    }
    try folder.write(Fixtures.bytes("peft_adapter/adapter_config.json"), to: "adapter_config.json")
    let base = try Fixtures.json("peft_adapter/adapter_config.json")["base_model_name_or_path"]?.string
    #expect(throws: HuggingFaceError(path: folder.path, reason: .adapter(baseModel: base))) {
      try ModelPlace(folder.path)
    }
  }
}
