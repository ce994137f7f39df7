import ChatTemplates
import ModelFiles
import TestSupport
import Testing

/// Damaged chat templates: they render or are refused, within their limits.
struct TemplateFuzzTests {
  @Test func chatTemplates() async {
    await #expect(processExitsWith: .success) { try Self.renderTemplates() }
  }

  /// The default model's own template, and one with more of the language.
  private static func samples() throws -> [[UInt8]] {
    let own = try #require(GGUFFile(path: Fixtures.smolLM2).metadata["tokenizer.chat_template"]?.string)
    let rich = """
      {%- macro turn(role, text='') -%}<|{{ role | upper }}|>{{ caller() if caller else text | trim }}{%- endmacro -%}
      {%- set ns = namespace(count=0, seen=[]) -%}
      {%- for message in messages if message.content is defined -%}
        {%- set ns.count = ns.count + 1 -%}
        {%- if loop.first and message['role'] == 'system' %}{{ message.content[::-1] | tojson(indent=2) }}{% elif not loop.last -%}
          {{ turn(message.role, message.content.split(' ')[0] ~ ' ' * 3) }}{{ loop.index0 // 2 ** 2 % 7 }}
        {%- else %}{% break %}{% endif -%}
      {%- else -%}{{ raise_exception('no messages') }}
      {%- endfor -%}
      {% call turn('end') %}{{ messages | map(attribute='role') | list | sort | join(', ') }}{% endcall %}
      {%- filter replace('a', 'b') -%}{{ [1, 2.5, none, {'k': (1, 'x')}] | string }}{%- endfilter -%}
      {{ strftime_now('%Y') if add_generation_prompt else '' }}{{ range(3) | sum + ns.count }}
      """
    return [Array(own.utf8), Array(rich.utf8)]
  }

  private static func renderTemplates() throws {
    let messages: TemplateValue = [
      ["role": "system", "content": "Be brief."], ["role": "user", "content": "Zwei und zwei? 🎬"],
      ["role": "assistant", "content": "Four."], ["role": "user", "content": ""],
    ]
    let variables: [String: TemplateValue] = [
      "messages": messages, "add_generation_prompt": true, "bos_token": "<s>", "eos_token": "</s>", "tools": .null,
    ]
    var limits = TemplateLimits()
    limits.steps = 200_000
    limits.characters = 1 << 22
    limits.outputBytes = 1 << 22
    let fuzzer = Fuzzer(
      samples: try samples(),
      words: [
        "{{", "}}", "{%-", "-%}", "((((((", "[[[[[", "{% for m in messages %}", "{% endfor %}", " * 999999999",
        "range(10**9)", "|join", "~",
      ],
      stream: 7, count: 1500, allowance: 64 << 20)
    try fuzzer.run(isExpected: { $0 is TemplateError }) { bytes in
      let template = try ChatTemplate(String(decoding: bytes, as: UTF8.self), limits: limits)
      _ = try template.render(variables, limits: limits)
    }
  }
}
