/// `== != < <= > >= in`, and the order that filters sort by.
extension Interpreter {
  func holds(_ comparison: Comparison, _ left: Value, _ right: Value) throws -> Bool {
    switch comparison {
    case .equal: try areEqual(left, right)
    case .notEqual: !(try areEqual(left, right))
    case .less: try isOrdered(left, right, "<") { $0 < 0 }
    case .lessOrEqual: try isOrdered(left, right, "<=") { $0 <= 0 }
    case .greater: try isOrdered(left, right, ">") { $0 > 0 }
    case .greaterOrEqual: try isOrdered(left, right, ">=") { $0 >= 0 }
    case .isIn: try contains(right, left)
    case .isNotIn: !(try contains(right, left))
    }
  }

  // MARK: - Equality

  func areEqual(_ left: Value, _ right: Value) throws -> Bool {
    try spend()
    switch (left, right) {
    case (.undefined, .undefined), (.none, .none): return true
    case (.text(let first), .text(let second)):
      guard first.count == second.count else { return false }
      try spend(first.count / 32)
      return first == second
    case (.sequence(let first), .sequence(let second)): return try areEqual(first, second)
    case (.dictionary(let first), .dictionary(let second)): return try areEqual(first, second)
    case (.range(let first), .range(let second)):
      return first.count == second.count
        && (first.isEmpty || first.start == second.start && (first.count == 1 || first.step == second.step))
    case (.iterator(let first), .iterator(let second)): return first === second
    case (.object(let first), .object(let second)): return first === second
    default:
      if let first = left.index, let second = right.index { return first == second }
      if let first = left.double, let second = right.double { return first == second }
      return false
    }
  }

  private func areEqual(_ left: ValueSequence, _ right: ValueSequence) throws -> Bool {
    if left === right { return true }
    let areViews = !left.kind.isIndexed && left.kind == right.kind && left.kind != .values
    guard areViews || (left.kind.isIndexed && right.kind.isIndexed && left.kind.isTuple == right.kind.isTuple),
      left.elements.count == right.elements.count
    else { return false }
    if areViews { return try left.elements.allSatisfy { try contains(.sequence(right), $0) } }
    for (first, second) in zip(left.elements, right.elements) where !(try areEqual(first, second)) { return false }
    return true
  }

  private func areEqual(_ left: ValueDictionary, _ right: ValueDictionary) throws -> Bool {
    guard left.keys.count == right.keys.count else { return false }
    for (key, value) in left.entries {
      guard let other = right[try key.key], try areEqual(value, other) else { return false }
    }
    return true
  }

  // MARK: - Order

  private func isOrdered(_ left: Value, _ right: Value, _ sign: String, _ test: (Int) -> Bool) throws -> Bool {
    if let first = left.double, let second = right.double, first.isNaN || second.isNaN { return false }
    return test(try order(left, right, sign))
  }

  /// Negative when the first value comes before the second, zero when they are equal.
  func order(_ left: Value, _ right: Value, _ sign: String = "<") throws -> Int {
    try spend()
    if case .undefined(let undefined) = left { throw undefined.error }
    if case .undefined(let undefined) = right { throw undefined.error }
    if let first = left.index, let second = right.index { return first < second ? -1 : first == second ? 0 : 1 }
    if let first = left.double, let second = right.double { return first < second ? -1 : first == second ? 0 : 1 }
    switch (left, right) {
    case (.text(let first), .text(let second)):
      try spend(min(first.count, second.count) / 32)
      return first == second ? 0 : first < second ? -1 : 1
    case (.sequence(let first), .sequence(let second))
    where first.kind.isIndexed && second.kind.isIndexed && first.kind.isTuple == second.kind.isTuple:
      for (first, second) in zip(first.elements, second.elements) where !(try areEqual(first, second)) {
        return try order(first, second, sign)
      }
      return first.elements.count - second.elements.count
    default:
      throw TemplateError.Reason.wrongType(
        operation: sign, found: "\(left.typeName) and \(right.typeName)", expected: "two of a kind")
    }
  }

  // MARK: - Membership

  func contains(_ container: Value, _ element: Value) throws -> Bool {
    switch container {
    case .text(let text):
      try spend(text.count / 8)
      return text.contains(try element.text(for: "in"))
    case .dictionary(let dictionary): return dictionary[try element.key] != nil
    case .range(let range):
      guard let number = element.double, let index = Int(exactly: number) else { return false }
      return range.contains(index)
    default:
      let elements = try iterator(over: container)
      while let next = try elements.next() {
        if try areEqual(next, element) { return true }
      }
      return false
    }
  }
}

extension ValueRange {
  func contains(_ value: Int) -> Bool {
    let (distance, overflow) = value.subtractingReportingOverflow(start)
    return !overflow && distance % step == 0 && (0..<count).contains(distance / step)
  }
}
