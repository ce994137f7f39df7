/// A command: everything that a cell can call or read, registered once.
///
/// ```swift
/// .method(
///   "generate", of: Model.self,
///   [
///     .unlabelled("prompt", .string, "The text to continue."),
///     .labelled("maxTokens", .int, default: 64, in: 1..., unit: "tokens", neighbours: ["HF": "max_new_tokens"],
///               "The most tokens to make."),
///   ],
///   returns: "Generation",
///   "Continues a text, token by token.",
///   example: "demo.generate(\"The movie was\", maxTokens: 8)",
///   neighbours: ["HF": "generate"]
/// ) { model, call in
///   try model.generate(call.string("prompt"), maxTokens: call.int("maxTokens"), isCancelled: call.isCancelled).value
/// }
/// ```
package struct Command: Sendable {
  /// How a command is written in a cell.
  package enum Kind: Sendable, Hashable {
    /// `name(…)`
    case function
    /// `receiver.name(…)`
    case method
    /// `receiver.name`
    case property
    /// `receiver[…]`
    case `subscript`
  }

  /// What a command does when it is called.
  enum Body: Sendable {
    case plain(@Sendable (Invocation) throws -> Value)
    /// Changes the receiver, as `append` does; the receiver must be a variable.
    case mutating(@Sendable (Invocation, inout Value) throws -> Value)
  }

  package let kind: Kind
  package let name: String
  /// The type that it belongs to; `nil` for a function.
  package let receiver: TypeName?
  package let parameters: [Parameter]
  /// The parameter that arguments with labels of the caller's own choice go to, as in `interact(temperature:
  /// 0.0...2.0)`.
  ///
  /// Read with ``Invocation/freeArguments``.
  package let freeLabels: Parameter?
  package let result: TypeName
  /// One sentence.
  package let summary: String
  /// More about it, in Markdown.
  package let discussion: String
  /// A cell that runs.
  package let example: String
  package let neighbours: Neighbours
  /// The paper or peer behind it.
  package let source: String?
  let body: Body

  /// Whether calling it changes its receiver.
  package var isMutating: Bool {
    if case .mutating = body { true } else { false }
  }

  /// The name with its receiver: `Model.generate`.
  package var qualifiedName: String {
    if kind == .subscript { return "\(receiver?.description ?? "")[…]" }
    return (receiver.map { "\($0)." } ?? "") + name
  }

  /// The command as Swift would declare it.
  package var signature: String {
    let list = (parameters.map(\.signature) + (freeLabels.map { ["…: \($0.type)"] } ?? [])).joined(separator: ", ")
    let arrow = result == .void ? "" : " -> \(result)"
    return switch kind {
    case .function, .method: "\(qualifiedName)(\(list))\(arrow)"
    case .subscript: "\(receiver?.description ?? "")[\(list)]\(arrow)"
    case .property: "\(qualifiedName): \(result)"
    }
  }
}
