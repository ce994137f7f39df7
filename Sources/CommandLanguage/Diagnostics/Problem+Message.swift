extension Problem {
  /// What is wrong: lower case, no final period.
  package var message: String {
    switch self {
    case .syntax, .unsupported, .unknownOperator, .assignmentAsCondition, .unknownDirective, .tooDeeplyNested:
      syntaxMessage
    case .unknownName, .unknownMember, .memberOnType, .unknownSymbol, .unknownTopic, .constant, .readOnlyMember,
      .notAssignable:
      nameMessage
    case .unknownParameter, .missingArgument, .extraArgument, .missingLabel, .superfluousLabel, .repeatedArgument,
      .argumentOrder, .wrongType, .outOfRange, .argumentCount:
      argumentMessage
    case .tooManyCalls, .outOfStack, .misplaced, .interrupted, .failure: runMessage
    default: valueMessage
    }
  }

  private var syntaxMessage: String {
    switch self {
    case .syntax(let text): text
    case .unsupported(let construct, _):
      "the command language has no \(construct); it knows let, var, func, if, for, while, switch"
    case .unknownOperator(let name): "the command language has no operator '\(name.prefix(12))'"
    case .assignmentAsCondition: "'=' gives a value and is no condition"
    case .unknownDirective(let name, _): "there is no notebook command '%\(name)'"
    case .tooDeeplyNested: "this is nested too deeply to be read"
    default: ""
    }
  }

  private var nameMessage: String {
    switch self {
    case .unknownName(let name, _): "nothing is called '\(name)'"
    case .unknownMember(let name, let type, _): "\(type.phrase) has no '\(name)'"
    case .memberOnType(let name, let type): "'\(name)' is called on \(type.phrase), not by itself"
    case .unknownSymbol(let name, let parameter, let set, _, _): "'\(parameter)' takes a \(set), and '.\(name)' is none"
    case .unknownTopic(let name, _): "there is no help about '\(name)'"
    case .constant(let name): "'\(name)' cannot be changed: it was declared with 'let'"
    case .readOnlyMember(let name, let type): "'\(name)' of \(type.phrase) cannot be set"
    case .notAssignable: "this cannot be assigned to"
    default: ""
    }
  }

  private var argumentMessage: String {
    switch self {
    case .unknownParameter(let label, let command, _): "'\(command)' has no parameter '\(label)'"
    case .missingArgument(let name, _, let type, let command): "'\(command)' needs '\(name)', \(type)"
    case .extraArgument(let command, 0): "'\(command)' takes no arguments without a label"
    case .extraArgument(let command, 1): "'\(command)' takes one argument without a label, this is one too many"
    case .extraArgument(let command, let count):
      "'\(command)' takes \(count) arguments without a label, this is one too many"
    case .missingLabel(let name, let command): "'\(command)' takes '\(name)' with its label"
    case .superfluousLabel(let label, let command): "'\(command)' takes this argument without the label '\(label)'"
    case .repeatedArgument(let label, let command): "'\(command)' was given '\(label)' twice"
    case .argumentOrder(let label, let other, let command): "'\(command)' takes '\(label)' before '\(other)'"
    case .wrongType(let parameter, let expected, let found): "'\(parameter)' takes \(expected), not \(found.phrase)"
    case .outOfRange(let parameter, let range, let unit, let found):
      "'\(parameter)' must be \(range)\(unit.map { " \($0)" } ?? ""), not \(found.debugText)"
    case .argumentCount(let name, let expected, let found):
      "\(name) takes \(expected == 1 ? "one argument" : "\(expected) arguments"), not \(found)"
    default: ""
    }
  }

  private var runMessage: String {
    switch self {
    case .tooManyCalls(let limit): "more than \(limit) calls inside one another"
    case .outOfStack: "the calls inside one another need more memory than there is"
    case .misplaced(let word): "'\(word)' has nothing to act on here"
    case .interrupted: "interrupted"
    case .failure(let message, _): message
    default: ""
    }
  }
}

extension TypeName {
  /// The type with its article: `an Int`, `a Model`.
  var phrase: String {
    if description == "nil" { return "nil" }
    let isVowel = description.first.map { "AEIOUaeiou".contains($0) } ?? false
    return element.map { "an array of \($0)" } ?? (isVowel ? "an \(description)" : "a \(description)")
  }
}

extension Value {
  /// The value with its type, for errors: `the String "a"`, `a Model`.
  var phrase: String {
    switch self {
    case .null: "nil"
    case .bool(let value): "\(value)"
    case .int, .double: "the \(type) \(debugText)"
    case .string(let text): text.count <= 40 ? "the String \(debugText)" : "a String"
    case .symbol(let symbol): symbol.description
    case .tuple(let elements) where elements.isEmpty: "the result of a call that has none"
    default: type.phrase
    }
  }
}
