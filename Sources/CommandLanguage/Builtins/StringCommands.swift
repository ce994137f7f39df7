import Foundation

/// What texts can do beyond being a sequence of characters.
enum StringCommands {
  static let all: [Command] = [
    method("uppercased", "The text in capitals.", example: "\"a\".uppercased()") { text in .string(text.uppercased()) },
    method("lowercased", "The text in small letters.", example: "\"A\".lowercased()") { text in
      .string(text.lowercased())
    },
    method("trimming", "The text without white space at its ends.", example: "\" a \".trimming()") { text in
      .string(text.trimmingCharacters(in: .whitespacesAndNewlines))
    },
    method("reversed", "The text from its last character to its first.", example: "\"abc\".reversed()") { text in
      .string(String(text.reversed()))
    },
    test("hasPrefix", "Whether the text begins with another one.") { $0.hasPrefix($1) },
    test("hasSuffix", "Whether the text ends with another one.") { $0.hasSuffix($1) },
    part("prefix", "The first characters.") { $0.prefix($1) },
    part("suffix", "The last characters.") { $0.suffix($1) },
    part("dropFirst", "The text without its first characters.", default: 1) { $0.dropFirst($1) },
    part("dropLast", "The text without its last characters.", default: 1) { $0.dropLast($1) },
    contains, split, replacing, filter,
  ]

  private static func method(
    _ name: String, _ summary: String, example: String, _ body: @escaping @Sendable (String) -> Value
  ) -> Command {
    .method(name, on: .string, [], returns: .string, summary, example: example) { body($0.receiver.string ?? "") }
  }

  private static func test(
    _ name: String, _ summary: String, _ body: @escaping @Sendable (String, String) -> Bool
  ) -> Command {
    .method(
      name, on: .string, [.unlabelled("text", .string, "The other text.")], returns: .bool, summary,
      example: "\"abc\".\(name)(\"a\")"
    ) { call in
      .bool(body(call.receiver.string ?? "", call.string("text")))
    }
  }

  private static func part(
    _ name: String, _ summary: String, default count: Value? = nil,
    _ body: @escaping @Sendable (String, Int) -> Substring
  ) -> Command {
    .method(
      name, on: .string, [.unlabelled("count", .int, default: count, in: 0..., "How many characters.")],
      returns: .string, summary, example: "\"abc\".\(name)(2)"
    ) { call in
      .string(String(body(call.receiver.string ?? "", call.int("count"))))
    }
  }

  private static let contains = test("contains", "Whether another text is part of this one.") { text, part in
    part.isEmpty || text.range(of: part) != nil
  }

  private static let split = Command.method(
    "split", on: .string,
    [
      .labelled("separator", .string, default: " ", "Stands between the parts."),
      .labelled("omittingEmpty", .bool, default: true, "Whether parts without characters are left out."),
    ],
    returns: "[String]", "The parts of the text between separators.", example: "\"a b\".split(separator: \" \")"
  ) { call in
    let separator = call.string("separator")
    guard !separator.isEmpty else {
      throw Problem.failure(
        message: "'separator' needs at least one character", help: "Array(text) gives the characters")
    }
    let parts = (call.receiver.string ?? "").components(separatedBy: separator)
    return parts.filter { !$0.isEmpty || !call.bool("omittingEmpty") }.value
  }

  private static let replacing = Command.method(
    "replacing", on: .string,
    [.unlabelled("text", .string, "What is replaced."), .labelled("with", .string, "What stands there afterwards.")],
    returns: .string, "The text with every occurrence of another one replaced.",
    example: "\"a-b\".replacing(\"-\", with: \"+\")"
  ) { call in
    .string(
      (call.receiver.string ?? "").replacingOccurrences(of: call.string("text"), with: call.string("with")))
  }

  private static let filter = Command.method(
    "filter", on: .string, [SequenceCommands.predicate], returns: .string,
    "The characters for which a function says true.", example: "\"a1\".filter { $0 != \"1\" }"
  ) { call in
    let isIncluded = call.closure("isIncluded")
    let kept = try call.receiver.elements().filter { try isIncluded.truth($0) }
    return .string(kept.map(\.description).joined())
  }
}
