import SwiftSyntax

extension Lowering {
  func expression(_ node: ExprSyntax) throws -> Expression {
    let inner = try inside(node)
    switch node.as(ExprSyntaxEnum.self) {
    case .integerLiteralExpr, .floatLiteralExpr, .booleanLiteralExpr, .nilLiteralExpr, .stringLiteralExpr, .arrayExpr,
      .dictionaryExpr, .tupleExpr:
      return try inner.literal(node)
    case .sequenceExpr(let node): return try inner.sequence(node)
    case .prefixOperatorExpr(let node): return try inner.prefix(node)
    case .postfixOperatorExpr(let node): return try inner.postfix(node)
    case .functionCallExpr(let node): return try inner.call(node)
    case .subscriptCallExpr(let node):
      let arguments = try inner.arguments(node.arguments)
      return expression(.element(try inner.expression(node.calledExpression), arguments), at: node)
    case .memberAccessExpr(let node): return try inner.member(node)
    case .declReferenceExpr(let node): return try inner.reference(node)
    case .closureExpr(let node): return try inner.closure(node)
    case .ifExpr(let node): return expression(.if(try inner.ifExpression(node)), at: node)
    case .switchExpr(let node): return expression(.switch(try inner.switchExpression(node)), at: node)
    case .forceUnwrapExpr(let node): return expression(.unwrap(try inner.expression(node.expression)), at: node)
    case .awaitExpr(let node): return try inner.expression(node.expression)
    case .tryExpr(let node) where node.questionOrExclamationMark?.text != "?":
      return try inner.expression(node.expression)
    default: throw inner.unsupportedExpression(node)
    }
  }

  private func reference(_ node: DeclReferenceExprSyntax) throws -> Expression {
    if let names = node.argumentNames { throw problem(.syntax("a value is missing behind the label"), at: names) }
    if case .binaryOperator(let text) = node.baseName.tokenKind { return try operatorFunction(text, at: node) }
    return expression(.name(name(node.baseName)), at: node)
  }

  /// An operator handed over as a function, as in `reduce(0, +)`, which is the closure `{ $0 + $1 }`.
  private func operatorFunction(_ text: String, at node: DeclReferenceExprSyntax) throws -> Expression {
    guard let name = BinaryOperator(rawValue: text) else {
      throw problem(.syntax("the command language has no function '\(text)'"), at: node)
    }
    let names = ["$0", "$1"]
    let operands = names.map { expression(.name($0), at: node) }
    let result = expression(.binary(name, operands[0], operands[1], at: range(of: node)), at: node)
    let parameters = names.map { FunctionParameter(label: nil, name: $0, type: nil, defaultValue: nil) }
    let body = [statement(.expression(result), at: node)]
    return expression(.closure(ClosureLiteral(parameters: parameters, body: body)), at: node)
  }

  private func member(_ node: MemberAccessExprSyntax) throws -> Expression {
    let name = name(node.declName.baseName)
    guard let base = node.base else { return expression(.symbol(name: name, arguments: []), at: node) }
    let receiver = try expression(base)
    if name == "self" { return receiver }
    return expression(.member(receiver, name: name, at: range(of: node.declName)), at: node)
  }

  private func unsupportedExpression(_ node: ExprSyntax) -> LocatedProblem {
    switch node.as(ExprSyntaxEnum.self) {
    case .optionalChainingExpr:
      unsupported("optional chaining", at: node, insteadOf: "use 'if let'; a '?' at the end of a line asks for help")
    case .tryExpr: unsupported("'try?'", at: node)
    case .inOutExpr: unsupported("'&'", at: node, insteadOf: "use && for 'and'")
    case .keyPathExpr: unsupported("key paths", at: node, insteadOf: "write { $0.name }")
    case .macroExpansionExpr: unsupported("'#'", at: node)
    case .regexLiteralExpr: unsupported("regular expressions", at: node)
    case .superExpr: unsupported("'super'", at: node)
    case .discardAssignmentExpr: problem(.syntax("'_' has no value"), at: node)
    case .genericSpecializationExpr: unsupported("generic types", at: node)
    case .missingExpr: problem(.syntax("an expression is missing"), at: node)
    default: unsupported("expressions of this kind", at: node)
    }
  }
}
