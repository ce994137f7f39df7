extension Value: Equatable {
  /// Equality as `==` means it in a cell: numbers compare across `Int` and `Double`, functions never are equal.
  package static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.int(let left), .int(let right)): left == right
    case (.string(let left), .string(let right)): left == right
    case (.array(let left), .array(let right)): left == right
    case (.dictionary(let left), .dictionary(let right)): left == right
    case (.range(let left), .range(let right)): left == right
    case (.tuple(let left), .tuple(let right)): left.map(\.value) == right.map(\.value)
    case (.symbol(let left), .symbol(let right)): left == right
    case (.object(let left), .object(let right)): left.isEqual(to: right)
    default: left.number.map { $0 == right.number } ?? false
    }
  }

  /// Whether this value comes before another, or `nil` when the two cannot be ordered.
  package func isLess(than other: Value) -> Bool? {
    switch (self, other) {
    case (.int(let left), .int(let right)): return left < right
    case (.string(let left), .string(let right)): return left < right
    case (.tuple(let left), .tuple(let right)) where left.count == right.count:
      for (left, right) in zip(left, right) where left.value != right.value {
        return left.value.isLess(than: right.value)
      }
      return false
    default:
      guard let left = number, let right = other.number else { return nil }
      return left < right
    }
  }
}
