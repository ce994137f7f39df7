import Foundation

/// Any JSON value, for messages, MIME bundles, chart specifications and files whose keys are not known beforehand.
///
/// Objects are written with sorted keys, so that equal values give equal bytes. Numbers that JSON cannot express
/// (infinities, NaN) are written as `null`.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])
}

// MARK: - Access

extension JSONValue {
  /// The member of an object, or `nil` when this is no object or has no such member.
  public subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  /// The element of an array, or `nil` when this is no array or has no such element.
  public subscript(index: Int) -> JSONValue? {
    if case .array(let elements) = self, elements.indices.contains(index) { elements[index] } else { nil }
  }

  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The value as an integer; a number without a fraction counts as one.
  public var integer: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  public var array: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  public var object: [String: JSONValue]? {
    if case .object(let value) = self { value } else { nil }
  }

  public var isNull: Bool { self == .null }
}

// MARK: - Text

extension JSONValue {
  /// Parses UTF-8 JSON text.
  public init(parsing data: Data) throws(JSONSyntaxError) { self = try JSONReader.value(of: Array(data)) }

  /// Parses JSON text.
  public init(parsing text: String) throws(JSONSyntaxError) { self = try JSONReader.value(of: Array(text.utf8)) }

  /// The value as UTF-8 JSON text with sorted keys, on one line or indented by two spaces.
  public func serialized(pretty: Bool = false) -> Data { JSONWriter.data(of: self, pretty: pretty) }
}

extension JSONValue: CustomStringConvertible {
  public var description: String { String(decoding: serialized(), as: UTF8.self) }
}
