import JSONValue

/// A column that holds a conversation: a list of objects with `role` and `content`, or with `from` and `value`.
struct ConversationColumn {
  /// What ShareGPT calls those who speak, and what chat templates call them.
  private static let roles = [
    "system": "system", "human": "user", "user": "user", "gpt": "assistant", "assistant": "assistant",
    "chatgpt": "assistant", "bing": "assistant", "bard": "assistant", "model": "assistant",
    "tool": "tool", "function_response": "tool", "observation": "tool",
  ]

  let messages: [RowMessage]

  /// - Throws: ``DatasetError/badConversation(column:row:message:found:)``, ``DatasetError/unknownSpeaker(row:message:name:known:)``.
  init(_ row: Row, _ column: String) throws(DatasetError) {
    guard let elements = row[column]?.array, !elements.isEmpty else {
      let found = row[column].map { $0.array == nil ? $0.kind : "an empty list" } ?? "nothing"
      throw .badConversation(column: column, row: row.number, message: nil, found: found)
    }
    var messages: [RowMessage] = []
    for (index, element) in elements.enumerated() {
      if let role = element["role"]?.string, let content = element["content"]?.string {
        messages.append(RowMessage(role: role, content: content))
      } else if let speaker = element["from"]?.string, let content = element["value"]?.string {
        guard let role = Self.roles[speaker] else {
          throw .unknownSpeaker(row: row.number, message: index, name: speaker, known: Self.roles.keys.sorted())
        }
        messages.append(RowMessage(role: role, content: content))
      } else {
        let names = element.object.map { "an object with " + $0.keys.sorted().joined(separator: ", ") }
        throw .badConversation(column: column, row: row.number, message: index, found: names ?? element.kind)
      }
    }
    self.messages = messages
  }
}
