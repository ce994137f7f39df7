/// The numbers that a parameter allows.
package struct NumberRange: Sendable, Hashable {
  package let lower: Double?
  package let upper: Double?
  /// Whether the lower bound itself is excluded.
  package let isAboveLower: Bool
  /// Whether the upper bound itself is excluded.
  package let isBelowUpper: Bool

  package init(lower: Double?, upper: Double?, isAboveLower: Bool = false, isBelowUpper: Bool = false) {
    self.lower = lower
    self.upper = upper
    self.isAboveLower = isAboveLower
    self.isBelowUpper = isBelowUpper
  }

  /// Every number greater than the bound, such as a learning rate above 0.
  package static func above(_ bound: Double) -> NumberRange {
    NumberRange(lower: bound, upper: nil, isAboveLower: true)
  }

  /// Whether the number is allowed; NaN never is.
  package func contains(_ number: Double) -> Bool {
    if number.isNaN { return false }
    if let lower, number < lower || (isAboveLower && number == lower) { return false }
    if let upper, number > upper || (isBelowUpper && number == upper) { return false }
    return true
  }
}

extension NumberRange: CustomStringConvertible {
  /// The range in words: `0...2`, `at least 1`, `more than 0`.
  package var description: String {
    switch (lower, upper) {
    case (let lower?, let upper?):
      let dots = isBelowUpper ? "..<" : "..."
      return isAboveLower
        ? "more than \(Self.text(lower)) and \(isBelowUpper ? "less than" : "at most") \(Self.text(upper))"
        : Self.text(lower) + dots + Self.text(upper)
    case (let lower?, nil): return (isAboveLower ? "more than " : "at least ") + Self.text(lower)
    case (nil, let upper?): return (isBelowUpper ? "less than " : "at most ") + Self.text(upper)
    case (nil, nil): return "any number"
    }
  }

  private static func text(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? String(number)
  }
}

/// Something that bounds a number: `1...128`, `0.0..<1.0`, `1...`, ``NumberRange/above(_:)``.
package protocol NumberBounds {
  var numberRange: NumberRange { get }
}

/// A number that can bound a parameter.
package protocol NumberBound: Comparable {
  var bound: Double { get }
}

extension Int: NumberBound {
  package var bound: Double { Double(self) }
}

extension Double: NumberBound {
  package var bound: Double { self }
}

extension NumberRange: NumberBounds {
  package var numberRange: NumberRange { self }
}

extension ClosedRange: NumberBounds where Bound: NumberBound {
  package var numberRange: NumberRange { NumberRange(lower: lowerBound.bound, upper: upperBound.bound) }
}

extension Range: NumberBounds where Bound: NumberBound {
  package var numberRange: NumberRange {
    NumberRange(lower: lowerBound.bound, upper: upperBound.bound, isBelowUpper: true)
  }
}

extension PartialRangeFrom: NumberBounds where Bound: NumberBound {
  package var numberRange: NumberRange { NumberRange(lower: lowerBound.bound, upper: nil) }
}

extension PartialRangeThrough: NumberBounds where Bound: NumberBound {
  package var numberRange: NumberRange { NumberRange(lower: nil, upper: upperBound.bound) }
}
