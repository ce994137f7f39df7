extension Command {
  /// Declares a function: `load("…")`.
  package static func function(
    _ name: String, _ parameters: [Parameter], freeLabels: Parameter? = nil, returns result: TypeName = .void,
    _ summary: String, discussion: String = "", example: String = "", neighbours: Neighbours = [:],
    source: String? = nil, body: @escaping @Sendable (Invocation) throws -> Value
  ) -> Command {
    Command(
      kind: .function, name: name, receiver: nil, parameters: parameters, freeLabels: freeLabels, result: result,
      summary: summary, discussion: discussion, example: example, neighbours: neighbours, source: source,
      body: .plain(body))
  }

  /// Declares a method of an object type: `model.generate("…")`.
  package static func method<Object: CommandObject>(
    _ name: String, of type: Object.Type, _ parameters: [Parameter], freeLabels: Parameter? = nil,
    returns result: TypeName = .void, _ summary: String, discussion: String = "", example: String = "",
    neighbours: Neighbours = [:], source: String? = nil,
    body: @escaping @Sendable (Object, Invocation) throws -> Value
  ) -> Command {
    Command(
      kind: .method, name: name, receiver: TypeName(type.typeName), parameters: parameters, freeLabels: freeLabels,
      result: result, summary: summary, discussion: discussion, example: example, neighbours: neighbours,
      source: source, body: .plain { try body($0.receiver(as: type), $0) })
  }

  /// Declares a method of a type of the language itself: `values.map { … }`.
  package static func method(
    _ name: String, on receiver: TypeName, _ parameters: [Parameter], returns result: TypeName = .void,
    _ summary: String, discussion: String = "", example: String = "", neighbours: Neighbours = [:],
    source: String? = nil, body: @escaping @Sendable (Invocation) throws -> Value
  ) -> Command {
    Command(
      kind: .method, name: name, receiver: receiver, parameters: parameters, freeLabels: nil, result: result,
      summary: summary, discussion: discussion, example: example, neighbours: neighbours, source: source,
      body: .plain(body))
  }

  /// Declares a method that changes the variable it is called on: `values.append(4)`.
  static func mutatingMethod(
    _ name: String, on receiver: TypeName, _ parameters: [Parameter], returns result: TypeName = .void,
    _ summary: String, example: String = "",
    body: @escaping @Sendable (Invocation, inout Value) throws -> Value
  ) -> Command {
    Command(
      kind: .method, name: name, receiver: receiver, parameters: parameters, freeLabels: nil, result: result,
      summary: summary, discussion: "", example: example, neighbours: [:], source: nil, body: .mutating(body))
  }

  /// Declares a property of an object type: `generation.text`.
  package static func property<Object: CommandObject>(
    _ name: String, of type: Object.Type, returns result: TypeName, _ summary: String, discussion: String = "",
    example: String = "", neighbours: Neighbours = [:], source: String? = nil,
    body: @escaping @Sendable (Object) throws -> Value
  ) -> Command {
    Command(
      kind: .property, name: name, receiver: TypeName(type.typeName), parameters: [], freeLabels: nil, result: result,
      summary: summary, discussion: discussion, example: example, neighbours: neighbours, source: source,
      body: .plain { try body($0.receiver(as: type)) })
  }

  /// Declares a property of a type of the language itself: `values.count`.
  package static func property(
    _ name: String, on receiver: TypeName, returns result: TypeName, _ summary: String, example: String = "",
    neighbours: Neighbours = [:], body: @escaping @Sendable (Value) throws -> Value
  ) -> Command {
    Command(
      kind: .property, name: name, receiver: receiver, parameters: [], freeLabels: nil, result: result,
      summary: summary, discussion: "", example: example, neighbours: neighbours, source: nil,
      body: .plain { try body($0.receiver) })
  }

  /// Declares what square brackets do on an object type: `model["blk.0.attn_q"]`.
  package static func `subscript`<Object: CommandObject>(
    of type: Object.Type, _ parameters: [Parameter], returns result: TypeName, _ summary: String,
    discussion: String = "", example: String = "",
    body: @escaping @Sendable (Object, Invocation) throws -> Value
  ) -> Command {
    Command(
      kind: .subscript, name: "subscript", receiver: TypeName(type.typeName), parameters: parameters, freeLabels: nil,
      result: result, summary: summary, discussion: discussion, example: example, neighbours: [:], source: nil,
      body: .plain { try body($0.receiver(as: type), $0) })
  }
}
