import JSONValue

extension Value: CustomStringConvertible {
  /// The value as `print` writes it.
  package var description: String {
    if case .string(let text) = self { text } else { debugText }
  }

  /// The value as a result shows it and as it stands inside arrays: texts in quotation marks.
  package var debugText: String {
    switch self {
    case .null: "nil"
    case .bool(let value): String(value)
    case .int(let value): String(value)
    case .double(let value): String(value)
    case .string(let text): text.debugDescription
    case .array(let elements): "[" + elements.map(\.debugText).joined(separator: ", ") + "]"
    case .dictionary(let dictionary): Self.text(of: dictionary)
    case .range(let range): range.description
    case .tuple(let elements): Self.text(of: elements)
    case .function(let function): function.description
    case .symbol(let symbol): symbol.description
    case .object(let object): object.description
    }
  }

  private static func text(of dictionary: ValueDictionary) -> String {
    if dictionary.isEmpty { return "[:]" }
    return "[" + dictionary.entries.map { "\($0.key.debugText): \($0.value.debugText)" }.joined(separator: ", ") + "]"
  }

  private static func text(of elements: [TupleElement]) -> String {
    "(" + elements.map { ($0.label.map { "\($0): " } ?? "") + $0.value.debugText }.joined(separator: ", ") + ")"
  }

  /// The text of a result; of a long array only the beginning.
  private var resultText: String {
    guard case .array(let elements) = self, elements.count > 1000 else { return debugText }
    return "[" + elements.prefix(100).map(\.debugText).joined(separator: ", ") + ", … \(elements.count - 100) more]"
  }

  /// The value as the result of a cell: a MIME bundle, always with `text/plain`.
  package func display() -> [String: JSONValue] {
    if case .object(let object) = self { return object.display() }
    return ["text/plain": .string(resultText)]
  }
}

extension RangeValue: CustomStringConvertible {
  package var description: String {
    (lower?.debugText ?? "") + (isClosed || upper == nil ? "..." : "..<") + (upper?.debugText ?? "")
  }
}

extension FunctionValue: CustomStringConvertible {
  package var description: String {
    switch self {
    case .written(let function):
      let labels = function.parameters.map { "\($0.label ?? "_"):" }.joined()
      return "\(function.name ?? "closure")(\(labels))"
    case .command(let command, _):
      return command.signature
    }
  }
}
