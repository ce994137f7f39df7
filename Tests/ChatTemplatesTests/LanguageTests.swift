import ChatTemplates
import JSONValue
import Testing

/// Small templates for every feature of the language end as they end in jinja2.
struct LanguageTests {
  @Test func endsAsJinja() throws {
    let variables = try TemplateFixtures.variables()
    let cases = try #require(try TemplateFixtures.json("cases").array)
    #expect(cases.count > 6_000)
    var different: [String] = []
    for row in cases {
      let source = try #require(row[0]?.string)
      let expected = TemplateFixtures.Outcome(try #require(row[1]))
      let found = TemplateFixtures.Outcome { () throws(TemplateError) in
        try ChatTemplate(source).render(variables, clock: TemplateFixtures.clock)
      }
      if found != expected { different.append("\(source)\n    expected \(expected)\n    found    \(found)") }
    }
    #expect(different.isEmpty, "\(different.count) of \(cases.count):\n\(different.prefix(40).joined(separator: "\n"))")
  }
}
