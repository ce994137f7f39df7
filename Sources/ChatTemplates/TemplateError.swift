/// A chat template that cannot be parsed or rendered.
package struct TemplateError: Error, Hashable, Sendable {
  /// The line of the template's source, from 1.
  package let line: Int
  package let reason: Reason

  package init(line: Int, reason: Reason) {
    self.line = line
    self.reason = reason
  }
}

extension TemplateError {
  /// What is wrong.
  package enum Reason: Error, Hashable, Sendable {
    /// The source has something else than the grammar wants at this place.
    case syntax(found: String, expected: String)
    /// A tag that Jinja does not know in the settings of chat templates.
    case unknownTag(String)
    /// A tag that would read other templates or change escaping.
    case refusedTag(String)
    case unknownFilter(String)
    case unknownTest(String)
    /// The template itself refused the conversation, by `raise_exception`.
    case raised(message: String)
    /// Something was done with a value that is not defined.
    case undefined(String)
    /// A value of another type than the operation takes.
    case wrongType(operation: String, found: String, expected: String)
    /// A value of the right type that the operation cannot take.
    case wrongValue(operation: String, found: String, expected: String)
    /// Arguments that a function, filter, test or macro does not take.
    case wrongArguments(of: String, found: String, expected: String)
    case divisionByZero
    /// A whole number beyond 64 bits, which Python would go on with.
    case integerOverflow
    case limit(Limit, Int)
  }

  /// A limit of ``TemplateLimits``.
  package enum Limit: String, Hashable, Sendable {
    case source = "characters of source"
    case nesting = "levels of nesting in the source"
    case depth = "levels of evaluation"
    case steps = "steps"
    case characters = "characters built"
    case outputBytes = "bytes of output"
    case valueDepth = "levels of nested values"
    case range = "elements of a range"
  }
}

extension TemplateError: CustomStringConvertible {
  /// The error as one line, and a line of help where something can be done about it.
  package var description: String {
    let help = reason.help.map { "\nhelp: \($0)" } ?? ""
    return "chat template, line \(line): \(reason)\(help)"
  }
}

extension TemplateError.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .syntax(let found, let expected): "found \(found) where \(expected) was expected"
    case .unknownTag(let name): "unknown tag '\(name)'"
    case .refusedTag(let name): "the tag '\(name)' is not run in chat templates"
    case .unknownFilter(let name): "unknown filter '\(name)'"
    case .unknownTest(let name): "unknown test '\(name)'"
    case .raised(let message): "the template refuses this conversation: \(message)"
    case .undefined(let message): message
    case .wrongType(let operation, let found, let expected), .wrongValue(let operation, let found, let expected):
      "\(operation): found \(found), expected \(expected)"
    case .wrongArguments(let function, let found, let expected): "'\(function)' takes \(expected), found \(found)"
    case .divisionByZero: "division by zero"
    case .integerOverflow: "found a whole number beyond 64 bits, expected one from \(Int.min) to \(Int.max)"
    case .limit(let limit, let most): "found more than \(most) \(limit.rawValue), expected at most that"
    }
  }

  /// What to do about it.
  package var help: String? {
    switch self {
    case .syntax, .unknownTag, .unknownFilter, .unknownTest:
      "chat templates are Jinja as transformers runs it; give another template or a file that has a newer one"
    case .refusedTag: "templates that include others cannot come inside a model file; join them into one"
    case .raised: "change the messages as the template asks, often roles must alternate between user and assistant"
    case .undefined: "pass the variable that the template reads, or a message with that field"
    case .integerOverflow, .limit: "the template does more than a chat template needs; use another one"
    case .wrongType, .wrongValue, .wrongArguments, .divisionByZero: nil
    }
  }
}
