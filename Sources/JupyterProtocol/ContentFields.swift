import JSONValue

/// A member of a message that is missing or of the wrong kind.
public enum ContentError: Error, Equatable {
  /// `part` (a header or a content, by its message type) lacks `field`.
  case missing(field: String, part: String)
  /// `field` holds `found` where `expected` should be.
  case wrongKind(field: String, part: String, expected: String, found: String)
}

extension ContentError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let field, let part): "\(part) has no '\(field)'"
    case .wrongKind(let field, let part, let expected, let found):
      "'\(field)' of \(part) is \(found), expected \(expected)"
    }
  }
}

/// Checked access to the members of a JSON object that a front end sent.
///
/// A member that is missing or `null` takes its default where there is one; a member of the wrong kind is always an error.
struct ContentFields {
  private let members: [String: JSONValue]
  private let part: String

  init(_ members: [String: JSONValue], of part: String) {
    self.members = members
    self.part = part
  }

  func string(_ name: String) throws(ContentError) -> String {
    try required(name, "a string", \.string)
  }

  func string(_ name: String, default fallback: String) throws(ContentError) -> String {
    try optional(name, "a string", \.string) ?? fallback
  }

  func bool(_ name: String, default fallback: Bool) throws(ContentError) -> Bool {
    try optional(name, "a boolean", \.bool) ?? fallback
  }

  func integer(_ name: String) throws(ContentError) -> Int? {
    try optional(name, "an integer", \.integer)
  }

  func requiredInteger(_ name: String) throws(ContentError) -> Int {
    try required(name, "an integer", \.integer)
  }

  func object(_ name: String) throws(ContentError) -> [String: JSONValue] {
    try optional(name, "an object", \.object) ?? [:]
  }

  private func required<Value>(
    _ name: String, _ expected: String, _ read: (JSONValue) -> Value?
  ) throws(ContentError) -> Value {
    guard let value = try optional(name, expected, read) else { throw .missing(field: name, part: part) }
    return value
  }

  private func optional<Value>(
    _ name: String, _ expected: String, _ read: (JSONValue) -> Value?
  ) throws(ContentError) -> Value? {
    guard let member = members[name], !member.isNull else { return nil }
    guard let value = read(member) else {
      throw .wrongKind(field: name, part: part, expected: expected, found: member.kind)
    }
    return value
  }
}

extension JSONValue {
  /// What kind of value this is, in words.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .integer, .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
