import ChatTemplates
import Testing

/// Errors name the line, what was found and what was expected.
struct ErrorTests {
  static let texts: [(source: String, text: String)] = [
    ("a\n{{ ) }}", "chat template, line 2: found ')' where the end of the tag was expected"),
    (
      "{% if x %}\n\ny",
      "chat template, line 3: found the end of the template where '{% elif %}' or '{% else %}' or '{% endif %}' was expected"
    ),
    ("{{ 'a", "chat template, line 1: found the end of the template where the end of a string, ' was expected"),
    ("{{ 1 2 }}", "chat template, line 1: found the number 2 where '}}' was expected"),
    ("\n\n{% do x %}", "chat template, line 3: unknown tag 'do'"),
    ("{{ x|shout }}", "chat template, line 1: unknown filter 'shout'"),
    ("{{ x is loud }}", "chat template, line 1: unknown test 'loud'"),
    ("\n{{ x.y.z }}", "chat template, line 2: 'x' is undefined"),
    ("{{ d.y.z }}", "chat template, line 1: a dict has no 'y'"),
    ("{{ 1 +\n'a' }}", "chat template, line 2: +: found an int and a str, expected two of a kind"),
    ("{{ 1 / 0 }}", "chat template, line 1: division by zero"),
    ("{{ range(1, 2, 0) }}", "chat template, line 1: range: found step 0, expected another step"),
    ("{{ 'a'.center() }}", "chat template, line 1: 'center' takes 1 to 2 values, found 0 and 0 by name"),
    ("{% macro m(a) %}{% endmacro %}{{ m(b=1) }}", "chat template, line 1: 'm' takes 'a', found 'b'"),
    (
      "{{ 2 ** 70 }}",
      "chat template, line 1: found a whole number beyond 64 bits, expected one from -9223372036854775808 to 9223372036854775807"
    ),
    ("{% include 'x' %}", "chat template, line 1: the tag 'include' is not run in chat templates"),
    (
      "\n{{ raise_exception('roles must alternate') }}",
      "chat template, line 2: the template refuses this conversation: roles must alternate"
    ),
  ]

  @Test(arguments: texts) func names(_ source: String, _ text: String) {
    let error = #expect(throws: TemplateError.self) { try ChatTemplate(source).render(["d": ["a": 1]]) }
    #expect(error?.description.split(separator: "\n").first.map(String.init) == text)
  }

  @Test func helpSaysWhatToDo() {
    let error = #expect(throws: TemplateError.self) {
      try ChatTemplate("{{ messages[0].role.x.y }}").render(["messages": []])
    }
    #expect(
      error?.description.hasSuffix("\nhelp: pass the variable that the template reads, or a message with that field")
        == true)
  }

  @Test func refusalIsItsOwnCase() {
    let error = #expect(throws: TemplateError.self) { try ChatTemplate("a\n{{ raise_exception('no') }}").render([:]) }
    #expect(error == TemplateError(line: 2, reason: .raised(message: "no")))
  }
}
