/// The type that an expression will have, found without running anything: from the variables as they are now and from
/// the result types that commands declare.
struct TypeInference {
  let registry: CommandRegistry
  let scope: Scope
  /// The types of names that the cell declares before the cursor.
  var declared: [String: TypeName] = [:]

  /// The type, or `nil` when it cannot be known.
  func type(of expression: Expression) -> TypeName? {
    switch expression.kind {
    case .literal(let value): value.type
    case .interpolation: .string
    case .array(let elements): elements.first.flatMap(type(of:)).map { .array(of: $0) } ?? .array
    case .dictionary: .dictionary
    case .range: .range
    case .closure: "Function"
    case .name(let name): declared[name] ?? scope.binding(name)?.value.map(type(of:)) ?? registry.typeNamed(name)
    case .unwrap(let inner): type(of: inner)
    case .conditional(_, let then, _): type(of: then)
    case .binary(let name, let left, let right, _): type(of: name, left, right)
    case .member(let base, let name, _): member(name, of: base)?.resolved
    case .call(let call): type(of: call)
    case .element(let base, let arguments): element(of: base, arguments)
    default: nil
    }
  }

  private func type(of value: Value) -> TypeName {
    if case .function(.command(let command, .null)) = value { return TypeName("\(command.name).Type") }
    return value.type
  }

  private func type(of call: Call) -> TypeName? {
    switch call.callee.kind {
    case .name(let name): registry.function(name)?.result
    case .member(let base, let name, _): member(name, of: base, called: true)?.resolved
    default: nil
    }
  }

  /// The result of a member; where the declaration says `Element`, the receiver's element type.
  private func member(_ name: String, of base: Expression, called: Bool = false) -> MemberType? {
    guard let receiver = type(of: base) else { return nil }
    guard let command = registry.member(name, of: receiver, called: called) else { return nil }
    return MemberType(
      result: command.result, receiver: receiver, element: receiver.element ?? registry.elementType(of: receiver))
  }

  private func element(of base: Expression, _ arguments: [Argument]) -> TypeName? {
    guard let receiver = type(of: base) else { return nil }
    if let command = registry.member("subscript", of: receiver) { return command.result }
    if case .range? = arguments.first?.value.kind { return receiver }
    return receiver.element ?? registry.elementType(of: receiver)
  }

  private func type(of name: BinaryOperator, _ left: Expression, _ right: Expression) -> TypeName? {
    switch name {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: .bool
    default: type(of: right) == .double ? .double : type(of: left)
    }
  }

  private struct MemberType {
    let result: TypeName
    let receiver: TypeName
    let element: TypeName?

    var resolved: TypeName? {
      switch result.description {
      case "Element", "Element?": element
      case "Self": receiver
      case "[Element]": element.map { .array(of: $0) } ?? .array
      case "Any": nil
      default: result
      }
    }
  }
}

extension CommandRegistry {
  /// The type whose members `Double.pi` and the like name.
  fileprivate func typeNamed(_ name: String) -> TypeName? {
    let type = TypeName("\(name).Type")
    return knows(type: type) ? type : nil
  }
}
