import ChatTemplates
import LanguageModels
import Tokenization

/// A conversation with a chat model: what was said so far.
///
/// Each answer continues the whole conversation, written down by the model's own template. What the template writes anew
/// the same way as before is not read again, as long as ``KeptContexts`` keeps it.
///
/// Not for use by several threads at once.
package final class Conversation {
  package private(set) var messages: [ChatMessage]
  private let template: ChatTemplate
  private let model: LanguageModel

  /// Begins a conversation.
  ///
  /// - Parameters:
  ///   - system: What the model is told before the user speaks.
  ///   - template: A template in place of the model's own.
  /// - Throws: ``ConversationError/noTemplate``, `TemplateError`.
  package init(_ model: LanguageModel, system: String? = nil, template: String? = nil) throws {
    guard let source = template ?? model.tokenizer.chatTemplate else { throw ConversationError.noTemplate }
    self.template = try ChatTemplate(source)
    messages = system.map { [ChatMessage(role: "system", content: $0)] } ?? []
    self.model = model
  }

  deinit { KeptContexts.shared.forget(ObjectIdentifier(self)) }

  /// Says something and returns the answer; both belong to the conversation from then on.
  ///
  /// - Parameters:
  ///   - onText: Receives the answer piece by piece.
  /// - Throws: `TemplateError`, and as ``TextGenerator``; the conversation is then as it was before.
  package func answer(
    to text: String, _ options: GenerationOptions, isCancelled: () -> Bool = { false },
    onText: @escaping (String) -> Void = { _ in }
  ) throws -> Generation {
    let asked = messages + [ChatMessage(role: "user", content: text)]
    let prompt = try prompt(for: asked)
    let generation = try KeptContexts.shared.lend(ObjectIdentifier(self), model) { context in
      try TextGenerator(context).generate(
        after: ids(of: prompt), prompt: prompt, options, isCancelled: isCancelled, onText: onText)
    }
    messages = asked + [ChatMessage(role: "assistant", content: generation.text)]
    return generation
  }

  /// The text that the model is given to continue.
  private func prompt(for messages: [ChatMessage]) throws -> String {
    let tokenizer = model.tokenizer
    var options = ChatOptions()
    if let text = tokenizer.bosToken { options.variables["bos_token"] = .string(text) }
    if let text = tokenizer.eosToken { options.variables["eos_token"] = .string(text) }
    return try template.render(messages, options).text
  }

  /// The tokens of a prompt with exactly one beginning-of-sequence token where the model wants one, whether the template
  /// writes it or leaves it to the tokenizer.
  private func ids(of prompt: String) -> [Int] {
    let tokenizer = model.tokenizer
    let ids = tokenizer.ids(of: prompt, addingSpecialTokens: false)
    guard tokenizer.addsBeginningOfSequence, let beginning = tokenizer.beginningOfSequenceID, ids.first != beginning
    else { return ids }
    return [beginning] + ids
  }
}

/// Why there is no conversation.
package enum ConversationError: Error, Hashable {
  /// The model's files have no chat template.
  case noTemplate
}
