/// The arguments of a call, matched with their parameters, checked, converted, and with defaults filled in.
package struct Arguments: Sendable {
  private let values: [String: Value]
  private let ranges: [String: SourceRange]
  /// The names of those that the cell gave, in its order.
  package let given: [String]

  /// The given arguments by parameter name, for calls made by tests and by other commands.
  package init(_ entries: [(String, Value)] = []) {
    values = Dictionary(entries, uniquingKeysWith: { _, last in last })
    ranges = [:]
    given = entries.map(\.0)
  }

  init(values: [String: Value], ranges: [String: SourceRange], given: [String]) {
    self.values = values
    self.ranges = ranges
    self.given = given
  }

  /// The value of a parameter, given or default; `nil` stands for an optional one that was left out.
  package subscript(name: String) -> Value { values[name] ?? .null }

  /// Where an argument stands in the cell, or `nil` for a default.
  package func range(of name: String) -> SourceRange? { ranges[name] }

  /// Whether the cell gave this argument.
  package func isGiven(_ name: String) -> Bool { given.contains(name) }
}

/// Something with checked arguments, read by typed getters: an ``Invocation`` or a ``Symbol``.
///
/// The getters trap when the parameter was declared with another type, which is a mistake in the declaration: what a
/// cell passes was checked before.
package protocol ArgumentReading {
  var arguments: Arguments { get }
}

extension ArgumentReading {
  /// The argument as it is.
  package func value(_ name: String) -> Value { arguments[name] }

  /// Whether the cell gave this argument.
  package func isGiven(_ name: String) -> Bool { arguments.isGiven(name) }

  package func bool(_ name: String) -> Bool { require(arguments[name].bool, name, "Bool") }
  package func int(_ name: String) -> Int { require(arguments[name].int, name, "Int") }
  package func double(_ name: String) -> Double { require(arguments[name].number, name, "Double") }
  package func string(_ name: String) -> String { require(arguments[name].string, name, "String") }
  package func array(_ name: String) -> [Value] { require(arguments[name].array, name, "Array") }
  package func symbol(_ name: String) -> Symbol { require(arguments[name].symbol, name, "Symbol") }
  package func dictionary(_ name: String) -> ValueDictionary {
    require(arguments[name].dictionary, name, "Dictionary")
  }

  package func range(_ name: String) -> RangeValue {
    guard case .range(let range) = arguments[name] else { return require(nil, name, "Range") }
    return range
  }

  package func object<Object: CommandObject>(_ name: String, as type: Object.Type = Object.self) -> Object {
    require(arguments[name].object(as: type), name, Object.typeName)
  }

  package func optionalBool(_ name: String) -> Bool? { optional(name)?.bool }
  package func optionalInt(_ name: String) -> Int? { optional(name)?.int }
  package func optionalDouble(_ name: String) -> Double? { optional(name)?.number }
  package func optionalString(_ name: String) -> String? { optional(name)?.string }
  package func optionalArray(_ name: String) -> [Value]? { optional(name)?.array }
  package func optionalSymbol(_ name: String) -> Symbol? { optional(name)?.symbol }
  package func optionalObject<Object: CommandObject>(_ name: String, as type: Object.Type = Object.self) -> Object? {
    optional(name)?.object(as: type)
  }

  package func ints(_ name: String) -> [Int] { array(name).map { require($0.int, name, "[Int]") } }
  package func doubles(_ name: String) -> [Double] { array(name).map { require($0.number, name, "[Double]") } }
  package func strings(_ name: String) -> [String] { array(name).map { require($0.string, name, "[String]") } }
  package func symbols(_ name: String) -> [Symbol] { array(name).map { require($0.symbol, name, "[Symbol]") } }

  private func optional(_ name: String) -> Value? {
    let value = arguments[name]
    return value.isNull ? nil : value
  }

  private func require<Result>(_ result: Result?, _ name: String, _ type: String) -> Result {
    guard let result else {
      preconditionFailure("parameter '\(name)' was declared with a type that does not give \(type)")
    }
    return result
  }
}
