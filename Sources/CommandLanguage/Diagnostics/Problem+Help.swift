extension Problem {
  /// What to do next, or `nil` when the message says it all.
  package var help: String? {
    switch self {
    case .unsupported(_, let instead): instead
    case .unknownOperator(let name): Self.helpForOperator[name]
    case .assignmentAsCondition: "'==' compares"
    case .unknownDirective(_, let suggestion): suggestion?.text ?? "%lsmagic lists them"
    case .tooDeeplyNested: "give the inner parts names with 'let'"
    case .unknownName(let name, let suggestion): suggestion?.text ?? Self.helpForUnknownName(name)
    case .unknownMember(_, let type, let suggestion): suggestion?.text ?? "help(\(type.base)) lists what it has"
    case .memberOnType(let name, let type): "write value.\(name)(…), where value is \(type.phrase)"
    case .unknownSymbol(_, _, _, let names, let suggestion): suggestion?.text ?? Self.list(names)
    case .unknownTopic(_, let suggestion): suggestion?.text ?? "help() lists everything"
    case .constant(let name): "declare it with 'var \(name) = …'"
    case .unknownParameter(_, let command, let suggestion):
      suggestion?.text ?? "help(\(command.split(separator: ".").last ?? "")) lists its parameters"
    default: argumentHelp ?? valueHelp
    }
  }

  private var argumentHelp: String? {
    switch self {
    case .missingArgument(let name, true, _, _): "write '\(name): …'"
    case .missingLabel(let name, _): "write '\(name): …'"
    case .superfluousLabel: "leave the label out"
    case .repeatedArgument(let label, _): "leave one '\(label):' out"
    case .argumentOrder(let label, let other, _): "put '\(label): …' in front of '\(other): …'"
    default: nil
    }
  }

  private var valueHelp: String? {
    switch self {
    case .operands("+", _, .string), .operands("+", .string, _): "put values into a text with \"\\(value)\""
    case .operands("==", _, _), .operands("!=", _, _): "compare values of the same type"
    case .overflow: "write one of the numbers with a decimal point, as in 2.0"
    case .notABool(.int), .notABool(.double): "compare it, as in x > 0"
    case .propertyCalled(let name): "write .\(name)"
    case .indexOutOfRange(_, let count) where count > 0: "indices go from 0 to \(count - 1)"
    case .invertedRange: "stride(from: …, to: …, by: -1) counts down"
    case .tooManyElements: "a 'for' loop goes through a range without making an array of it"
    case .noMatch: "add a 'default:'"
    case .tooManyCalls, .outOfStack: "does the function call itself without an end?"
    case .failure(_, let help): help
    default: nil
    }
  }

  private static func helpForUnknownName(_ name: String) -> String {
    "declare it with 'let \(name) = …', or see help()"
  }

  /// What to write for operators of other languages.
  private static let helpForOperator = [
    "++": "write += 1", "--": "write -= 1", "..": "a range is written 1...3, or 1..<3 without its end",
    "^": "a power is written 2 ** 3", "&": "'and' is written &&", "|": "'or' is written ||", "===": "write ==",
  ]

  private static func list(_ names: [String]) -> String? {
    guard !names.isEmpty else { return nil }
    return "it is one of \(names.map { ".\($0)" }.joined(separator: " "))"
  }
}
