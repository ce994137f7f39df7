/// One parameter of a command, with everything that help, completion and errors say about it.
///
/// ```swift
/// .unlabelled("prompt", .string, "The text to continue.")
/// .labelled("temperature", .double, default: 0.8, in: 0.0...2.0, neighbours: ["HF": "temperature"],
///           "How freely the next token is drawn; 0 always takes the likeliest.")
/// ```
package struct Parameter: Sendable {
  /// The name under which the handler reads it, and the label unless it has none.
  package let name: String
  package let isLabelled: Bool
  package let type: ParameterType
  /// What it is when left out; `nil` when it must be given.
  package let defaultValue: Value?
  /// The numbers that are allowed.
  package let range: NumberRange?
  /// The unit of a number, as `tokens`.
  package let unit: String?
  /// Whether any number of unlabelled arguments go here; they arrive as one array.
  package let isVariadic: Bool
  package let neighbours: Neighbours
  /// One sentence.
  package let summary: String

  /// A parameter whose argument carries its name as label.
  package static func labelled(
    _ name: String, _ type: ParameterType, default defaultValue: Value? = nil, in range: (any NumberBounds)? = nil,
    unit: String? = nil, neighbours: Neighbours = [:], _ summary: String
  ) -> Parameter {
    Parameter(
      name: name, isLabelled: true, type: type, defaultValue: defaultValue, range: range?.numberRange, unit: unit,
      isVariadic: false, neighbours: neighbours, summary: summary)
  }

  /// A parameter whose argument stands without a label.
  package static func unlabelled(
    _ name: String, _ type: ParameterType, default defaultValue: Value? = nil, in range: (any NumberBounds)? = nil,
    unit: String? = nil, neighbours: Neighbours = [:], _ summary: String
  ) -> Parameter {
    Parameter(
      name: name, isLabelled: false, type: type, defaultValue: defaultValue, range: range?.numberRange, unit: unit,
      isVariadic: false, neighbours: neighbours, summary: summary)
  }

  /// A parameter that takes any number of unlabelled arguments, each of the given type.
  package static func variadic(_ name: String, _ type: ParameterType, _ summary: String) -> Parameter {
    Parameter(
      name: name, isLabelled: false, type: type, defaultValue: [], range: nil, unit: nil, isVariadic: true,
      neighbours: [:], summary: summary)
  }

  /// Whether the argument can be left out.
  ///
  /// A parameter that takes `nil` can.
  package var isOptional: Bool {
    if case .optional = type { true } else { defaultValue != nil }
  }

  /// The parameter as a signature writes it: `_ prompt: String`, `maxTokens: Int = 64`.
  package var signature: String {
    let label = isLabelled ? name : "_ \(name)"
    let fallback = isVariadic ? nil : isOptional ? (defaultValue ?? .null).debugText : nil
    return "\(label): \(type)\(isVariadic ? "..." : "")" + (fallback.map { " = \($0)" } ?? "")
  }
}
