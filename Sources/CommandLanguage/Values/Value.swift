/// A value of the command language: what a variable holds, a command takes and a cell results in.
///
/// Values are immutable data; assigning one copies it, as in Swift. Models, datasets and other things of the engine
/// travel as ``object(_:)``.
package enum Value: Sendable {
  /// `nil`: no value where one could be.
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([Value])
  case dictionary(ValueDictionary)
  indirect case range(RangeValue)
  /// A tuple; the empty tuple is what a call without a result gives.
  case tuple([TupleElement])
  indirect case function(FunctionValue)
  /// A leading-dot name with its arguments, such as `.nf4(blockSize: 64)`.
  indirect case symbol(Symbol)
  /// A thing of the engine or of the figures.
  indirect case object(any CommandObject)

  /// A leading-dot name without arguments, for defaults: `default: .dot("nf4")`.
  package static func dot(_ name: String) -> Value { .symbol(Symbol(name)) }

  /// The result of a call that has none.
  package static let void = Value.tuple([])

  /// Whether this is the empty tuple.
  package var isVoid: Bool {
    if case .tuple(let elements) = self { elements.isEmpty } else { false }
  }

  /// Whether this is `nil`.
  package var isNull: Bool {
    if case .null = self { true } else { false }
  }
}

/// One element of a tuple, with its label where it has one.
package struct TupleElement: Sendable, Equatable {
  package let label: String?
  package var value: Value

  package init(_ label: String? = nil, _ value: Value) {
    self.label = label
    self.value = value
  }
}

/// A range of whole numbers or decimals; an absent bound leaves that side open, as in `2...`.
package struct RangeValue: Sendable, Equatable {
  package let lower: Value?
  package let upper: Value?
  /// Whether the upper bound belongs to the range, as in `...`.
  package let isClosed: Bool

  package init(lower: Value?, upper: Value?, isClosed: Bool) {
    self.lower = lower
    self.upper = upper
    self.isClosed = isClosed
  }

  /// The whole numbers of a range that has two `Int` bounds, or `nil` for any other range.
  package var integers: Range<Int>? {
    guard case .int(let low)? = lower, case .int(let high)? = upper else { return nil }
    if !isClosed { return low <= high ? low..<high : nil }
    guard high < .max, low <= high + 1 else { return nil }
    return low..<(high + 1)
  }

  /// The bounds as decimals, or `nil` where a side is open.
  package var bounds: ClosedRange<Double>? {
    guard let low = lower?.number, let high = upper?.number, low <= high else { return nil }
    return low...high
  }
}

// MARK: - Reading

extension Value {
  /// The whole number, or `nil` for any other value.
  package var int: Int? {
    if case .int(let value) = self { value } else { nil }
  }

  /// The number as a decimal; an `Int` widens.
  package var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// The string, or `nil` for any other value.
  package var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The truth value, or `nil` for any other value.
  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The elements of an array, or `nil` for any other value.
  package var array: [Value]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The dictionary, or `nil` for any other value.
  package var dictionary: ValueDictionary? {
    if case .dictionary(let value) = self { value } else { nil }
  }

  /// The leading-dot name, or `nil` for any other value.
  package var symbol: Symbol? {
    if case .symbol(let value) = self { value } else { nil }
  }

  /// The object when it is of the given type.
  package func object<Object: CommandObject>(as type: Object.Type = Object.self) -> Object? {
    if case .object(let value) = self { value as? Object } else { nil }
  }
}
