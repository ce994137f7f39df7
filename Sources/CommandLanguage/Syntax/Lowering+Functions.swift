import SwiftSyntax

extension Lowering {
  func function(_ node: FunctionDeclSyntax) throws -> Statement {
    if let clause = node.genericParameterClause { throw unsupported("generic functions", at: clause) }
    if let modifier = node.modifiers.first { throw unsupported("'\(modifier.name.text)'", at: modifier) }
    guard let body = node.body else { throw problem(.syntax("this function has no body"), at: node) }
    let declaration = FunctionDeclaration(
      name: name(node.name), parameters: try node.signature.parameterClause.parameters.map(parameter),
      returnsValue: returnsValue(node.signature.returnClause), body: try statements(body.statements))
    return statement(.function(declaration), at: node)
  }

  private func returnsValue(_ clause: ReturnClauseSyntax?) -> Bool {
    guard let type = clause?.type else { return false }
    if let tuple = type.as(TupleTypeSyntax.self) { return !tuple.elements.isEmpty }
    return type.as(IdentifierTypeSyntax.self)?.name.text != "Void"
  }

  private func parameter(_ node: FunctionParameterSyntax) throws -> FunctionParameter {
    if let ellipsis = node.ellipsis {
      throw unsupported("functions of any number of values", at: ellipsis, insteadOf: "take an array")
    }
    if node.type.is(AttributedTypeSyntax.self), node.type.trimmedDescription.hasPrefix("inout") {
      throw unsupported("'inout'", at: node.type, insteadOf: "return the new value")
    }
    let label = name(node.firstName)
    return FunctionParameter(
      label: label == "_" ? nil : label, name: node.secondName.map(name) ?? label, type: annotation(node.type),
      defaultValue: try node.defaultValue.map { try expression($0.value) })
  }

  func closure(_ node: ClosureExprSyntax) throws -> Expression {
    let inner = try inside(node)
    if let capture = node.signature?.capture { throw unsupported("capture lists", at: capture) }
    let body = try inner.statements(node.statements)
    let parameters = try node.signature?.parameterClause.map(closureParameters) ?? shorthandParameters(of: node)
    return expression(.closure(ClosureLiteral(parameters: parameters, body: body)), at: node)
  }

  private func closureParameters(_ clause: ClosureSignatureSyntax.ParameterClause) throws -> [FunctionParameter] {
    switch clause {
    case .simpleInput(let list):
      return list.map { FunctionParameter(label: nil, name: name($0.name), type: nil, defaultValue: nil) }
    case .parameterClause(let clause):
      return clause.parameters.map { node in
        FunctionParameter(
          label: nil, name: name(node.secondName ?? node.firstName), type: node.type.map(annotation), defaultValue: nil)
      }
    }
  }

  /// `$0`, `$1` … as far as the closure itself, not one inside it, uses them.
  private func shorthandParameters(of node: ClosureExprSyntax) -> [FunctionParameter] {
    var highest = -1
    var pending = Array(node.statements.children(viewMode: .sourceAccurate))
    while let next = pending.popLast() {
      if let token = next.as(TokenSyntax.self) {
        if case .dollarIdentifier(let text) = token.tokenKind { highest = max(highest, Int(text.dropFirst()) ?? -1) }
      } else if !next.is(ClosureExprSyntax.self) {
        pending.append(contentsOf: next.children(viewMode: .sourceAccurate))
      }
    }
    guard highest >= 0 else { return [] }
    return (0...min(highest, 9)).map { FunctionParameter(label: nil, name: "$\($0)", type: nil, defaultValue: nil) }
  }
}
