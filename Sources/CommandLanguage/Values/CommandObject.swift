import JSONValue

/// A thing that a cell can hold: a model, a dataset, a figure, a row.
///
/// It says how it is shown. What it can do is registered as commands for its type name, so that completion, help and
/// error messages know all of it.
package protocol CommandObject: Sendable, CustomStringConvertible {
  /// The name that commands, help and errors use for this type.
  static var typeName: String { get }

  /// One line of text, for `print` and inside arrays.
  var description: String { get }

  /// How the object is shown as the result of a cell: a MIME bundle, always with `text/plain`.
  func display() -> [String: JSONValue]

  /// Whether `==` holds between this and another object.
  func isEqual(to other: any CommandObject) -> Bool
}

extension CommandObject {
  package var typeName: String { Self.typeName }
  package func display() -> [String: JSONValue] { ["text/plain": .string(description)] }
  package func isEqual(to other: any CommandObject) -> Bool { false }
}

/// An object whose elements can be counted and indexed: `for row in rows`, `rows[0]`, `rows.map { … }` work on it.
package protocol CommandSequence: CommandObject {
  /// The number of elements.
  var count: Int { get }

  /// The name of the elements' type, for completion.
  static var elementType: TypeName { get }

  /// The element at an index that was checked to be in `0..<count`.
  func element(at index: Int) throws -> Value
}

extension CommandSequence {
  package static var elementType: TypeName { .any }
}
