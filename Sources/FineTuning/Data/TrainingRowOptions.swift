/// How rows of a data set become rows of training.
package struct TrainingRowOptions: Sendable, Hashable {
  /// The most tokens of a sequence, and of a row that sequences are packed into.
  package var maxLength: Int
  /// Whether several sequences share a row as long as they fit; they do not see one another.
  package var packing: Bool
  /// Whether only completions and the assistant's turns are learned.
  package var completionOnly: Bool
  package var truncation: Truncation
  /// A chat template in place of the model's own.
  package var chatTemplate: String?

  /// - Parameter maxLength: In tokens, at least 2: one that is read and one that is predicted.
  package init(
    maxLength: Int = 256, packing: Bool = false, completionOnly: Bool = false, truncation: Truncation = .promptStart,
    chatTemplate: String? = nil
  ) {
    precondition(maxLength >= 2, "\(maxLength) tokens")
    self.maxLength = maxLength
    self.packing = packing
    self.completionOnly = completionOnly
    self.truncation = truncation
    self.chatTemplate = chatTemplate
  }

  /// What is cut from a prompt with its completion when they are too long; texts and conversations lose their end.
  package enum Truncation: Sendable, Hashable {
    /// The beginning of the prompt, so that the completion and what stands right before it stay. The
    /// beginning-of-sequence token is kept, and a completion that is too long by itself loses its end.
    case promptStart
    /// The end of the row, as TRL does: of a long prompt no completion is left, and the row is dropped.
    case end
  }
}
