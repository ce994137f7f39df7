/// What changes an array in place: `append`, `insert`, `remove`, `sort`.
enum ArrayCommands {
  static let all: [Command] = [append, insert, remove, removeLast, removeFirst, removeAll, sort, reverse, swap]

  private static let append = Command.mutatingMethod(
    "append", on: .array,
    [
      .unlabelled("element", .any, default: .null, "The new last element."),
      .labelled("contentsOf", .any, default: [], "Or all elements of a sequence."),
    ],
    "Adds elements at the end.", example: "var list = [1]\nlist.append(2)"
  ) { call, array in
    let added = call.isGiven("contentsOf") ? try call.value("contentsOf").elements() : [call.value("element")]
    array.withElements { $0.append(contentsOf: added) }
    return .void
  }

  private static let insert = Command.mutatingMethod(
    "insert", on: .array,
    [.unlabelled("element", .any, "The new element."), .labelled("at", .int, "Its position.")],
    "Adds an element at a position.", example: "var list = [1, 3]\nlist.insert(2, at: 1)"
  ) { call, array in
    try array.withElements { elements in
      let position = call.int("at")
      guard (0...elements.count).contains(position) else {
        throw Problem.indexOutOfRange(position, count: elements.count)
      }
      elements.insert(call.value("element"), at: position)
    }
    return .void
  }

  private static let remove = Command.mutatingMethod(
    "remove", on: .array, [.labelled("at", .int, "The position of the element.")], returns: "Element",
    "Takes an element out and gives it back.", example: "var list = [1, 2]\nlist.remove(at: 0)"
  ) { call, array in
    try array.withElements { elements in
      guard elements.indices.contains(call.int("at")) else {
        throw Problem.indexOutOfRange(call.int("at"), count: elements.count)
      }
      return elements.remove(at: call.int("at"))
    }
  }

  private static let removeLast = Command.mutatingMethod(
    "removeLast", on: .array, [], returns: "Element", "Takes the last element out and gives it back.",
    example: "var list = [1, 2]\nlist.removeLast()"
  ) { _, array in
    try array.withElements { elements in
      guard let last = elements.popLast() else { throw Problem.emptySequence("removeLast") }
      return last
    }
  }

  private static let removeFirst = Command.mutatingMethod(
    "removeFirst", on: .array, [], returns: "Element", "Takes the first element out and gives it back.",
    example: "var list = [1, 2]\nlist.removeFirst()"
  ) { _, array in
    try array.withElements { elements in
      guard !elements.isEmpty else { throw Problem.emptySequence("removeFirst") }
      return elements.removeFirst()
    }
  }

  private static let removeAll = Command.mutatingMethod(
    "removeAll", on: .array, [.labelled("where", .optional(.closure), "Says true for those to take out.")],
    "Takes out all elements, or those for which a function says true.",
    example: "var list = [1, 2, 3]\nlist.removeAll(where: { $0 > 1 })"
  ) { call, array in
    let predicate = call.optionalClosure("where")
    try array.withElements { elements in try elements.removeAll { try predicate?.truth($0) ?? true } }
    return .void
  }

  private static let sort = Command.mutatingMethod(
    "sort", on: .array, [.labelled("by", .optional(.closure), "Says whether the first of two elements comes first.")],
    "Puts the elements in order.", example: "var list = [2, 1]\nlist.sort()"
  ) { call, array in
    try array.withElements { $0 = try SequenceCommands.sort($0, by: call.optionalClosure("by")) }
    return .void
  }

  private static let reverse = Command.mutatingMethod(
    "reverse", on: .array, [], "Turns the order of the elements round.", example: "var list = [1, 2]\nlist.reverse()"
  ) { _, array in
    array.withElements { $0.reverse() }
    return .void
  }

  private static let swap = Command.mutatingMethod(
    "swapAt", on: .array, [.unlabelled("first", .int, "A position."), .unlabelled("second", .int, "Another one.")],
    "Exchanges two elements.", example: "var list = [1, 2]\nlist.swapAt(0, 1)"
  ) { call, array in
    try array.withElements { elements in
      for position in [call.int("first"), call.int("second")] where !elements.indices.contains(position) {
        throw Problem.indexOutOfRange(position, count: elements.count)
      }
      elements.swapAt(call.int("first"), call.int("second"))
    }
    return .void
  }
}

extension Value {
  /// Changes the elements of an array in place.
  fileprivate mutating func withElements<Result>(_ body: (inout [Value]) throws -> Result) rethrows -> Result {
    guard case .array(var elements) = self else { preconditionFailure("registered for arrays only") }
    self = .null
    defer { self = .array(elements) }
    return try body(&elements)
  }
}
