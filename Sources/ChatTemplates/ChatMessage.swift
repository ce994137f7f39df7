/// A message of a conversation, with the fields that templates read.
package struct ChatMessage: Sendable, Hashable {
  /// `role`, `content` and whatever else the message has, in order.
  package private(set) var fields: [TemplateValue.Member]

  /// A message with fields of any kind, such as tool calls or content in parts.
  package init(fields: [TemplateValue.Member]) { self.fields = fields }

  /// - Parameters:
  ///   - role: Who speaks: `system`, `user`, `assistant` or `tool`.
  ///   - content: What is said.
  package init(role: String, content: String) {
    fields = [.init("role", .string(role)), .init("content", .string(content))]
  }

  package subscript(name: String) -> TemplateValue? {
    get { TemplateValue.object(fields)[name] }
    set {
      let place = fields.firstIndex { $0.name == name }
      switch (place, newValue) {
      case (let place?, let value?): fields[place] = .init(name, value)
      case (nil, let value?): fields.append(.init(name, value))
      case (let place?, nil): fields.remove(at: place)
      case (nil, nil): break
      }
    }
  }

  /// The message with its reasoning under every name that templates read it by, as transformers does.
  var withReasoning: TemplateValue {
    let names = ["reasoning_content", "thinking", "reasoning"]
    guard let reasoning = names.lazy.compactMap({ self[$0] }).first(where: { $0 != .null }) else {
      return .object(fields)
    }
    var message = self
    if self["thinking"] == nil { message.fields.insert(.init("thinking", reasoning), at: 0) }
    message["reasoning_content"] = reasoning
    return .object(message.fields)
  }
}
