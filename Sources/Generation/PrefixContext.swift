import LanguageModels
import TensorCore

/// An inference context that knows what it has read, so that a text which begins as the last one did is read from where
/// they part.
///
/// Not for use by several threads at once.
package final class PrefixContext {
  package let model: LanguageModel
  private let context: InferenceContext
  /// The tokens whose keys and values are in the cache.
  private var tokens: [Int] = []
  /// The last text that was read as a whole, and the logits after it.
  ///
  /// A cell that is run again goes on from these: it does the same again to the bit.
  private var text: (count: Int, logits: [Float]) = (0, [])

  package init(_ model: LanguageModel) {
    self.model = model
    context = InferenceContext(model, backend: TokenwiseBackend(CPUBackend.shared))
  }

  /// Bytes that keys and values take.
  package var byteCount: Int { context.cache.byteCount }

  /// Reads a whole text and returns the logits of what follows its last token, `[V]`.
  ///
  /// - Returns: The logits, and how many tokens came from the cache.
  /// - Throws: As ``InferenceContext/read(_:isCancelled:)``.
  package func read(_ whole: [Int], isCancelled: () -> Bool = { false }) throws -> (logits: [Float], reused: Int) {
    let known = zip(tokens, whole).prefix { $0 == $1 }.count
    if known == whole.count, known == text.count, known > 0 {
      truncate(to: known)
      return (text.logits, known)
    }
    // The last token is always read: its logits were not kept.
    let reused = min(known, max(0, whole.count - 1))
    truncate(to: reused)
    text = (0, [])
    let logits = try append(Array(whole[reused...]), isCancelled: isCancelled)
    text = (whole.count, logits)
    return (logits, reused)
  }

  /// Reads further tokens and returns the logits of what follows them, `[V]`.
  ///
  /// - Throws: As ``InferenceContext/read(_:isCancelled:)``; then everything is forgotten that was read with this call.
  package func append(_ added: [Int], isCancelled: () -> Bool = { false }) throws -> [Float] {
    try adding(added) { try context.read(added, isCancelled: isCancelled) }
  }

  /// Reads further tokens and returns the logits of what follows each of them, `[T, V]`.
  ///
  /// Up to ``TokenwiseBackend/limit`` tokens come out to the bit as if they were read one by one.
  ///
  /// - Throws: As ``append(_:isCancelled:)``.
  func appendAll(_ added: [Int], isCancelled: () -> Bool = { false }) throws -> Matrix {
    try adding(added) { try context.readAll(added, isCancelled: isCancelled) }
  }

  /// Forgets the last tokens.
  func dropLast(_ count: Int) { truncate(to: tokens.count - count) }

  private func adding<Logits>(_ added: [Int], _ read: () throws -> Logits) throws -> Logits {
    do {
      let logits = try read()
      tokens += added
      return logits
    } catch {
      context.truncate(to: tokens.count)
      throw error
    }
  }

  private func truncate(to count: Int) {
    context.truncate(to: count)
    tokens.removeSubrange(count...)
    if text.count > count { text = (0, []) }
  }
}
