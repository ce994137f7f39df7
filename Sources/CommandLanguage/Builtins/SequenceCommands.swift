/// What arrays, ranges, texts, dictionaries and other sequences have in common: going through all elements.
enum SequenceCommands {
  static let all: [Command] = [
    map, compactMap, flatMap, filter, reduce, forEach, allSatisfy, enumerated, joined, sum, mean, total, average,
    sorted, reversed, extremum("min", .less), extremum("max", .greater),
  ]

  static let transform = Parameter.unlabelled("transform", .closure, "Called with each element.")
  static let predicate = Parameter.unlabelled("isIncluded", .closure, "Says true for those to keep.")

  // MARK: - With a closure

  private static let map = Command.method(
    "map", on: "Sequence", [transform], returns: .array, "What a function makes of each element.",
    example: "[1, 2, 3].map { $0 * 2 }"
  ) { call in
    let transform = call.closure("transform")
    return .array(try call.receiver.elements().map { try transform($0) })
  }

  private static let compactMap = Command.method(
    "compactMap", on: "Sequence", [transform], returns: .array,
    "What a function makes of each element, without those that become nil.",
    example: "[\"1\", \"x\"].compactMap { Int($0) }"
  ) { call in
    let transform = call.closure("transform")
    return .array(try call.receiver.elements().map { try transform($0) }.filter { !$0.isNull })
  }

  private static let flatMap = Command.method(
    "flatMap", on: "Sequence", [transform], returns: .array,
    "The elements of all the sequences that a function makes.", example: "[1, 2].flatMap { [$0, $0] }"
  ) { call in
    let transform = call.closure("transform")
    return .array(try call.receiver.elements().flatMap { try transform($0).elements() })
  }

  private static let filter = Command.method(
    "filter", on: "Sequence", [predicate], returns: "[Element]", "The elements for which a function says true.",
    example: "(1...6).filter { $0 % 2 == 0 }"
  ) { call in
    let isIncluded = call.closure("isIncluded")
    return .array(try call.receiver.elements().filter { try isIncluded.truth($0) })
  }

  private static let reduce = Command.method(
    "reduce", on: "Sequence",
    [
      .unlabelled("initial", .any, "The result for no elements."),
      .unlabelled("next", .closure, "Makes a result of the one so far and an element."),
    ],
    returns: .any, "One value out of all elements.", example: "[1, 2, 3].reduce(0, +)"
  ) { call in
    let next = call.closure("next")
    return try call.receiver.elements().reduce(call.value("initial")) { try next($0, $1) }
  }

  private static let forEach = Command.method(
    "forEach", on: "Sequence", [.unlabelled("body", .closure, "Called with each element.")],
    "Calls a function with each element.", example: "[1, 2].forEach { print($0) }"
  ) { call in
    let body = call.closure("body")
    for element in try call.receiver.elements() { _ = try body(element) }
    return .void
  }

  private static let allSatisfy = Command.method(
    "allSatisfy", on: "Sequence", [.unlabelled("predicate", .closure, "Says true or false for an element.")],
    returns: .bool, "Whether a function says true for every element.", example: "[2, 4].allSatisfy { $0 % 2 == 0 }"
  ) { call in
    let predicate = call.closure("predicate")
    return .bool(try call.receiver.elements().allSatisfy { try predicate.truth($0) })
  }

  // MARK: - In order

  private static let sorted = Command.method(
    "sorted", on: "Sequence",
    [.labelled("by", .optional(.closure), "Says whether the first of two elements comes first.")], returns: "[Element]",
    "The elements in order, least first.", example: "[3, 1, 2].sorted(by: >)"
  ) { call in
    .array(try sort(try call.receiver.elements(), by: call.optionalClosure("by")))
  }

  static func sort(_ elements: [Value], by order: Closure?) throws -> [Value] {
    try elements.sorted { left, right in try order?.truth(left, right) ?? isLess(left, right) }
  }

  private static let reversed = Command.method(
    "reversed", on: "Sequence", [], returns: "[Element]", "The elements from the last to the first.",
    example: "[1, 2, 3].reversed()"
  ) { call in
    .array(try call.receiver.elements().reversed())
  }

  private static let enumerated = Command.method(
    "enumerated", on: "Sequence", [], returns: .array, "Pairs of position and element.",
    example: "for (index, name) in [\"a\", \"b\"].enumerated() { print(index, name) }"
  ) { call in
    .array(
      try call.receiver.elements().enumerated().map {
        .tuple([TupleElement("offset", .int($0)), TupleElement("element", $1)])
      })
  }

  // MARK: - Into one value

  private static let joined = Command.method(
    "joined", on: "Sequence", [.labelled("separator", .string, default: "", "Stands between two elements.")],
    returns: .string, "The texts of all elements as one.", example: "[\"a\", \"b\"].joined(separator: \", \")"
  ) { call in
    .string(try call.receiver.elements().map(\.description).joined(separator: call.string("separator")))
  }

  private static func extremum(_ name: String, _ order: BinaryOperator) -> Command {
    .method(
      name, on: "Sequence", [], returns: "Element",
      "The \(order == .less ? "least" : "greatest") element, or nil when there is none.", example: "[3, 1, 2].\(name)()"
    ) { call in
      try extremum(of: try call.receiver.elements(), order) ?? .null
    }
  }

  /// The first element that no other comes before (or after).
  static func extremum(of elements: [Value], _ order: BinaryOperator) throws -> Value? {
    try elements.dropFirst().reduce(elements.first) { best, element in
      guard let best else { return element }
      return try order == .less ? isLess(element, best) ? element : best : isLess(best, element) ? element : best
    }
  }

  private static func isLess(_ left: Value, _ right: Value) throws -> Bool {
    guard let result = left.isLess(than: right) else { throw Problem.notComparable(left.type, right.type) }
    return result
  }

  private static let sum = Command.method(
    "sum", on: "Sequence", [], returns: .double, "All numbers added up.", example: "[1, 2, 3].sum()"
  ) { call in
    try sum(of: try call.receiver.elements())
  }

  private static let mean = Command.method(
    "mean", on: "Sequence", [], returns: .double, "The average of all numbers.", example: "[1, 2, 3].mean()"
  ) { call in
    try mean(of: try call.receiver.elements())
  }

  private static let total = Command.function(
    "sum", [.unlabelled("values", .any, "Numbers.")], returns: .double, "All numbers added up.", example: "sum(1...100)"
  ) { call in
    try sum(of: try call.value("values").elements())
  }

  private static let average = Command.function(
    "mean", [.unlabelled("values", .any, "Numbers.")], returns: .double, "The average of all numbers.",
    example: "mean([1, 2, 4])"
  ) { call in
    try mean(of: try call.value("values").elements())
  }

  private static func sum(of elements: [Value]) throws -> Value {
    try elements.reduce(.int(0)) { try BinaryOperator.add.apply($0, $1) }
  }

  private static func mean(of elements: [Value]) throws -> Value {
    guard !elements.isEmpty else { throw Problem.emptySequence("mean") }
    return try BinaryOperator.divide.apply(sum(of: elements), .double(Double(elements.count)))
  }
}

extension Closure {
  /// Calls a function that must say true or false.
  func truth(_ values: Value...) throws -> Bool {
    let result = try call(with: values)
    guard let truth = result.bool else { throw LocatedProblem(problem: .notABool(result.type), range: source) }
    return truth
  }
}
