/// The name of a type as help and completion write it: `Int`, `Model`, `[Token]`.
package struct TypeName: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
  package let description: String

  package init(_ text: String) { description = text }
  package init(stringLiteral value: String) { description = value }

  package static let any: TypeName = "Any"
  package static let void: TypeName = "Void"
  package static let bool: TypeName = "Bool"
  package static let int: TypeName = "Int"
  package static let double: TypeName = "Double"
  package static let string: TypeName = "String"
  package static let array: TypeName = "Array"
  package static let dictionary: TypeName = "Dictionary"
  package static let range: TypeName = "Range"

  package static func array(of element: TypeName) -> TypeName { TypeName("[\(element)]") }

  /// The element type of an array type, as `Token` of `[Token]`.
  package var element: TypeName? {
    guard description.hasPrefix("["), description.hasSuffix("]"), !description.contains(":") else { return nil }
    return TypeName(String(description.dropFirst().dropLast()))
  }

  /// The name that commands are registered for: `Array` for `[Token]`, `Model` for `Model?`.
  package var base: TypeName {
    if description.hasSuffix("?") { return TypeName(String(description.dropLast())).base }
    guard description.hasPrefix("[") else { return self }
    return description.contains(":") ? .dictionary : .array
  }
}

extension Value {
  /// The name of the value's type.
  package var type: TypeName {
    switch self {
    case .null: "nil"
    case .bool: .bool
    case .int: .int
    case .double: .double
    case .string: .string
    case .array(let elements): Self.arrayType(of: elements)
    case .dictionary: .dictionary
    case .range: .range
    case .tuple(let elements): elements.isEmpty ? .void : "Tuple"
    case .function: "Function"
    case .symbol: "Symbol"
    case .object(let object): TypeName(object.typeName)
    }
  }

  private static func arrayType(of elements: [Value]) -> TypeName {
    guard let first = elements.first?.type, first.element == nil else { return .array }
    return elements.dropFirst().allSatisfy { $0.type == first } ? .array(of: first) : .array
  }
}
