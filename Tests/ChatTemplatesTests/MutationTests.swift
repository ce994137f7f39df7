import ChatTemplates
import Testing

/// Real templates with random edits end in a text or an error, never in a crash, and always soon.
struct MutationTests {
  private static let pieces = [
    "{%", "%}", "{{", "}}", "{#", "#}", "-", "+", "|", "(", ")", "[", "]", "{", "}", ",", ":", ".", "~", "*", "**", "/",
    "%", "=", "==",
    "'", "\"", "\\", "\n", " ", "0", "9223372036854775807", "1e308", "é🙂", "not", "is", "in", "if", "else", "for",
    "endfor", "endif", "set",
    "macro", "loop", "messages", "none", "[::-1]", "|list", "|tojson", "|map(", "range(99)", "* 99", "namespace(",
    "{% raw %}", "caller()",
  ]

  @Test func editedTemplatesEnd() throws {
    var random = SplitMix(state: 7)
    var limits = TemplateLimits()
    limits.steps = 20_000
    limits.characters = 1 << 20
    let sources = try FamilyTests.names.map { Array(try TemplateFixtures.template($0).prefix(4_000)) }
    let variables: [String: TemplateValue] = [
      "messages": [["role": "user", "content": "Hi"], ["role": "assistant", "content": "Hello", "tool_calls": []]],
      "tools": [
        ["type": "function", "function": ["name": "f", "parameters": ["type": "object", "properties": [:]]]]
      ],
      "bos_token": "<s>", "add_generation_prompt": true,
    ]
    var texts = 0
    for _ in 0..<1_500 {
      var source = sources[random.below(sources.count)]
      for _ in 0...random.below(4) { Self.edit(&source, &random) }
      do {
        _ = try ChatTemplate(String(source), limits: limits).render(
          variables, clock: TemplateFixtures.clock, limits: limits)
        texts += 1
      } catch {
        #expect(error.line >= 1)
        #expect(!error.description.isEmpty)
      }
    }
    #expect((50..<1_450).contains(texts), "\(texts) of the templates still ran")
  }

  private static func edit(_ source: inout [Character], _ random: inout SplitMix) {
    let place = random.below(source.count + 1)
    let end = min(source.count, place + 1 + random.below(8))
    switch random.below(4) {
    case 0: source.removeSubrange(place..<end)
    case 1: source.insert(contentsOf: pieces[random.below(pieces.count)], at: place)
    case 2: source.replaceSubrange(place..<end, with: Array(pieces[random.below(pieces.count)]))
    default:
      let from = random.below(source.count + 1)
      source.insert(contentsOf: Array(source[from..<min(source.count, from + random.below(60))]), at: place)
    }
  }

  /// A small generator with a fixed seed (Steele, Lea and Flood, 2014).
  private struct SplitMix {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      var bits = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
      return Int((bits ^ (bits >> 31)) % UInt64(max(1, bound)))
    }
  }
}
