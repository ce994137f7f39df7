/// What a row says, and which part of it is the answer.
package enum RowContent: Sendable, Hashable {
  /// Text without an answer in it.
  case text(String)
  /// A text and how it goes on.
  case completion(prompt: String, completion: String)
  /// A conversation, which is written down by a model's chat template.
  case messages([RowMessage])
}

/// A message of a conversation.
package struct RowMessage: Sendable, Hashable {
  /// Who speaks, by the names of chat templates: `system`, `user`, `assistant`, `tool`.
  package let role: String
  package let content: String
  /// Whether it is an answer that can be learned: a turn of the assistant.
  package let isCompletion: Bool

  package init(role: String, content: String, isCompletion: Bool? = nil) {
    self.role = role
    self.content = content
    self.isCompletion = isCompletion ?? (role == "assistant")
  }
}
