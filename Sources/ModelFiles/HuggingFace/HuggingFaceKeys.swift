import Foundation
import JSONValue
import TensorCore

/// A JSON object of a Hugging Face folder, `config.json` or an object in it, with errors that name file and key.
package struct HuggingFaceKeys: Sendable {
  package let path: String
  package let members: [String: JSONValue]
  /// What stands before a key in messages: `text_config.`.
  private let prefix: String

  /// More bytes than any file of this kind has; indices of hundreds of shards are a few megabytes.
  private static let limit = 64 << 20

  /// Reads a file.
  ///
  /// - Throws: ``FileError``, ``HuggingFaceError``.
  package init(path: String) throws {
    guard let text = try FileContents.read(path, atMost: Self.limit),
      case .object(let members)? = try? JSONValue(parsing: text.data)
    else { throw HuggingFaceError(path: path, reason: .notJSON) }
    self.init(path: path, members: members)
  }

  package init(path: String, members: [String: JSONValue], prefix: String = "") {
    self.path = path
    self.members = members
    self.prefix = prefix
  }

  /// A value, or `nil` when it is missing or null.
  package subscript(key: String) -> JSONValue? {
    guard let value = members[key], !value.isNull else { return Optional.none }
    return value
  }

  /// An object in this one, or `nil` when it is missing or null.
  package func object(_ key: String) throws(HuggingFaceError) -> HuggingFaceKeys? {
    guard let value = self[key] else { return nil }
    guard let members = value.object else { throw impossible(key, expected: "an object") }
    return HuggingFaceKeys(path: path, members: members, prefix: prefix + key + ".")
  }

  package func string(_ key: String) throws(HuggingFaceError) -> String? {
    guard let value = self[key] else { return nil }
    guard let string = value.string else { throw impossible(key, expected: "a string") }
    return string
  }

  package func bool(_ key: String) throws(HuggingFaceError) -> Bool? {
    guard let value = self[key] else { return nil }
    guard let bool = value.bool else { throw impossible(key, expected: "true or false") }
    return bool
  }

  package func integer(_ key: String, in range: ClosedRange<Int>) throws(HuggingFaceError) -> Int? {
    guard let value = self[key] else { return nil }
    guard let integer = value.integer, range.contains(integer) else {
      throw impossible(key, expected: "an integer in \(range.lowerBound) ... \(range.upperBound)")
    }
    return integer
  }

  /// A number above zero that a float32 holds.
  package func number(_ key: String) throws(HuggingFaceError) -> Double? {
    guard let value = self[key] else { return nil }
    guard let number = value.number, Float(number).isFinite, Float(number) > 0 else {
      throw impossible(key, expected: "a positive number")
    }
    return number
  }

  package func strings(_ key: String) throws(HuggingFaceError) -> [String]? {
    guard let value = self[key] else { return nil }
    guard let strings = value.array?.compactMap(\.string), strings.count == value.array?.count else {
      throw impossible(key, expected: "an array of strings")
    }
    return strings
  }

  /// The value, or an error when it is missing.
  package func required<Value>(_ key: String, _ value: Value?) throws(HuggingFaceError) -> Value {
    guard let value else { throw HuggingFaceError(path: path, reason: .missingKey(prefix + key)) }
    return value
  }

  /// Refuses a key whose value asks for a computation that Quill does not have.
  package func refuse(_ key: String, unless expected: JSONValue) throws(HuggingFaceError) {
    if let value = self[key], value != expected { throw impossible(key, expected: expected.description) }
  }

  package func impossible(_ key: String, expected: String) -> HuggingFaceError {
    let found = members[key]?.description ?? "nothing"
    let shown = found.count > 80 ? found.prefix(80) + "…" : found
    return HuggingFaceError(path: path, reason: .key(prefix + key, found: shown, expected: expected))
  }
}
