/// Values made from other values: `Int(…)`, `Double(…)`, `String(…)`, `Array(…)`, `stride`, `zip`.
enum ConversionCommands {
  static let all: [Command] = [integer, decimal, float, string, truth, array, type, stride, zip]

  private static let integer = Command.function(
    "Int", [.unlabelled("value", .any, "A number, cut off behind the point, or a text.")], returns: .int,
    "A whole number made from another value; nil for a text that is none.", example: "Int(\"42\")"
  ) { call in
    switch call.value("value") {
    case .int(let number): return .int(number)
    case .string(let text): return Int(text).value
    case .bool(let truth): return .int(truth ? 1 : 0)
    case .double(let number):
      guard let whole = Int(exactly: number.rounded(.towardZero)) else { throw Problem.overflow("Int") }
      return .int(whole)
    case let other: throw Problem.notConvertible(other.type, to: "Int")
    }
  }

  private static let decimal = converter("Double")
  private static let float = converter("Float")

  private static func converter(_ name: String) -> Command {
    .function(
      name, [.unlabelled("value", .any, "A number or a text.")], returns: .double,
      "A decimal number made from another value; nil for a text that is none.", example: "\(name)(\"2.5\")"
    ) { call in
      let value = call.value("value")
      if let text = value.string { return Double(text).value }
      guard let number = value.number else { throw Problem.notConvertible(value.type, to: name) }
      return .double(number)
    }
  }

  private static let string = Command.function(
    "String",
    [
      .unlabelled("value", .any, default: "", "Any value."),
      .labelled("radix", .optional(.int), in: 2...36, "The base in which a whole number is written."),
      .labelled("repeating", .optional(.string), "A text to write several times."),
      .labelled("count", .int, default: 1, in: 0...1_000_000, "How many times."),
    ],
    returns: .string, "The text of a value.", example: "String(10, radix: 2)"
  ) { call in
    if let text = call.optionalString("repeating") { return .string(String(repeating: text, count: call.int("count"))) }
    guard let radix = call.optionalInt("radix"), let number = call.value("value").int else {
      return .string(call.value("value").description)
    }
    return .string(String(number, radix: radix))
  }

  private static let truth = Command.function(
    "Bool", [.unlabelled("text", .string, "\"true\" or \"false\".")], returns: "Bool?",
    "A truth value made from a text; nil for any other text.", example: "Bool(\"true\")"
  ) { call in
    Bool(call.string("text")).value
  }

  private static let array = Command.function(
    "Array",
    [
      .unlabelled("elements", .any, default: [], "Anything that has elements: a range, a text, a dictionary."),
      .labelled("repeating", .any, default: .null, "A value to hold several times."),
      .labelled("count", .optional(.int), in: 0...Value.largestArray, "How many times."),
    ],
    returns: .array, "An array of the elements of another value.", example: "Array(1...3)"
  ) { call in
    guard let count = call.optionalInt("count") else { return .array(try call.value("elements").elements()) }
    return .array(Array(repeating: call.value("repeating"), count: count))
  }

  private static let type = Command.function(
    "type", [.labelled("of", .any, "Any value.")], returns: .string, "The name of a value's type.",
    example: "type(of: 2.5)"
  ) { call in
    .string(call.value("of").type.description)
  }

  private static let stride = Command.function(
    "stride",
    [
      .labelled("from", .oneOf([.int, .double]), "The first number."),
      .labelled("to", .optional(.oneOf([.int, .double])), "Where it ends, not included."),
      .labelled("through", .optional(.oneOf([.int, .double])), "Where it ends, included."),
      .labelled("by", .oneOf([.int, .double]), "The step, not 0."),
    ],
    returns: .array, "Numbers at equal distances.", example: "stride(from: 10, to: 0, by: -2)"
  ) { call in
    let (from, step) = (call.value("from"), call.value("by"))
    let isClosed = call.isGiven("through")
    let end = call.value(isClosed ? "through" : "to")
    guard !end.isNull else {
      throw Problem.missingArgument("to", isLabelled: true, type: "a number", of: "stride")
    }
    guard let size = step.number, size != 0 else {
      throw Problem.failure(message: "'by' must not be 0", help: "with a step of 0 it would never end")
    }
    let span = ((end.number ?? 0) - (from.number ?? 0)) / size
    guard span <= Double(Value.largestArray) else { throw Problem.tooManyElements(limit: Value.largestArray) }
    if let from = from.int, let end = end.int, let step = step.int {
      return isClosed
        ? Swift.stride(from: from, through: end, by: step).map { $0 }.value
        : Swift.stride(from: from, to: end, by: step).map { $0 }.value
    }
    guard let first = from.number, let last = end.number else { return [] }
    return isClosed
      ? Swift.stride(from: first, through: last, by: size).map { $0 }.value
      : Swift.stride(from: first, to: last, by: size).map { $0 }.value
  }

  private static let zip = Command.function(
    "zip", [.unlabelled("first", .any, "A sequence."), .unlabelled("second", .any, "Another one.")], returns: .array,
    "Pairs of the elements of two sequences, as long as both have some.", example: "zip([1, 2], [\"a\", \"b\"])"
  ) { call in
    let pairs = Swift.zip(try call.value("first").elements(), try call.value("second").elements())
    return .array(pairs.map { .tuple([TupleElement(nil, $0), TupleElement(nil, $1)]) })
  }
}
