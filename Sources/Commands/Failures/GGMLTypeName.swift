/// The names of ggml's tensor types by their ids in GGUF files, those that Quill does not read among them.
enum GGMLTypeName {
  private static let names: [UInt32: String] = [
    0: "f32", 1: "f16", 2: "q4_0", 3: "q4_1", 6: "q5_0", 7: "q5_1", 8: "q8_0", 9: "q8_1", 10: "q2_K", 11: "q3_K",
    12: "q4_K", 13: "q5_K", 14: "q6_K", 15: "q8_K", 16: "iq2_XXS", 17: "iq2_XS", 18: "iq3_XXS", 19: "iq1_S",
    20: "iq4_NL", 21: "iq3_S", 22: "iq2_S", 23: "iq4_XS", 24: "i8", 25: "i16", 26: "i32", 27: "i64", 28: "f64",
    29: "iq1_M", 30: "bf16", 34: "tq1_0", 35: "tq2_0", 39: "mxfp4", 40: "nvfp4", 41: "q1_0", 42: "q2_0",
  ]

  /// Types that ggml had for a while and took out again.
  private static let removed: [UInt32: String] = [
    4: "q4_2", 5: "q4_3", 31: "q4_0_4_4", 32: "q4_0_4_8", 33: "q4_0_8_8", 36: "iq4_NL_4_4", 37: "iq4_NL_4_8",
    38: "iq4_NL_8_8",
  ]

  /// A type's name, or a phrase with its id when ggml has no such type.
  static func of(_ id: UInt32) -> String {
    names[id] ?? removed[id].map { "\($0), which ggml has given up" } ?? "type \(id), which ggml does not have"
  }
}
