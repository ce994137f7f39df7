import ModelFiles
import Testing

/// Regular expressions over module names, as Python's `re` takes them.
struct ModulePatternTests {
  /// Pattern, name, and what `re.fullmatch` says.
  @Test(arguments: [
    ("q_proj", "q_proj", true), ("q_proj", "k_proj", false), ("q_proj", "q_proj2", false), ("q_proj", "aq_proj", false),
    (".*q_proj", "model.layers.0.self_attn.q_proj", true), (".*\\.(q|v)_proj", "a.v_proj", true),
    (".*\\.(q|v)_proj", "a.k_proj", false), ("(?:a|bc)+d", "abcad", true), ("(?:a|bc)+d", "d", false),
    ("model.layers.\\d+.mlp.(up|down)_proj", "model.layers.17.mlp.up_proj", true),
    ("model.layers.[0-3].*", "model.layers.2.x", true), ("model.layers.[^0-3].*", "model.layers.2.x", false),
    ("layers\\.(\\d|1[0-5])\\..*", "layers.15.x", true), ("layers\\.(\\d|1[0-5])\\..*", "layers.16.x", false),
    ("a{2}", "aa", true), ("a{2}", "aaa", false), ("a{1,3}", "aaa", true), ("a{1,3}", "aaaa", false),
    ("a{2,}", "aaaaa", true), ("a{2,}", "a", false), ("a{,2}", "", true), ("(ab){0,1}c", "abc", true),
    ("^abc$", "abc", true), ("a^b", "ab", false), ("a*?b", "aab", true), ("a??b", "b", true), ("[a-]", "-", true),
    ("[\\d_]+", "1_2", true), ("\\w+", "a_1", true), ("\\S", " ", false), ("", "", true), ("", "a", false),
    ("a|", "", true), ("(a|b(c|d))*e", "abcbdae", true), ("é", "é", true), (".", "é", true),
  ])
  func wholeNames(pattern: String, name: String, expected: Bool) throws {
    #expect(try #require(ModulePattern(pattern)).matchesWhole(name) == expected)
  }

  /// What `re.match(rf"(.*\.)?({key})$", name)` says: PEFT's `get_pattern_key`.
  @Test(arguments: [
    ("q_proj", "model.layers.0.self_attn.q_proj", true), ("q_proj", "model.layers.0.self_attn.aq_proj", false),
    ("self_attn.q_proj", "model.layers.0.self_attn.q_proj", true), ("^q_proj", "a.q_proj", false),
    ("^model.layers.0.*", "model.layers.0.mlp.up_proj", true), ("layers.1", "model.layers.11", false),
    (".*", "a.b", true), ("0.*proj", "layers.0.q_proj", true),
  ])
  func endsOfNames(pattern: String, name: String, expected: Bool) throws {
    #expect(try #require(ModulePattern(pattern)).matchesEnd(of: name) == expected)
  }

  @Test(arguments: [
    "(", ")", "a)", "[", "[z-a]", "*", "a**", "+a", "a{3,1}", "a{1000}", "(?=a)", "(?P<n>a)", "\\", "\\b", "\\1", "[]",
  ])
  func syntaxThatIsNotKnown(pattern: String) { #expect(ModulePattern(pattern) == nil) }

  /// Patterns on which a matcher that tries one alternative after the other does not come back.
  @Test func noPatternTakesLong() throws {
    let name = String(repeating: "a", count: 900) + "b"
    let texts = ["(a+)+$", "(a|a)*", "(a*)*", "(.*)(.*)(.*)(.*)(.*)(.*)x", "((a?){20}){20}c"]
    let patterns = try texts.map { try #require(ModulePattern($0)) }
    let time = ContinuousClock().measure {
      for pattern in patterns { #expect(!pattern.matchesWhole(name)) }
    }
    #expect(time < .seconds(5))
    #expect(ModulePattern(String(repeating: "(", count: 1500) + String(repeating: ")", count: 1500)) == nil)
    #expect(ModulePattern("((((a{100}){100}){100}){100}){100}") == nil)
  }
}
