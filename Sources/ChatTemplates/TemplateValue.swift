import JSONValue

/// A value that a template is given: JSON whose objects keep the order of their members.
///
/// Templates show that order, in `tojson` and in loops over `items()`; ``JSONValue`` does not have it.
package enum TemplateValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([TemplateValue])
  case object([Member])

  /// A member of an object.
  ///
  /// Of several with the same name the last value counts, at the place of the first.
  package struct Member: Sendable, Hashable {
    package let name: String
    package let value: TemplateValue

    package init(_ name: String, _ value: TemplateValue) {
      self.name = name
      self.value = value
    }
  }
}

extension TemplateValue {
  /// A JSON value; members of objects come in the order of their names.
  package init(_ json: JSONValue) {
    switch json {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .integer(value)
    case .number(let value): self = .number(value)
    case .string(let value): self = .string(value)
    case .array(let elements): self = .array(elements.map(TemplateValue.init))
    case .object(let members):
      self = .object(members.sorted { $0.key < $1.key }.map { Member($0.key, TemplateValue($0.value)) })
    }
  }

  /// The member of an object, or `nil` when this is no object or has no such member.
  package subscript(name: String) -> TemplateValue? {
    if case .object(let members) = self { members.last { $0.name == name }?.value } else { nil }
  }
}

extension TemplateValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(nilLiteral: ()) { self = .null }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(arrayLiteral elements: TemplateValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, TemplateValue)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}
