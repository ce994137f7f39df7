import Quantization

/// How an error names a tensor type of ggml.
enum GGMLTypeName {
  /// A type's name, or a phrase with its id when ggml has no such type.
  static func of(_ id: UInt32) -> String {
    BlockFormat.ggmlName(of: id) ?? BlockFormat.removedGGMLName(of: id).map { "\($0), which ggml has given up" }
      ?? "type \(id), which ggml does not have"
  }
}
