import LanguageModels

/// An inference context that knows what it has read, so that a text which begins as the last one did is read from where
/// they part.
///
/// Not for use by several threads at once.
package final class PrefixContext {
  package let model: LanguageModel
  private let context: InferenceContext
  /// The tokens whose keys and values are in the cache.
  private var tokens: [Int] = []

  package init(_ model: LanguageModel) {
    self.model = model
    context = InferenceContext(model)
  }

  /// Reads a whole text and returns the logits of what follows its last token, `[V]`.
  ///
  /// - Returns: The logits, and how many tokens came from the cache.
  /// - Throws: As ``InferenceContext/read(_:isCancelled:)``.
  package func read(_ text: [Int], isCancelled: () -> Bool = { false }) throws -> (logits: [Float], reused: Int) {
    // The last token is always read: its logits are not kept.
    let reused = min(zip(tokens, text).prefix { $0 == $1 }.count, max(0, text.count - 1))
    context.truncate(to: reused)
    tokens.removeSubrange(reused...)
    return (try append(Array(text[reused...]), isCancelled: isCancelled), reused)
  }

  /// Reads further tokens and returns the logits of what follows them, `[V]`.
  ///
  /// - Throws: As ``InferenceContext/read(_:isCancelled:)``; then everything is forgotten that was read with this call.
  package func append(_ added: [Int], isCancelled: () -> Bool = { false }) throws -> [Float] {
    do {
      let logits = try context.read(added, isCancelled: isCancelled)
      tokens += added
      return logits
    } catch {
      context.truncate(to: tokens.count)
      throw error
    }
  }
}
