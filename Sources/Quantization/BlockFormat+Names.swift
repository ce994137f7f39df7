extension BlockFormat {
  /// The name of a tensor type of ggml by its id in GGUF files, also of those that Quill does not read.
  ///
  /// - Returns: `nil` when ggml has no such type now; see ``removedGGMLName(of:)``.
  package static func ggmlName(of id: UInt32) -> String? { BlockFormat(rawValue: id)?.name ?? unread[id] }

  /// The name of a type that ggml had for a while and took out again.
  package static func removedGGMLName(of id: UInt32) -> String? { removed[id] }

  private static let unread: [UInt32: String] = [
    9: "q8_1", 15: "q8_K", 16: "iq2_XXS", 17: "iq2_XS", 18: "iq3_XXS", 19: "iq1_S", 21: "iq3_S", 22: "iq2_S", 24: "i8",
    25: "i16", 26: "i32", 27: "i64", 28: "f64", 29: "iq1_M", 40: "nvfp4", 41: "q1_0", 42: "q2_0",
  ]

  private static let removed: [UInt32: String] = [
    4: "q4_2", 5: "q4_3", 31: "q4_0_4_4", 32: "q4_0_4_8", 33: "q4_0_8_8", 36: "iq4_NL_4_4", 37: "iq4_NL_4_8",
    38: "iq4_NL_8_8",
  ]
}
