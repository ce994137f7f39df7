import CommandLanguage
import Generation
import LanguageModels

/// Conversations with a model: `chat`.
enum ChatCommands {
  static let all: [Command] = [chat]

  private static let chat = Command.method(
    "chat", of: ModelValue.self,
    [
      .unlabelled("message", .string, "What you say."),
      .labelled(
        "system", .optional(.string),
        "What the model is told before you speak. Another text than before begins a new conversation."),
      .labelled("startingOver", .bool, default: false, "Whether to forget the conversation first."),
      .labelled(
        "template", .optional(.string), neighbours: ["llama.cpp": "--chat-template"],
        "A Jinja template in place of the model's own."),
      .labelled(
        "maxTokens", .int, default: 256, in: 1...1_000_000, unit: "tokens",
        neighbours: ["HF": "max_new_tokens", "llama.cpp": "-n"], "The most tokens that the answer has."),
    ] + TextCommands.samplingParameters.filter { $0.name != "maxTokens" },
    returns: "Generation",
    "Says something to a chat model and streams its answer; the next call goes on with the conversation.",
    discussion: """
      The conversation is written down by the template in the model's file, as it was in training; `.prompt` of the result is
      what the model was given. What had been read before comes from the cache.
      """,
    example: "load(\"smollm2-135m\").chat(\"What is two and two?\", maxTokens: 12, temperature: 0)",
    neighbours: ["HF": "apply_chat_template", "llama.cpp": "llama-cli -cnv"]
  ) { value, call in
    let (output, isCancelled) = (call.output, call.isCancelled)
    let conversation = try value.conversation(
      system: call.optionalString("system"), template: call.optionalString("template"),
      startingOver: call.bool("startingOver"))
    defer { output.write("\n", to: .standardOutput) }
    let answer = try interruptible {
      try conversation.answer(to: call.string("message"), TextCommands.options(of: call), isCancelled: isCancelled) {
        output.write($0, to: .standardOutput)
      }
    }
    return GenerationValue(generation: answer).value
  }
}

extension ConversationError: CommandFailure {
  package var message: String {
    "the model's files have no chat template, so it is not known how a conversation is written down"
  }

  package var help: String? {
    "take a model whose name ends in -Instruct or -it; a base model continues text: model.generate(\"…\")"
  }
}
