import ChatTemplates
import JSONValue
import Testing

/// Real templates on real conversations give what transformers gives.
struct FamilyTests {
  static let names = ((try? TemplateFixtures.json("families").object) ?? [:]).keys.sorted()

  @Test func everyFamilyIsThere() { #expect(Self.names.count >= 24) }

  @Test(arguments: names) func rendersAsTransformers(_ name: String) throws {
    let template = try ChatTemplate(TemplateFixtures.template(name))
    let expected = try #require(try TemplateFixtures.json("families")[name]?.array)
    let conversations = try #require(try TemplateFixtures.json("conversations").array)
    #expect(conversations.count == expected.count)
    for (conversation, outcomes) in zip(conversations, expected) {
      let title = conversation[0]?.string ?? ""
      for prompt in [false, true] {
        let outcome = try #require(outcomes[prompt ? 1 : 0])
        let (messages, options) = options(TemplateValue(ordered: conversation[1] ?? .null), addsPrompt: prompt)
        let found = TemplateFixtures.Outcome { () throws(TemplateError) in try template.render(messages, options).text }
        #expect(found == TemplateFixtures.Outcome(outcome), "\(name), \(title), prompt \(prompt)")
        if let ranges = outcome["ranges"]?.array {
          let bounds = try template.render(messages, options).assistantRanges.map { [$0.lowerBound, $0.upperBound] }
          #expect(bounds == ranges.map { $0.array?.compactMap(\.integer) ?? [] })
        }
      }
    }
  }

  private func options(_ conversation: TemplateValue, addsPrompt: Bool) -> ([ChatMessage], ChatOptions) {
    var options = ChatOptions()
    options.addsGenerationPrompt = addsPrompt
    options.clock = TemplateFixtures.clock
    options.variables = ["bos_token": "<s>", "eos_token": "</s>"]
    for member in conversation.members {
      switch member.name {
      case "messages": break
      case "tools": options.tools = member.value.elements
      case "documents": options.documents = member.value.elements
      case "continue_final_message": options.continuesLastMessage = true
      default: options.variables[member.name] = member.value
      }
    }
    return ((conversation["messages"]?.elements ?? []).map { ChatMessage(fields: $0.members) }, options)
  }
}
