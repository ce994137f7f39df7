/// What goes into a prompt besides the messages.
package struct ChatOptions: Sendable {
  /// Whether the text ends where the assistant's next turn begins.
  package var addsGenerationPrompt = true
  /// Whether the last message is left open, for the model to go on with it.
  package var continuesLastMessage = false
  /// The JSON schemas of the functions that the model may call.
  package var tools: [TemplateValue]?
  /// Texts to answer from, each with `title` and `text`.
  package var documents: [TemplateValue]?
  /// Other variables: `bos_token`, `eos_token`, `enable_thinking` and the like.
  package var variables: [String: TemplateValue] = [:]
  package var clock = TemplateClock()
  package var limits = TemplateLimits.standard

  package init() {}
}

extension ChatTemplate {
  /// The text of a conversation, as `apply_chat_template` of transformers gives it.
  ///
  /// - Throws: ``TemplateError``.
  package func render(_ messages: [ChatMessage], _ options: ChatOptions = ChatOptions()) throws(TemplateError)
    -> RenderedChat
  {
    var messages = messages
    let continued = options.continuesLastMessage ? try Continuation(of: &messages, in: source) : nil
    var variables = options.variables
    variables["messages"] = .array(messages.map(\.withReasoning))
    variables["tools"] = options.tools.map { .array($0) } ?? .null
    variables["documents"] = options.documents.map { .array($0) } ?? .null
    variables["add_generation_prompt"] = .bool(options.addsGenerationPrompt)
    let chat = try rendering(variables, clock: options.clock, limits: options.limits)
    guard let continued else { return chat }
    return RenderedChat(text: try continued.cut(chat.text), assistantRanges: chat.assistantRanges)
  }
}

/// The mark that is put behind the last message to find the place where the model goes on.
private struct Continuation {
  private static let mark: Text = "CONTINUE_FINAL_MESSAGE_TAG "
  /// What the last message says, without space around it.
  private let message: Text

  /// Marks the last message.
  init(of messages: inout [ChatMessage], in source: String) throws(TemplateError) {
    guard let last = messages.last, let content = last["content"], source.contains("content") else {
      throw Self.failure
    }
    switch content {
    case .string(let text):
      messages[messages.count - 1]["content"] = .string(text + Self.mark.string)
      message = Text(text).stripped(where: \.isPythonSpace)
    case .array(var parts):
      guard let place = parts.lastIndex(where: { $0["text"] != nil }), case .object(let fields) = parts[place],
        case .string(let text)? = parts[place]["text"]
      else { throw Self.failure }
      var part = ChatMessage(fields: fields)
      part["text"] = .string(text + Self.mark.string)
      parts[place] = .object(part.fields)
      messages[messages.count - 1]["content"] = .array(parts)
      message = Text(text).stripped(where: \.isPythonSpace)
    default: throw Self.failure
    }
  }

  private static var failure: TemplateError {
    TemplateError(
      line: 1,
      reason: .wrongValue(
        operation: "continue the last message", found: "no text that the template keeps",
        expected: "a last message whose text the template prints as it is"))
  }

  /// The text up to the end of the last message.
  func cut(_ string: String) throws(TemplateError) -> String {
    let text = Text(string)
    let bare = Self.mark.stripped(where: \.isPythonSpace)
    guard text.contains(message), let place = text.lastIndex(of: bare, in: 0..<text.count) else { throw Self.failure }
    let kept = text[0..<place]
    let isWhole = text[place..<min(text.count, place + Self.mark.count)] == Self.mark
    return (isWhole ? kept : kept.stripped(left: false, where: \.isPythonSpace)).string
  }
}
