import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// Keys of Gemma's and Qwen's files, right and wrong.
struct GGUFArchitectureTests {
  private func configuration(
    _ name: String, _ change: (inout GGUFBuilder) -> Void
  ) throws -> ModelConfiguration {
    var builder = GGUFBuilder(copying: try GGUFFile(path: Fixtures.path("architectures/\(name).gguf")))
    change(&builder)
    return try ModelConfiguration(GGUFFile(path: "m.gguf", bytes: Bytes(builder.file)))
  }

  private func expect(
    _ reason: GGUFError.Reason, _ name: String, sourceLocation: SourceLocation = #_sourceLocation,
    spoiling change: (inout GGUFBuilder) -> Void
  ) {
    #expect(throws: GGUFError(path: "m.gguf", reason: reason), sourceLocation: sourceLocation) {
      try configuration(name, change)
    }
  }

  @Test func windowPatterns() throws {
    let pattern = "gemma3.attention.sliding_window_pattern"
    let two = try configuration("gemma3") { $0[pattern] = .uint32(2) }
    #expect(two.localBlocks == [true, false, true, false, true, false])
    let all = try configuration("gemma3") { $0[pattern] = .uint32(0) }
    #expect(all.localBlocks == [true, true, true, true, true, true])
    let flags = [false, true, true, false, false, true]
    let listed = try configuration("gemma3") { $0[pattern] = .array(7, flags.map(GGUFBuilder.Value.bool)) }
    #expect(listed.localBlocks == flags)
    expect(.wrongKey(pattern, expected: "one for each of 6 blocks, but found 2"), "gemma3") {
      $0[pattern] = .array(7, [.bool(true), .bool(false)])
    }
    for value in [nil, GGUFBuilder.Value.uint32(0)] {
      let none = try configuration("gemma3") { $0["gemma3.attention.sliding_window"] = value }
      #expect(none.slidingWindow == nil && none.localBlocks.isEmpty && none.localRopeBase == nil)
    }
  }

  @Test func ropeBasesAndScaling() throws {
    let local = try configuration("gemma3") { $0["gemma3.rope.freq_base_swa"] = .float32(5000) }
    #expect(local.localRopeBase == 5000)
    let absent = try configuration("gemma3") { $0["gemma3.rope.freq_base_swa"] = nil }
    #expect(absent.localRopeBase == 10_000)
    let old = try configuration("qwen2") { $0["qwen2.rope.scale_linear"] = .float32(4) }
    #expect(old.ropeFactors == [4, 4, 4, 4])
    let unnamed = try configuration("qwen2") { $0["qwen2.rope.scaling.factor"] = .float32(2) }
    #expect(unnamed.ropeFactors == [2, 2, 2, 2])
    let none = try configuration("qwen2") {
      $0["qwen2.rope.scaling.factor"] = .float32(2)
      $0["qwen2.rope.scaling.type"] = .string("none")
    }
    #expect(none.ropeFactors.isEmpty)
    for type in ["yarn", "longrope"] {
      expect(.wrongKey("qwen2.rope.scaling.type", expected: "none or linear, but found '\(type)'"), "qwen2") {
        $0["qwen2.rope.scaling.type"] = .string(type)
      }
    }
  }

  /// Gemma's largest model has a scale of its own, which its files do not tell.
  @Test func queryScaleOf27B() throws {
    var builder = GGUFBuilder(copying: try GGUFFile(path: Fixtures.path("architectures/gemma3.gguf")))
    builder["gemma3.block_count"] = .uint32(62)
    let model = try ModelConfiguration(GGUFFile(path: "m.gguf", bytes: Bytes(builder.file)))
    #expect(model.queryScale == 1 / Float(32 / 4).squareRoot())
  }

  @Test func otherComputations() {
    for key in ["final_logit_softcapping", "attn_logit_softcapping"] {
      expect(.wrongKey("gemma3.\(key)", expected: "0: Quill does not scale or cap logits"), "gemma3") {
        $0["gemma3.\(key)"] = .float32(30)
      }
    }
    expect(.wrongKey("gemma3.attention.causal", expected: "true: Quill runs models that write text"), "gemma3") {
      $0["gemma3.attention.causal"] = .bool(false)
    }
    expect(.wrongKey("gemma3.attention.value_length", expected: "16, the head size"), "gemma3") {
      $0["gemma3.attention.value_length"] = .uint32(8)
    }
  }
}
