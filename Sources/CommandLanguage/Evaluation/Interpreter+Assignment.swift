extension Interpreter {
  /// Runs `target = value` or `target += value`.
  func assign(
    _ target: Expression, _ name: BinaryOperator?, _ value: Expression, at place: SourceRange, in scope: Scope
  ) throws {
    let right = try evaluate(value, in: scope)
    if let name {
      try modify(target, in: scope) { $0 = try apply(name, $0, right, at: place) }
    } else {
      try assign(right, to: target, in: scope)
    }
  }

  private func assign(_ value: Value, to target: Expression, in scope: Scope) throws {
    switch target.kind {
    case .name("_"): break
    case .name(let name):
      try checkMutable(name, at: target.range, in: scope, isFirstValue: true)
      scope.store(value, for: name)
    case .tuple(let targets):
      guard case .tuple(let elements) = value, elements.count == targets.count else {
        throw located(.patternCount(expected: targets.count, found: value.type), at: target.range)
      }
      for (target, element) in zip(targets, elements) { try assign(element.value, to: target.value, in: scope) }
    default: try modify(target, in: scope, replaces: true) { $0 = value }
    }
  }

  /// Changes a variable, or a part of one, in place.
  ///
  /// - Parameter replaces: Whether the old value does not matter, so that a dictionary may lack the key.
  @discardableResult
  func modify<Result>(
    _ target: Expression, in scope: Scope, replaces: Bool = false, _ body: (inout Value) throws -> Result
  ) throws -> Result {
    switch target.kind {
    case .name(let name):
      try checkMutable(name, at: target.range, in: scope, isFirstValue: false)
      guard var value = scope.binding(name)?.value else { throw located(.noInput(name), at: target.range) }
      // The variable lets go of its value meanwhile, so that an array grows in place and is not copied.
      scope.store(.null, for: name)
      defer { scope.store(value, for: name) }
      return try body(&value)
    case .element(let base, let arguments):
      try checkParts(of: base, "[…]", at: target.range, in: scope)
      let arguments = try evaluate(arguments, in: scope)
      return try modify(base, in: scope) { container in
        try modifyElement(of: &container, arguments, at: target.range, replaces: replaces, body)
      }
    case .member(let base, let name, let place):
      try checkParts(of: base, name, at: place, in: scope)
      return try modify(base, in: scope) { container in
        guard case .tuple(var elements) = container, let position = elements.position(of: name) else {
          throw located(.readOnlyMember(name, of: container.type), at: place)
        }
        defer { container = .tuple(elements) }
        return try body(&elements[position].value)
      }
    case .unwrap(let inner): return try modify(inner, in: scope, replaces: replaces, body)
    default: throw located(.notAssignable, at: target.range)
    }
  }

  private func modifyElement<Result>(
    of container: inout Value, _ arguments: [WrittenArgument], at range: SourceRange, replaces: Bool,
    _ body: (inout Value) throws -> Result
  ) throws -> Result {
    guard let index = arguments.first else { throw located(.syntax("an index is missing"), at: range) }
    switch (container, index.value) {
    case (.array(var elements), .int(let position)):
      guard elements.indices.contains(position) else {
        throw located(.indexOutOfRange(position, count: elements.count), at: index.range)
      }
      container = .null
      defer { container = .array(elements) }
      return try body(&elements[position])
    case (.dictionary(var dictionary), let key) where ValueDictionary.canHold(key: key):
      var value = try replaces ? .null : element(of: container, arguments, at: range)
      container = .null
      defer { container = .dictionary(dictionary) }
      let result = try body(&value)
      dictionary[key] = value.isNull ? nil : value
      return result
    case (.object(let object), _): throw located(.readOnlyMember("[…]", of: TypeName(object.typeName)), at: range)
    default: throw located(.wrongIndex(index.value.type, in: container.type), at: index.range)
    }
  }

  /// Objects have no parts that can be set, whatever variable holds them.
  private func checkParts(of base: Expression, _ part: String, at range: SourceRange, in scope: Scope) throws {
    guard case .name(let name) = base.kind, case .object(let object)? = scope.binding(name)?.value else { return }
    throw located(.readOnlyMember(part, of: TypeName(object.typeName)), at: range)
  }

  private func checkMutable(_ name: String, at range: SourceRange, in scope: Scope, isFirstValue: Bool) throws {
    guard let binding = scope.binding(name) else { throw unknownName(name, at: range, in: scope) }
    guard binding.isMutable || (isFirstValue && binding.value == nil) else { throw located(.constant(name), at: range) }
  }
}
