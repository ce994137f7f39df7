import SwiftSyntax

extension Lowering {
  /// Operands and operators between them that one flat run of an expression may have.
  private static let lengthLimit = 400

  /// Gives a flat run of operands and operators its tree, by precedence climbing.
  func sequence(_ node: SequenceExprSyntax) throws -> Expression {
    let elements = Array(node.elements)
    guard elements.count <= Self.lengthLimit else { throw problem(.tooDeeplyNested, at: node) }
    guard elements.count % 2 == 1 else {
      throw problem(.syntax("an expression is missing after this operator"), at: elements[elements.count - 1])
    }
    let infixes = try stride(from: 1, to: elements.count, by: 2).map { try infixOperator(elements[$0]) }
    var position = 0
    return try climb(elements, infixes, &position, above: 0)
  }

  /// Reads the operand at a position, counted in operands, and every operator that binds more tightly than a level.
  private func climb(
    _ elements: [ExprSyntax], _ infixes: [InfixOperator], _ position: inout Int, above level: Int
  ) throws -> Expression {
    var left = try operand(elements, 2 * position)
    while position < infixes.count, infixes[position].precedence > level {
      let infix = infixes[position]
      let node = elements[2 * position + 1]
      position += 1
      let next = infix.isRightAssociative ? infix.precedence - 1 : infix.precedence
      let right = try climb(elements, infixes, &position, above: next)
      left = combine(left, infix, right, at: node)
      if infix.isNonAssociative, position < infixes.count, infixes[position].precedence == infix.precedence {
        let place = elements[2 * position + 1]
        throw problem(.syntax("'\(infix.text)' cannot be chained; put parentheses around one side"), at: place)
      }
    }
    return left
  }

  /// The operand at a position; `_` stands only on the left of `=`.
  private func operand(_ elements: [ExprSyntax], _ position: Int) throws -> Expression {
    let node = elements[position]
    let isAssigned = position + 1 < elements.count && elements[position + 1].is(AssignmentExprSyntax.self)
    if isAssigned, node.is(DiscardAssignmentExprSyntax.self) { return expression(.name("_"), at: node) }
    return try expression(node)
  }

  private func infixOperator(_ node: ExprSyntax) throws -> InfixOperator {
    if node.is(AssignmentExprSyntax.self) { return .assignment }
    if let ternary = node.as(UnresolvedTernaryExprSyntax.self) {
      return .ternary(try expression(ternary.thenExpression))
    }
    if let binary = node.as(BinaryOperatorExprSyntax.self) {
      if let known = InfixOperator(binary.operator.text) { return known }
      throw unknownOperator(binary.operator)
    }
    if node.is(UnresolvedAsExprSyntax.self) {
      throw unsupported("'as'", at: node, insteadOf: "convert with Int(…), Double(…) or String(…)")
    }
    if node.is(UnresolvedIsExprSyntax.self) { throw unsupported("'is'", at: node) }
    throw problem(.syntax("an operator is missing before this"), at: node)
  }

  private func combine(
    _ left: Expression, _ infix: InfixOperator, _ right: Expression, at node: ExprSyntax
  ) -> Expression {
    let place = range(of: node)
    let kind: ExpressionKind =
      switch infix {
      case .assignment: .assignment(target: left, operator: nil, value: right, at: place)
      case .compound(let name): .assignment(target: left, operator: name, value: right, at: place)
      case .ternary(let then): .conditional(left, then: then, otherwise: right)
      case .logical(let name): .logical(name, left, right)
      case .range(let isClosed): .range(lower: left, upper: right, isClosed: isClosed)
      case .binary(let name): .binary(name, left, right, at: place)
      }
    return Expression(kind: kind, range: left.range.joined(to: right.range))
  }

  private func unknownOperator(_ token: TokenSyntax) -> LocatedProblem {
    problem(.unknownOperator(token.text), at: token)
  }

  func prefix(_ node: PrefixOperatorExprSyntax) throws -> Expression {
    let operand = try expression(node.expression)
    let text = node.operator.text
    if text == "..." || text == "..<" {
      return expression(.range(lower: nil, upper: operand, isClosed: text == "..."), at: node)
    }
    guard let name = PrefixOperator(rawValue: text) else {
      throw unknownOperator(node.operator)
    }
    if name == .minus, case .literal(let value) = operand.kind {
      if let number = value.int { return expression(.literal(.int(-number)), at: node) }
      if case .double(let number) = value { return expression(.literal(.double(-number)), at: node) }
    }
    return expression(.prefix(name, operand), at: node)
  }

  func postfix(_ node: PostfixOperatorExprSyntax) throws -> Expression {
    guard node.operator.text == "..." else {
      throw unknownOperator(node.operator)
    }
    return expression(.range(lower: try expression(node.expression), upper: nil, isClosed: true), at: node)
  }
}
