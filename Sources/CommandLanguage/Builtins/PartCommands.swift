/// Parts of sequences: the first, the last, those up to a place, the place of an element.
enum PartCommands {
  static let all: [Command] = [
    count, isEmpty, first, firstWhere, last, contains, firstIndex, prefix, suffix, dropFirst, dropLast,
  ]

  private static let number = Parameter.unlabelled("count", .int, default: 1, in: 0..., "How many elements.")

  private static let count = Command.property(
    "count", on: "Sequence", returns: .int, "How many elements there are.", example: "[1, 2].count",
    neighbours: ["Python": "len"]
  ) { sequence in
    .int(try sequence.elementCount())
  }

  private static let isEmpty = Command.property(
    "isEmpty", on: "Sequence", returns: .bool, "Whether there are no elements.", example: "[].isEmpty"
  ) { sequence in
    .bool(try sequence.elementCount() == 0)
  }

  private static let first = Command.property(
    "first", on: "Sequence", returns: "Element", "The first element, or nil when there is none.",
    example: "[1, 2].first"
  ) { sequence in
    if case .range(let range) = sequence, range.upper == nil { return range.lower ?? .null }
    return try sequence.elements().first ?? .null
  }

  private static let firstWhere = Command.method(
    "first", on: "Sequence", [.labelled("where", .closure, "Says true for the element that is looked for.")],
    returns: "Element", "The first element for which a function says true, or nil.",
    example: "[1, 2, 3].first(where: { $0 > 1 })"
  ) { call in
    let predicate = call.closure("where")
    return try call.receiver.elements().first { try predicate.truth($0) } ?? .null
  }

  private static let last = Command.property(
    "last", on: "Sequence", returns: "Element", "The last element, or nil when there is none.", example: "[1, 2].last"
  ) { sequence in
    try sequence.elements().last ?? .null
  }

  private static let contains = Command.method(
    "contains", on: "Sequence",
    [
      .unlabelled("element", .any, default: .null, "An element that is looked for."),
      .labelled("where", .optional(.closure), "Or a function that says true for it."),
    ],
    returns: .bool, "Whether an element is there.", example: "[1, 2].contains(2)"
  ) { call in
    if case .range(let range) = call.receiver, call.isGiven("element") {
      return .bool(range.contains(call.value("element")))
    }
    let elements = try call.receiver.elements()
    guard let predicate = call.optionalClosure("where") else { return .bool(elements.contains(call.value("element"))) }
    return .bool(try elements.contains { try predicate.truth($0) })
  }

  private static let firstIndex = Command.method(
    "firstIndex", on: "Sequence",
    [
      .labelled("of", .any, default: .null, "An element that is looked for."),
      .labelled("where", .optional(.closure), "Or a function that says true for it."),
    ],
    returns: .int, "The position of an element, or nil when it is not there.",
    example: "[\"a\", \"b\"].firstIndex(of: \"b\")"
  ) { call in
    let elements = try call.receiver.elements()
    guard let predicate = call.optionalClosure("where") else { return elements.firstIndex(of: call.value("of")).value }
    return try elements.firstIndex { try predicate.truth($0) }.value
  }

  private static let prefix = Command.method(
    "prefix", on: "Sequence",
    [
      .unlabelled("count", .int, default: 0, in: 0..., "How many elements."),
      .labelled("while", .optional(.closure), "Or a function: the elements before it first says false."),
    ],
    returns: "[Element]", "The first elements, as many as there are up to a number.", example: "[1, 2, 3].prefix(2)"
  ) { call in
    if let predicate = call.optionalClosure("while") {
      return .array(Array(try call.receiver.elements().prefix { try predicate.truth($0) }))
    }
    let count = call.int("count")
    if case .range(let range) = call.receiver, range.upper == nil, let start = range.lower?.int {
      return (0..<count).map { start + $0 }.value
    }
    return .array(Array(try call.receiver.elements().prefix(count)))
  }

  private static let suffix = Command.method(
    "suffix", on: "Sequence", [.unlabelled("count", .int, in: 0..., "How many elements.")], returns: "[Element]",
    "The last elements, as many as there are up to a number.", example: "[1, 2, 3].suffix(2)"
  ) { call in
    .array(Array(try call.receiver.elements().suffix(call.int("count"))))
  }

  private static let dropFirst = Command.method(
    "dropFirst", on: "Sequence", [number], returns: "[Element]", "All elements but the first ones.",
    example: "[1, 2, 3].dropFirst()"
  ) { call in
    .array(Array(try call.receiver.elements().dropFirst(call.int("count"))))
  }

  private static let dropLast = Command.method(
    "dropLast", on: "Sequence", [number], returns: "[Element]", "All elements but the last ones.",
    example: "[1, 2, 3].dropLast()"
  ) { call in
    .array(Array(try call.receiver.elements().dropLast(call.int("count"))))
  }
}

extension Value {
  /// How many elements a value has, without making them where that can be helped.
  fileprivate func elementCount() throws -> Int {
    switch self {
    case .array(let elements): return elements.count
    case .dictionary(let dictionary): return dictionary.count
    case .string(let text): return text.count
    case .object(let object): return try (object as? any CommandSequence)?.count ?? elements().count
    case .range(let range): return try range.integers?.count ?? elements().count
    default: return try elements().count
    }
  }
}
