import ModelFiles

/// Why an adapter cannot be attached to a model, or taken off it.
package enum AttachmentError: Error, Hashable {
  /// No module is a target.
  case noTarget(LoRA, blocks: Int)
  /// A name among the targets or exclusions that no module has.
  case unknownModule(String)
  /// A regular expression in a syntax that is not known.
  case unreadablePattern(String)
  /// A regular expression for ranks or alphas that no target matches.
  case unusedPattern(String, text: String)
  /// Several regular expressions that give a module different numbers.
  case ambiguousPattern(String, module: String)
  /// PiSSA needs weights that it can take something off.
  case quantizedWeight(String, format: String)
  /// More directions than a weight has.
  case rankTooLarge(String, limit: Int)
  /// A weight with numbers that are not finite.
  case notDecomposable(String)
  /// The model's weights lack what a PiSSA adapter took off them.
  case incompleteWeights
}
