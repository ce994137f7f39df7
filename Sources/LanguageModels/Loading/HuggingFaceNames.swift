import ModelFiles

/// What the tensors of a folder are called.
///
/// All names follow one pattern behind a prefix: none, or `language_model.` and `model.language_model.` where the model
/// of text is a part of a larger one.
struct HuggingFaceNames {
  private let hasPostNorms: Bool
  /// What stands in place of `model.` before the embedding and the blocks, and in place of nothing before the head.
  private let body: String
  private let head: String

  /// - Throws: ``HuggingFaceError`` when no embedding is there under any of the names.
  init(_ folder: HuggingFaceFolder, _ architecture: Architecture) throws(HuggingFaceError) {
    hasPostNorms = architecture.hasPostNorms
    let styles = [
      ("model.", ""), ("language_model.model.", "language_model."), ("model.language_model.", ""), ("", ""),
    ]
    guard let style = styles.first(where: { folder.tensor($0.0 + "embed_tokens.weight") != nil }) else {
      throw HuggingFaceError(path: folder.path, reason: .missingTensor("model.embed_tokens.weight"))
    }
    (body, head) = style
  }

  /// The name of a role's tensor; `nil` for what checkpoints do not store.
  func name(_ role: TensorRole) -> String? {
    guard let name = role.huggingFaceName(hasPostNorms: hasPostNorms) else { return nil }
    return name.hasPrefix("model.") ? body + name.dropFirst(6) : head + name
  }

  func tensor(_ role: TensorRole, in folder: HuggingFaceFolder) -> SafetensorsFile.Tensor? {
    name(role).flatMap(folder.tensor)
  }

  /// Whether a tensor can be left out: it belongs to the part for images, or everybody computes it.
  ///
  /// `inv_freq` are rotation frequencies that old versions of transformers stored.
  static func isIgnored(_ name: String, isWrapped: Bool) -> Bool {
    if name.hasSuffix(".rotary_emb.inv_freq") { return true }
    let images = ["vision_tower.", "multi_modal_projector.", "model.vision_tower.", "model.multi_modal_projector."]
    return isWrapped && images.contains { name.hasPrefix($0) }
  }
}
