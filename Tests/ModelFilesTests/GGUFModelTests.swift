import LanguageModels
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing
import Tokenization

/// Files that are well formed, but no model.
struct GGUFModelTests {
  private let tiny: GGUFBuilder

  init() throws { tiny = GGUFBuilder(copying: try GGUFFile(path: Fixtures.path("tiny-llama.gguf"))) }

  private func load(_ change: (inout GGUFBuilder) -> Void) throws -> LanguageModel {
    var builder = tiny
    change(&builder)
    return try LanguageModel(GGUFFile(path: "m.gguf", bytes: Bytes(builder.file)))
  }

  private func expectModel(
    _ reason: GGUFError.Reason, sourceLocation: SourceLocation = #_sourceLocation,
    spoiling change: (inout GGUFBuilder) -> Void
  ) {
    #expect(throws: GGUFError(path: "m.gguf", reason: reason), sourceLocation: sourceLocation) { _ = try load(change) }
  }

  /// Taking the file apart and putting it together changes nothing, so that the tests below spoil a good file.
  @Test func copyIsTheSameModel() throws {
    let original = try LanguageModel(ggufPath: Fixtures.path("tiny-llama.gguf"))
    let copy = try load { _ in }
    #expect(try InferenceContext(copy).read([1, 2, 3]) == InferenceContext(original).read([1, 2, 3]))
  }

  @Test(arguments: [
    "general.architecture", "llama.block_count", "llama.embedding_length", "llama.feed_forward_length",
    "llama.attention.head_count", "llama.context_length", "llama.attention.layer_norm_rms_epsilon",
    "tokenizer.ggml.model", "tokenizer.ggml.tokens", "tokenizer.ggml.merges",
  ])
  func missingKey(key: String) {
    expectModel(.missingKey(key)) { $0[key] = nil }
  }

  @Test func architecture() {
    expectModel(.architecture("mamba", known: ["llama", "qwen2", "qwen3", "gemma3"])) {
      $0["general.architecture"] = .string("mamba")
    }
    expectModel(.wrongKey("general.architecture", expected: "a string")) { $0["general.architecture"] = .uint32(1) }
  }

  @Test func sizes() {
    let range = "an integer in 1 ... 512"
    for value: GGUFBuilder.Value in [.uint32(0), .uint32(513), .uint32(.max), .int32(-1), .string("2"), .float32(2)] {
      expectModel(.wrongKey("llama.block_count", expected: range)) { $0["llama.block_count"] = value }
    }
    let key = "llama.attention.layer_norm_rms_epsilon"
    for value: GGUFBuilder.Value in [.float32(0), .float32(-1), .float32(.nan), .float32(.infinity), .string("")] {
      expectModel(.wrongKey(key, expected: "a positive number")) { $0[key] = value }
    }
  }

  @Test func sizesOfEachBlock() throws {
    let key = "llama.attention.head_count"
    #expect(try load { $0[key] = .int32s([4, 4]) }.configuration.headCount == 4)
    expectModel(.wrongKey(key, expected: "an integer in 1 ... 4096")) { $0[key] = .int32s([4, 2]) }
    for count in [0, 1, 3] {
      let expected = "one number or one for each of 2 blocks, but found \(count)"
      expectModel(.wrongKey(key, expected: expected)) { $0[key] = .int32s([Int](repeating: 4, count: count)) }
    }
  }

  @Test func heads() {
    let (heads, shared) = ("llama.attention.head_count", "llama.attention.head_count_kv")
    expectModel(.wrongKey(shared, expected: "a divisor of 4")) { $0[shared] = .uint32(3) }
    expectModel(.wrongKey(shared, expected: "an integer in 1 ... 4")) { $0[shared] = .uint32(8) }
    expectModel(.wrongKey(shared, expected: "an integer in 1 ... 4")) { $0[shared] = .uint32(0) }
    for count: UInt32 in [3, 100] {
      expectModel(.wrongKey(heads, expected: "a divisor of 64, but found \(count)")) {
        $0[heads] = .uint32(count)
        $0[shared] = .uint32(1)
      }
    }
    expectModel(.wrongKey("llama.attention.key_length", expected: "an even number")) {
      $0["llama.attention.key_length"] = .uint32(15)
    }
    expectModel(.wrongKey("llama.rope.dimension_count", expected: "16, the head size")) {
      $0["llama.rope.dimension_count"] = .uint32(8)
    }
    expectModel(.wrongKey("llama.rope.scaling.type", expected: "none or linear, but found 'yarn'")) {
      $0["llama.rope.scaling.type"] = .string("yarn")
    }
  }

  @Test func otherComputations() {
    expectModel(.wrongKey("llama.expert_count", expected: "0: Quill runs no mixtures of experts")) {
      $0["llama.expert_count"] = .uint32(8)
    }
  }

  /// A tensor that has no place in the model is an error, as leaving it out would change the answers.
  @Test(arguments: [
    "blk.0.attn_qnorm.weight", "blk.2.attn_q.weight", "blk.0.ffn_gate_inp.weight", "blk.0.attn_q_norm.weight", "x",
    "blk.1.attn_q.bias",
  ])
  func unknownTensors(name: String) {
    expectModel(.unknownTensor(name)) { $0.append(name, [64]) }
  }

  /// A table of rotations that old converters wrote: everybody computes it.
  @Test func tableOfRotations() throws {
    _ = try load { $0.append("blk.0.attn_rot_embd.weight", [8]) }
  }

  /// Biases are those that are there, in transformers' order of rows.
  @Test func biases() throws {
    let model = try load { builder in
      for block in 0..<2 { builder.append("blk.\(block).attn_q.bias", [64], values: (0..<64).map(Float.init)) }
    }
    #expect(model.configuration.biasedLayers == [.q])
    #expect(model.blocks[0].bias(of: .q)?.prefix(16) == [0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15])
    expectModel(.missingTensor("blk.1.attn_q.bias")) { $0.append("blk.0.attn_q.bias", [64]) }
  }

  @Test func ropeFactors() throws {
    let factors = (1...8).map(Float.init)
    let model = try load { $0.append("rope_freqs.weight", [8], values: factors) }
    #expect(model.configuration.ropeFactors == factors)
    for value: Float in [0, -1, .infinity, .nan] {
      expectModel(.tensorValues("rope_freqs.weight", expected: "positive numbers")) {
        $0.append("rope_freqs.weight", [8], values: [value] + factors.dropFirst())
      }
    }
  }

  /// Fused q, k and v are the same rows; a wrong number of them is an error.
  @Test func fusedTensors() throws {
    let plain = try load { _ in }
    let fused = try load { $0.fuse(block: 0) }
    for layer in [LinearLayer.q, .k, .v] {
      #expect(fused.blocks[0][layer].decoded().values == plain.blocks[0][layer].decoded().values)
    }
    expectModel(.tensorShape("blk.0.attn_qkv.weight", found: [64, 64], expected: [128, 64])) {
      $0.fuse(block: 0)
      $0.resize("blk.0.attn_qkv.weight", to: [64, 64])
    }
  }

  @Test(arguments: ["token_embd.weight", "output_norm.weight", "blk.1.ffn_down.weight", "blk.0.attn_norm.weight"])
  func missingTensor(name: String) {
    expectModel(.missingTensor(name)) { $0.tensors.removeAll { $0.name == name } }
  }

  @Test func shapes() {
    expectModel(.tensorShape("blk.0.attn_k.weight", found: [64, 64], expected: [32, 64])) {
      $0["llama.attention.head_count_kv"] = .uint32(2)
      $0.resize("blk.0.attn_k.weight", to: [64, 64])
    }
    expectModel(.tensorShape("blk.1.attn_norm.weight", found: [32], expected: [64])) {
      $0.resize("blk.1.attn_norm.weight", to: [32])
    }
    expectModel(.tensorShape("token_embd.weight", found: [384, 32], expected: [384, 64])) {
      $0.resize("token_embd.weight", to: [32, 384])
    }
    // Every dimension as it should be, but in one row.
    expectModel(.tensorShape("blk.0.attn_q.weight", found: [4096], expected: [64, 64])) {
      $0.resize("blk.0.attn_q.weight", to: [4096])
    }
    expectModel(.tensorShape("blk.0.ffn_up.weight", found: [128, 0], expected: [128, 64])) {
      $0.resize("blk.0.ffn_up.weight", to: [0, 128])
    }
  }

  @Test func tokenizerTables() {
    let tokens = "at most 383, the rows of token_embd.weight, but found 384"
    expectModel(.wrongKey("tokenizer.ggml.tokens", expected: tokens)) { $0.resize("token_embd.weight", to: [64, 383]) }
    #expect(throws: TokenizerError.typeCount(types: 383, tokens: 384)) {
      try load { $0["tokenizer.ggml.token_type"] = .int32s([Int](repeating: 1, count: 383)) }
    }
    #expect(throws: TokenizerError.unknownType(id: 0, type: -1)) {
      try load { $0["tokenizer.ggml.token_type"] = .int32s([Int](repeating: -1, count: 384)) }
    }
    #expect(throws: TokenizerError.malformedMerge(index: 0, text: "ab")) {
      try load { $0["tokenizer.ggml.merges"] = .strings(["ab"]) }
    }
    expectModel(.wrongKey("tokenizer.ggml.model", expected: "gpt2 or llama, but found 'bert'")) {
      $0["tokenizer.ggml.model"] = .string("bert")
    }
  }

  @Test(arguments: [
    ("bos", "beginning-of-sequence"), ("eos", "end-of-sequence"), ("unknown", "unknown"), ("padding", "padding"),
  ])
  func specialTokens(key: String, role: String) {
    let key = "tokenizer.ggml.\(key)_token_id"
    for id in [384, 0x7fff_ffff] {
      #expect(throws: TokenizerError.specialTokenOutOfRange(role: role, id: id, tokens: 384)) {
        try load { $0[key] = .uint32(UInt32(id)) }
      }
    }
    #expect(throws: TokenizerError.specialTokenOutOfRange(role: role, id: -1, tokens: 384)) {
      try load { $0[key] = .int32(-1) }
    }
    for value: GGUFBuilder.Value in [.uint64(.max), .string("1"), .bool(true)] {
      expectModel(.wrongKey(key, expected: "a token's id")) { $0[key] = value }
    }
  }

  /// A key of the wrong type is an error and not a key that is missing.
  @Test func typesOfOptionalKeys() {
    expectModel(.wrongKey("tokenizer.ggml.token_type", expected: "integers")) {
      $0["tokenizer.ggml.token_type"] = .strings(["1"])
    }
    expectModel(.wrongKey("tokenizer.ggml.pre", expected: "a string")) { $0["tokenizer.ggml.pre"] = .uint32(1) }
    expectModel(.wrongKey("tokenizer.ggml.add_bos_token", expected: "a bool")) {
      $0["tokenizer.ggml.add_bos_token"] = .uint32(1)
    }
  }
}

extension GGUFBuilder {
  /// Adds a float32 tensor, of zeros when no values are given.
  fileprivate mutating func append(_ name: String, _ dimensions: [UInt64], values: [Float] = []) {
    let count = Int(dimensions.reduce(1, *))
    let numbers = values.isEmpty ? [Float](repeating: 0, count: count) : values
    tensors.append(Tensor(name: name, dimensions: dimensions, data: numbers.flatMap { littleEndian($0.bitPattern) }))
  }

  /// Makes one tensor of a block's q, k and v.
  fileprivate mutating func fuse(block: Int) {
    let names = ["q", "k", "v"].map { "blk.\(block).attn_\($0).weight" }
    let parts = names.compactMap { name in tensors.first { $0.name == name } }
    let rows = parts.reduce(0) { $0 + $1.dimensions[1] }
    tensors.removeAll { names.contains($0.name) }
    let dimensions = [parts[0].dimensions[0], rows]
    tensors.append(
      Tensor(name: "blk.\(block).attn_qkv.weight", dimensions: dimensions, data: parts.flatMap(\.data)))
  }

  /// Gives a float32 tensor other dimensions, innermost first, and as many zeros as they need.
  fileprivate mutating func resize(_ name: String, to dimensions: [UInt64]) {
    guard let index = tensors.firstIndex(where: { $0.name == name }) else { return }
    tensors[index].dimensions = dimensions
    tensors[index].data = [UInt8](repeating: 0, count: 4 * Int(dimensions.reduce(1, *)))
  }
}
