import ChatTemplates
import Foundation
import Testing

/// No template crashes, hangs or takes more than its limits.
struct SafetyTests {
  private func reason(_ source: String, _ limits: TemplateLimits = .standard) -> TemplateError.Reason? {
    do {
      _ = try ChatTemplate(source, limits: limits).render([:], limits: limits)
      return nil
    } catch {
      return error.reason
    }
  }

  private static func nest(_ open: String, _ inside: String, _ close: String, _ count: Int = 20_000) -> String {
    String(repeating: open, count: count) + inside + String(repeating: close, count: count)
  }

  /// What stands before and after the middle of a deep source, many times.
  static let deepParts: [(start: String, open: String, inside: String, close: String, end: String)] = [
    ("{{ ", "(", "1", ")", " }}"), ("{{ ", "[", "1", "]", " }}"), ("{{ ", "{1:", "1", "}", " }}"),
    ("{{ ", "not ", "1", "", " }}"), ("{{ ", "-", "1", "", " }}"), ("{{ ", "1+", "1", "", " }}"),
    ("{{ ", "1**", "1", "", " }}"), ("{{ ", "1 or ", "1", "", " }}"), ("{{ x", "", "", ".a", " }}"),
    ("{{ x", "", "", "[0]", " }}"), ("{{ x", "", "", "|upper", " }}"), ("{{ x", "", "", "()", " }}"),
    ("{{ ", "1 if 1 else ", "1", "", " }}"), ("{{ ", "1 is odd(", "1", ")", " }}"),
    ("", "{% if 1 %}", "x", "{% endif %}", ""), ("", "{% for i in [1] %}", "x", "{% endfor %}", ""),
    ("{% set ", "(", "a", ")", " = 1 %}"), ("", "{% macro m() %}", "x", "{% endmacro %}", ""),
    ("{% for ", "(", "a", ",)", " in x %}{% endfor %}"),
  ]

  @Test(arguments: deepParts.indices) func deepSourceIsRefused(_ index: Int) {
    let parts = Self.deepParts[index]
    let source = parts.start + Self.nest(parts.open, parts.inside, parts.close) + parts.end
    #expect(reason(source) == .limit(.nesting, TemplateLimits.standard.nesting), "\(parts)")
  }

  static let endlessSources: [(String, TemplateError.Limit)] = [
    ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", .depth),
    (
      "{% macro m(x) %}{% if 1 %}{% for i in [1] %}{{ [m(x)]|map('upper')|join }}{% endfor %}{% endif %}{% endmacro %}{{ m(1) }}",
      .depth
    ),
    ("{% for x in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}", .depth),
    ("{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{% endmacro %}{{ m() }}", .depth),
    ("{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}", .steps),
    (
      "{{ range(100000)|map('string')|map('length')|list|sum }}{% for a in range(100000) %}{% set x = range(100000)|sum %}{% endfor %}",
      .steps
    ),
    ("{{ 'a' * 1000000000 }}", .characters), ("{{ [1] * 1000000000 }}", .characters),
    ("{{ '%1000000000d' % 1 }}", .characters),
    ("{{ '{:1000000000}'.format(1) }}", .characters), ("{{ '%.1000000000f' % 1 }}", .characters),
    ("{{ 'a'.center(1000000000) }}", .characters), ("{{ 'a'.zfill(1000000000) }}", .characters),
    ("{{ 'a'|center(1000000000) }}", .characters), ("{{ 'a'|indent(1000000000) }}", .characters),
    ("{{ '\\t'.expandtabs(1000000000) }}", .characters), ("{{ [1]|batch(1000000000, 'x')|list }}", .characters),
    ("{{ [1]|slice(1000000000)|list|length }}", .steps), ("{{ [[1]]|tojson(indent=1000000000) }}", .characters),
    ("{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}", .characters),
    (
      "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x.replace('', ns.x) %}{% endfor %}",
      .characters
    ),
    ("{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}", .characters),
    (
      "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
      .steps
    ),
    (
      "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x|tojson }}",
      .steps
    ),
    (
      "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
      .steps
    ),
    ("{% set ns = namespace(x=[]) %}{% for i in range(100000) %}{% set ns.x = [ns.x] %}{% endfor %}", .valueDepth),
    ("{% set ns = namespace(x=[]) %}{% for i in range(100000) %}{% set ns.x = {'a': ns.x} %}{% endfor %}", .valueDepth),
    (
      "{% set ns = namespace(x=[]) %}{% for i in range(100000) %}{% set ns.x = ns.x|map('string') %}{% endfor %}",
      .valueDepth
    ),
    ("{% set ns = namespace() %}{% set ns.x = [ns] %}{{ ns }}", .valueDepth),
    ("{% for i in range(100000) %}{{ 'x' * 1000 }}{% endfor %}", .outputBytes), ("{{ range(1000000) }}", .range),
    ("{{ range(-9223372036854775807, 9223372036854775807) }}", .range),
  ]

  @Test(arguments: endlessSources) func endlessWorkIsStopped(_ source: String, _ limit: TemplateError.Limit) {
    var limits = TemplateLimits()
    limits.steps = 400_000
    limits.characters = 1 << 22
    limits.outputBytes = 1 << 20
    guard case .limit(let found, _) = reason(source, limits) else {
      Issue.record("\(source): no limit was reached")
      return
    }
    #expect(found == limit, "\(source)")
  }

  static let hungrySources = [
    "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "{% for a in range(100000) %}{% set x = range(100000)|map('string')|list %}{% endfor %}",
  ]

  @Test(arguments: hungrySources) func standardLimitsHoldToo(_ source: String) {
    guard case .limit = reason(source) else {
      Issue.record("no limit was reached")
      return
    }
  }

  @Test func limitsCanBeSmall() {
    var limits = TemplateLimits()
    limits.outputBytes = 10
    #expect(reason("{{ 'x' * 11 }}", limits) == .limit(.outputBytes, 10))
    #expect(reason("{{ 'é' * 6 }}", limits) == .limit(.outputBytes, 10))
    limits.steps = 5
    #expect(reason("{{ 1 }}{{ 2 }}{{ 3 }}{{ 4 }}", limits) == .limit(.steps, 5))
    limits.source = 3
    #expect(reason("abcd", limits) == .limit(.source, 3))
  }

  static let overflowing = [
    "9223372036854775808", "9223372036854775807 + 1", "-9223372036854775807 - 2", "9223372036854775807 * 2", "2 ** 64",
    "(-9223372036854775807 - 1)|abs", "-(-9223372036854775807 - 1)", "(-9223372036854775807 - 1) // -1", "1e30|int",
    "'9999999999999999999'|int", "range(9223372036854775806, 9223372036854775807, 1000)[::9223372036854775807]",
    "[9223372036854775807, 1]|sum", "'%d' % 1e30", "9223372036854775807|round(-1)", "1e300|round(1, 'ceil')",
  ]

  @Test(arguments: overflowing) func overflowIsAnError(_ expression: String) {
    #expect(reason("{{ \(expression) }}") == .integerOverflow)
  }

  @Test func edgesDoNotTrap() throws {
    let least = "(-9223372036854775807 - 1)"
    for expression in [
      "\(least) % -1", "'abc'[\(least):]", "'abc'[:9223372036854775807:9223372036854775807]", "'abc'[::\(least)]",
      "[1, 2][\(least)]", "range(5)[9223372036854775807]", "'abc'.find('a', \(least), 9223372036854775807)",
      "9223372036854775807 in range(3)", "\(least) in range(3, 9, 2)", "'a' * \(least)",
      "'abc'|truncate(9223372036854775807)",
      "1.5|round(9223372036854775807)", "1.5|round(\(least))", "7|round(\(least))", "'a'.split('a', \(least))",
      "'a'.replace('a', 'b', \(least))", "[1]|batch(\(least))|list", "'%c' % 65", "\(least)|string", "\(least) / -1",
      "'a'|indent(\(least))", "'a'.center(\(least))", "[1]|slice(\(least))|list", "\(least)|filesizeformat",
      "2 ** -1074",
      "'{:c}'.format(1114112)", "'{:c}'.format(-1)", "'%x' % \(least)", "'{:,}'.format(\(least))",
      "0 ** 9223372036854775807",
      "(-1) ** 9223372036854775807", "1e308 * 10", "'%.0f' % 1e308", "'x'|wordwrap(9223372036854775807)",
      "'{:.3}'.format(5e-324)",
    ] {
      _ = reason("{{ \(expression) }}")
    }
    #expect(try ChatTemplate("{{ \(least) % -1 }} {{ \(least) }}").render([:]) == "0 -9223372036854775808")
  }

  /// The deepest evaluation that the limits allow fits the stack of a thread of 1 MiB.
  @Test func depthFitsSmallStacks() async {
    let sources =
      Self.endlessSources.filter { $0.1 == .depth }.map(\.0) + [
        "{{ \(Self.nest("(", "1", ")", 98)) }}", "{{ \(Self.nest("[", "1", "]", 98)) }}",
        "{{ \(Self.nest("1 if 1 else ", "1", "", 45)) }}",
        "{% macro m(x) %}{{ \(Self.nest("[", "m(1)", "|first]", 90)) }}{% endmacro %}{{ m(1) }}",
      ]
    await withCheckedContinuation { continuation in
      let thread = Thread {
        for source in sources { _ = try? ChatTemplate(source).render([:]) }
        continuation.resume()
      }
      thread.stackSize = 1 << 20
      thread.start()
    }
  }

  @Test func nothingButDataIsReached() throws {
    for expression in [
      "''.__class__", "[].append", "d.update", "d.pop", "x.__dict__", "namespace().__class__", "range.__globals__",
      "cycler.__init__",
      "''['__class__']", "d|attr('__class__')", "'{0.__class__}'.format(1)", "[''|attr('__class__')]|first", "self",
      "config", "os", "loop",
    ] {
      #expect(try ChatTemplate("{{ \(expression) }}").render(["d": ["a": 1], "x": 5]) == "")
      #expect(reason("{{ (\(expression))() }}") != nil)
    }
    for tag in ["include 'x'", "import 'x' as y", "from 'x' import y", "extends 'x'", "autoescape true"] {
      guard case .refusedTag = reason("{% \(tag) %}") else {
        Issue.record("\(tag) is not refused")
        continue
      }
    }
  }
}
