import ChatTemplates
import Foundation
import JSONValue
import Testing

/// Messages, values and the clock as callers give them.
struct MessageTests {
  private let chatML =
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"

  @Test func messagesBecomeText() throws {
    let messages = [ChatMessage(role: "user", content: "Hi"), ChatMessage(role: "assistant", content: "Hello")]
    var options = ChatOptions()
    #expect(try ChatTemplate(chatML).render(messages, options).text == "<|user|>Hi<|assistant|>Hello<|assistant|>")
    options.addsGenerationPrompt = false
    #expect(try ChatTemplate(chatML).render(messages, options).text == "<|user|>Hi<|assistant|>Hello")
    options.continuesLastMessage = true
    let open = [messages[0], ChatMessage(role: "assistant", content: "Hel ")]
    #expect(try ChatTemplate(chatML + "</s>").render(open, options).text == "<|user|>Hi<|assistant|>Hel ")
  }

  @Test func nothingToContinueIsAnError() {
    var options = ChatOptions()
    options.continuesLastMessage = true
    #expect(throws: TemplateError.self) { try ChatTemplate(chatML).render([], options) }
    #expect(throws: TemplateError.self) {
      try ChatTemplate("{{ messages[0].content|upper }}").render([ChatMessage(role: "user", content: "a")], options)
    }
  }

  @Test func fieldsKeepTheirOrder() throws {
    var message = ChatMessage(role: "user", content: "x")
    message["zeta"] = 1
    message["alpha"] = [2.5, nil, true]
    message["content"] = "y"
    let text = try ChatTemplate("{{ messages[0]|tojson }}").render([message]).text
    #expect(text == "{\"role\": \"user\", \"content\": \"y\", \"zeta\": 1, \"alpha\": [2.5, null, true]}")
    message["alpha"] = nil
    #expect(message.fields.map(\.name) == ["role", "content", "zeta"])
  }

  @Test func jsonObjectsComeSorted() throws {
    let json: JSONValue = ["b": 1, "a": ["y": 1.0, "x": "é"]]
    let text = try ChatTemplate("{{ v|tojson }} {{ v }}").render(["v": TemplateValue(json)])
    #expect(text == "{\"a\": {\"x\": \"é\", \"y\": 1.0}, \"b\": 1} {'a': {'x': 'é', 'y': 1.0}, 'b': 1}")
  }

  @Test func generatedPartsAreMarked() throws {
    let source =
      "{% for m in messages %}{% if m.role == 'assistant' %}A:{% generation %}{{ m.content }}{% endgeneration %};{% else %}é🙂{% endif %}{% endfor %}"
    let chat = try ChatTemplate(source).render(
      [
        ChatMessage(role: "user", content: ""), ChatMessage(role: "assistant", content: "one"),
        ChatMessage(role: "assistant", content: "2"),
      ])
    #expect(chat.text == "é🙂A:one;A:2;")
    #expect(chat.assistantRanges == [4..<7, 10..<11])
  }

  @Test func clockTellsItsZone() throws {
    let noon = Date(timeIntervalSince1970: 1_720_256_707)
    let template = try ChatTemplate("{{ strftime_now('%Y-%m-%d %H:%M') }}")
    let tokyo = try #require(TimeZone(identifier: "Asia/Tokyo"))
    #expect(try template.render([:], clock: TemplateClock(now: noon, timeZone: .gmt)) == "2024-07-06 09:05")
    #expect(try template.render([:], clock: TemplateClock(now: noon, timeZone: tokyo)) == "2024-07-06 18:05")
  }

  @Test func composedAndDecomposedLettersDiffer() throws {
    let text = try ChatTemplate("{{ a == b }} {{ a|length }} {{ b|length }}").render(["a": "é", "b": "e\u{301}"])
    #expect(text == "False 1 2")
  }
}
