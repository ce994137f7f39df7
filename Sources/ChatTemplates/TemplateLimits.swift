/// What one parse or one rendering of a chat template may use.
///
/// A template comes with a model file, so it is not trusted: time is bounded by ``steps``, memory by ``characters``, the
/// stack by ``nesting`` and ``depth``.
package struct TemplateLimits: Sendable, Hashable {
  /// Characters of a template's source.
  package var source = 1 << 20
  /// How deep blocks and expressions may be nested in the source.
  package var nesting = 100
  /// How deep the evaluation may go: nested expressions, blocks, macro calls and recursive loops together, which fit a stack
  /// of 1 MiB.
  package var depth = 200
  /// Expressions evaluated, statements executed, and elements or each 32 characters that were walked over.
  package var steps = 2_000_000
  /// Characters of all texts that are built, and eight for each element of a list, whether they are kept or not.
  package var characters = 1 << 25
  /// UTF-8 bytes of the result.
  package var outputBytes = 1 << 25
  /// How deep lists and dictionaries may be nested, in every rendering.
  package static let valueDepth = 200

  package init() {}

  /// Ample for every template in use on a conversation as long as a model's context.
  package static let standard = TemplateLimits()
}
