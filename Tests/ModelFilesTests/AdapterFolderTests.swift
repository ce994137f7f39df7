import Foundation
import JSONValue
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// Adapter folders that are not what they should be.
///
/// Each begins as the adapter that PEFT wrote for `tiny-llama`.
struct AdapterFolderTests {
  private let folder: TemporaryFolder
  private let configuration: [String: JSONValue]
  private let tensors: [String: Matrix]
  private let model: ModelConfiguration
  private var modelPath: String { folder.path + "/adapter_model.safetensors" }
  private var configurationPath: String { folder.path + "/adapter_config.json" }
  private let q = "model.layers.0.self_attn.q_proj"

  init() throws {
    folder = try TemporaryFolder()
    let source = try Fixtures.tensors("peft_adapter/adapter_model.safetensors")
    tensors = try source.tensors.mapValues {
      Matrix(rows: $0.shape[0], columns: $0.shape[1], values: try source.floats(of: $0))
    }
    configuration = try #require(Fixtures.json("peft_adapter/adapter_config.json").object)
    model = try ModelConfiguration(GGUFFile(path: Fixtures.path("tiny-llama.gguf")))
    try write(configuration)
    try write(tensors)
  }

  private func write(_ configuration: [String: JSONValue]) throws {
    try folder.write(JSONValue.object(configuration).serialized(), to: "adapter_config.json")
  }

  private func write(_ tensors: [String: Matrix]) throws {
    try folder.write(SafetensorsWriter.data(tensors), to: "adapter_model.safetensors")
  }

  private func load() throws -> Adapter {
    try Adapter(AdapterFolder(readingFrom: folder.path), path: modelPath, configuration: model)
  }

  private func tensorName(_ module: String, _ half: String) -> String {
    "base_model.model.\(module).lora_\(half).weight"
  }

  /// Expects an error from the configuration with some fields changed.
  private func expectConfiguration(
    _ reason: AdapterError.Reason, _ fields: [String: JSONValue], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try write(configuration.merging(fields) { $1 })
    #expect(throws: AdapterError(path: configurationPath, reason: reason), sourceLocation: sourceLocation) {
      try load()
    }
  }

  /// Expects an error from the tensors after a change.
  private func expectTensors(
    _ reason: AdapterError.Reason, sourceLocation: SourceLocation = #_sourceLocation,
    spoiling change: (inout [String: Matrix]) -> Void
  ) throws {
    var changed = tensors
    change(&changed)
    try write(changed)
    #expect(throws: AdapterError(path: modelPath, reason: reason), sourceLocation: sourceLocation) { try load() }
  }

  @Test func asItIs() throws { #expect(try load().parameterCount == tensors.values.reduce(0) { $0 + $1.values.count }) }

  @Test(arguments: ["adapter_config.json", "adapter_model.safetensors"])
  func missingFile(name: String) throws {
    try FileManager.default.removeItem(atPath: folder.path + "/" + name)
    #expect(throws: FileError(path: folder.path + "/" + name, code: ENOENT)) { try load() }
    try folder.write(Data(), to: name)
    #expect(throws: FileError(path: folder.path + "/" + name, reason: .empty)) { try load() }
  }

  @Test(arguments: ["not JSON", "[1]", "{\"r\": 4", "\u{0}"])
  func configurationIsNoJSON(text: String) throws {
    try folder.write(Data(text.utf8), to: "adapter_config.json")
    #expect(throws: AdapterError(path: configurationPath, reason: .configurationNotJSON)) { try load() }
  }

  @Test func configurationIsTooLong() throws {
    try folder.write(Data(repeating: UInt8(ascii: " "), count: 1 << 21), to: "adapter_config.json")
    #expect(throws: AdapterError(path: configurationPath, reason: .configurationNotJSON)) { try load() }
  }

  @Test func otherKindsOfAdapter() throws {
    try expectConfiguration(.unsupported("peft_type", value: "IA3"), ["peft_type": "IA3"])
    try expectConfiguration(.unsupported("peft_type", value: "null"), ["peft_type": nil])
    for field in ["lora_bias", "fan_in_fan_out", "use_qalora"] {
      try expectConfiguration(.unsupported(field, value: "true"), [field: true])
      // A text is no switch that is off.
      try expectConfiguration(.unsupported(field, value: "yes"), [field: "yes"])
    }
    try expectConfiguration(.unsupported("bias", value: "all"), ["bias": "all"])
    try expectConfiguration(.unsupported("use_bdlora", value: "{\"nblocks\":2}"), ["use_bdlora": ["nblocks": 2]])
    try expectConfiguration(.unsupported("modules_to_save", value: "[\"lm_head\"]"), ["modules_to_save": ["lm_head"]])
    try expectConfiguration(.unsupported("layer_replication", value: "[[0,2]]"), ["layer_replication": [[0, 2]]])
  }

  /// They change the base model when they begin, in ways that are not done again here; A and B alone do not fit it.
  @Test(arguments: ["pissa_niter_4", "olora", "corda", "loftq"])
  func initializationsThatChangeTheBase(name: String) throws {
    try expectConfiguration(.unsupported("init_lora_weights", value: name), ["init_lora_weights": .string(name)])
  }

  @Test func fields() throws {
    for rank: JSONValue in [0, -4, 65_537, 1.5, "4", nil] {
      try expectConfiguration(.field("r", expected: "1 to 65,536"), ["r": rank])
    }
    for alpha: JSONValue in ["8", nil, true, 1e300] {
      try expectConfiguration(.field("lora_alpha", expected: "a number"), ["lora_alpha": alpha])
    }
    for dropout: JSONValue in [1, -0.1, "0.1"] {
      try expectConfiguration(.field("lora_dropout", expected: "a number from 0 to below 1"), ["lora_dropout": dropout])
    }
    for field in ["use_rslora", "use_dora"] {
      try expectConfiguration(.field(field, expected: "true or false"), [field: 1.5])
    }
    let names = "names of modules or a regular expression"
    try expectConfiguration(.field("target_modules", expected: names), ["target_modules": 3])
    try expectConfiguration(.field("exclude_modules", expected: names), ["exclude_modules": ["q_proj", 1]])
    try expectConfiguration(
      .field("layers_to_transform", expected: "numbers of layers"), ["layers_to_transform": ["0"]])
    try expectConfiguration(
      .unsupported("layers_pattern", value: "h"), ["layers_to_transform": [0], "layers_pattern": "h"])
  }

  /// PEFT's rules: a pattern matches a module's whole name, or all of it behind a dot.
  @Test func patterns() throws {
    var other = tensors
    other[tensorName(q, "A")] = Matrix(rows: 2, columns: 64)
    other[tensorName(q, "B")] = Matrix(rows: 64, columns: 2)
    try write(other)
    try write(configuration.merging(["rank_pattern": ["0.self_attn.q_proj": 2]]) { $1 })
    let pair = try #require(try load().pairs[0][.q])
    #expect(pair.rank == 2 && pair.scale == Float(8.0 / 2))
    try write(tensors)
    let changes: [String: JSONValue] = ["alpha_pattern": ["^model.layers.1.*": 2.5], "use_rslora": true]
    try write(configuration.merging(changes) { $1 })
    let adapter = try load()
    #expect(adapter.pairs[0][.q]?.scale == Float(8 / 2.0) && adapter.pairs[1][.q]?.scale == Float(2.5 / 2.0))
  }

  @Test func patternsThatCannotBeUsed() throws {
    let ranks = "ranks of 1 to 65,536 by patterns of module names"
    for pattern: JSONValue in [["q_proj": 0], ["q_proj": "8"], [1], "q_proj"] {
      try expectConfiguration(.field("rank_pattern", expected: ranks), ["rank_pattern": pattern])
    }
    try expectConfiguration(
      .field("alpha_pattern", expected: "regular expressions that Quill reads, not '(q'"),
      ["alpha_pattern": ["(q": 1]])
    try expectConfiguration(
      .field("alpha_pattern", expected: "one pattern for '\(q)', but several match"),
      ["alpha_pattern": ["q_proj": 1, "self_attn.q_proj": 2]])
  }

  @Test(arguments: ["all-linear", ".*_proj", "model\\.layers\\.\\d\\..*", "(?P<syntax>that is PEFT's)"])
  func targetsAsOneText(pattern: String) throws {
    try write(configuration.merging(["target_modules": .string(pattern)]) { $1 })
    #expect(try load().parameterCount > 0)
  }

  @Test func modulesThatAreNoTargets() throws {
    let error = AdapterError(path: modelPath, reason: .notTargeted(q))
    for targets: JSONValue in [["v_proj"], ["proj"], ".*v_proj", []] {
      try write(configuration.merging(["target_modules": targets]) { $1 })
      let found = #expect(throws: AdapterError.self) { try load() }
      if case .notTargeted? = found?.reason {} else { Issue.record("\(String(describing: found))") }
    }
    let others: JSONValue = ["v_proj", "o_proj", "k_proj", "gate_proj", "up_proj", "down_proj"]
    try write(configuration.merging(["target_modules": others]) { $1 })
    #expect(throws: error) { try load() }
  }

  @Test func oldFormOfTensors() throws {
    try FileManager.default.removeItem(atPath: modelPath)
    try folder.write([1], to: "adapter_model.bin")
    #expect(throws: AdapterError(path: folder.path, reason: .noSafetensors(found: "adapter_model.bin"))) { try load() }
  }

  /// Sixteen bits are widened.
  @Test(arguments: ["F16", "BF16"])
  func halfPrecision(type: String) throws {
    let exact = tensors.mapValues { matrix in
      Matrix(
        rows: matrix.rows, columns: matrix.columns,
        values: matrix.values.map {
          type == "F16" ? Float(Float16($0)) : Float(bitPattern: $0.bitPattern & 0xffff_0000)
        })
    }
    try folder.write(Self.file(exact, type: type), to: "adapter_model.safetensors")
    let pairs = try AdapterFolder(readingFrom: folder.path).pairs
    #expect(pairs[q]?.a.values == exact[tensorName(q, "A")]?.values)
    #expect(pairs[q]?.b.values == exact[tensorName(q, "B")]?.values)
  }

  private static func file(_ tensors: [String: Matrix], type: String) -> [UInt8] {
    var entries: [String: JSONValue] = [:]
    var data: [UInt8] = []
    for (name, matrix) in tensors.sorted(by: { $0.key < $1.key }) {
      let start = data.count
      for value in matrix.values {
        data += littleEndian(type == "F16" ? Float16(value).bitPattern : UInt16(value.bitPattern >> 16))
      }
      entries[name] = [
        "dtype": .string(type), "shape": [.integer(matrix.rows), .integer(matrix.columns)],
        "data_offsets": [.integer(start), .integer(data.count)],
      ]
    }
    let header = JSONValue.object(entries).serialized()
    return littleEndian(UInt64(header.count)) + header + data
  }

  @Test func tensorsMissing() throws {
    let (a, b) = (tensorName(q, "A"), tensorName(q, "B"))
    try expectTensors(.missingTensor(b)) { $0[b] = nil }
    try expectTensors(.missingTensor(a)) { $0[a] = nil }
    try expectTensors(.empty) { $0 = [:] }
  }

  @Test func tensorsUnknown() throws {
    for name in [
      "x", tensorName(q, "A") + ".extra", "base_model.model.\(q).lora_magnitude_vector", q + ".lora_A.weight",
    ] {
      try expectTensors(.unknownTensor(name)) { $0[name] = Matrix(rows: 4, columns: 64) }
    }
  }

  @Test func ranks() throws {
    try expectTensors(.rank(q, found: 5, expected: 4)) { $0[tensorName(q, "A")] = Matrix(rows: 5, columns: 64) }
    try expectTensors(.rank(q, found: 3, expected: 4)) { $0[tensorName(q, "B")] = Matrix(rows: 64, columns: 3) }
    try write(tensors)
    try write(configuration.merging(["r": 8]) { $1 })
    let first = try #require(tensors.keys.sorted().first)
    let module = String(first.dropFirst("base_model.model.".count).dropLast(".lora_A.weight".count))
    #expect(throws: AdapterError(path: modelPath, reason: .rank(module, found: 4, expected: 8))) { try load() }
  }

  @Test func shapes() throws {
    try expectTensors(.shape(q, found: [64, 63], expected: [64, 64])) {
      $0[tensorName(q, "A")] = Matrix(rows: 4, columns: 63)
    }
    try expectTensors(.shape(q, found: [65, 64], expected: [64, 64])) {
      $0[tensorName(q, "B")] = Matrix(rows: 65, columns: 4)
    }
  }

  @Test(arguments: [
    ("model.layers.7.self_attn.q_proj", "model.layers.0.self_attn.q_proj"),
    ("model.layers.1.self_attn.qproj", "model.layers.1.self_attn.q_proj"),
    ("layers.1.mlp.up_proj", "model.layers.1.mlp.up_proj"),
    ("encoder", nil),
  ])
  func unknownModules(module: String, nearest: String?) throws {
    try expectTensors(.unknownModule(module, nearest: nearest)) {
      $0[tensorName(module, "A")] = Matrix(rows: 4, columns: 64)
      $0[tensorName(module, "B")] = Matrix(rows: 64, columns: 4)
    }
  }

  @Test func foldersThatCannotBeWritten() throws {
    let adapter = try AdapterFolder(readingFrom: folder.path)
    try folder.write(Data("a".utf8), to: "file")
    #expect(throws: FileError(path: folder.path + "/file/out", code: ENOTDIR)) {
      try adapter.write(to: folder.path + "/file/out")
    }
    #expect(throws: FileError(path: folder.path + "/file", code: EEXIST)) {
      try adapter.write(to: folder.path + "/file")
    }
    #expect(try Data(contentsOf: URL(filePath: folder.path + "/file")) == Data("a".utf8))
    try adapter.write(to: folder.path + "/new/and/deep/")
    #expect(try AdapterFolder(readingFrom: folder.path + "/new/and/deep").pairs.count == adapter.pairs.count)
  }
}
