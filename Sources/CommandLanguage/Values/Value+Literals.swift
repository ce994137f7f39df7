// Not by `nil`: in place of an `Optional<Value>`, which of the two a `nil` means would be guesswork.
extension Value: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int) { self = .int(value) }
  package init(floatLiteral value: Double) { self = .double(value) }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(arrayLiteral elements: Value...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, Value)...) { self = .dictionary(ValueDictionary(elements)) }
}

/// A Swift value that has a counterpart in the command language.
package protocol ValueConvertible {
  var value: Value { get }
}

extension Value: ValueConvertible {
  package var value: Value { self }
}

extension Bool: ValueConvertible {
  package var value: Value { .bool(self) }
}

extension Int: ValueConvertible {
  package var value: Value { .int(self) }
}

extension Double: ValueConvertible {
  package var value: Value { .double(self) }
}

extension Float: ValueConvertible {
  package var value: Value { .double(Double(self)) }
}

extension String: ValueConvertible {
  package var value: Value { .string(self) }
}

extension Array: ValueConvertible where Element: ValueConvertible {
  package var value: Value { .array(map(\.value)) }
}

extension Optional: ValueConvertible where Wrapped: ValueConvertible {
  package var value: Value { self?.value ?? .null }
}

extension CommandObject {
  /// The object as a value.
  package var value: Value { .object(self) }
}
