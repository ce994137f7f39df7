import SwiftSyntax

extension Lowering {
  func statement(_ node: StmtSyntax, label: String?) throws -> Statement {
    statement(try statementKind(node, label: label), at: node)
  }

  private func statementKind(_ node: StmtSyntax, label: String?) throws -> StatementKind {
    switch node.as(StmtSyntaxEnum.self) {
    case .expressionStmt(let node): return .expression(try expression(node.expression))
    case .labeledStmt(let node): return try inside(node).statementKind(node.statement, label: name(node.label))
    case .guardStmt(let node):
      return .guard(try conditions(node.conditions), otherwise: try statements(node.body.statements))
    case .forStmt(let node): return .for(try loop(node, label: label))
    case .whileStmt(let node):
      return .while(try conditions(node.conditions), body: try statements(node.body.statements), label: label)
    case .repeatStmt(let node):
      let body = try statements(node.body.statements)
      return .repeat(body: body, condition: try expression(node.condition), label: label)
    case .breakStmt(let node): return .break(label: node.label.map(name))
    case .continueStmt(let node): return .continue(label: node.label.map(name))
    case .fallThroughStmt: return .fallthrough
    case .returnStmt(let node): return .return(try node.expression.map(expression))
    case .doStmt(let node): throw unsupported("'do'", at: node, insteadOf: "write the statements without it")
    default: throw unsupported("'\(node.firstToken(viewMode: .sourceAccurate)?.text ?? "")'", at: node)
    }
  }

  private func loop(_ node: ForStmtSyntax, label: String?) throws -> ForLoop {
    ForLoop(
      pattern: try pattern(node.pattern), sequence: try expression(node.sequence),
      condition: try node.whereClause.map { try expression($0.condition) },
      body: try statements(node.body.statements), label: label)
  }

  func conditions(_ list: ConditionElementListSyntax) throws -> [Condition] {
    try list.map { element in
      switch element.condition {
      case .expression(let node):
        let condition = try expression(node)
        if case .assignment(_, nil, _, let place) = condition.kind {
          throw LocatedProblem(problem: .assignmentAsCondition, range: place)
        }
        return .expression(condition)
      case .optionalBinding(let node): return try binding(node)
      case .matchingPattern(let node):
        throw unsupported("'if case'", at: node, insteadOf: "use 'switch'")
      case .availability(let node): throw unsupported("'#available'", at: node)
      }
    }
  }

  private func binding(_ node: OptionalBindingConditionSyntax) throws -> Condition {
    guard let identifier = node.pattern.as(IdentifierPatternSyntax.self) else {
      throw problem(.syntax("a name is needed after '\(node.bindingSpecifier.text)'"), at: node.pattern)
    }
    let name = name(identifier.identifier)
    let value = try node.initializer.map { try expression($0.value) } ?? expression(.name(name), at: identifier)
    return .binding(name: name, value: value, isMutable: node.bindingSpecifier.tokenKind == .keyword(.var))
  }

  func ifExpression(_ node: IfExprSyntax) throws -> IfExpression {
    let inner = try inside(node)
    let otherwise: [Statement]? =
      switch node.elseBody {
      case .codeBlock(let block): try inner.statements(block.statements)
      case .ifExpr(let chained):
        [statement(.expression(expression(.if(try inner.ifExpression(chained)), at: chained)), at: chained)]
      case nil: nil
      }
    return IfExpression(
      conditions: try inner.conditions(node.conditions), then: try inner.statements(node.body.statements),
      otherwise: otherwise)
  }

  func switchExpression(_ node: SwitchExprSyntax) throws -> SwitchExpression {
    let cases = try node.cases.map { element -> SwitchCase in
      switch element {
      case .switchCase(let node): return try switchCase(node)
      case .ifConfigDecl(let node): throw unsupported("'#if'", at: node)
      }
    }
    return SwitchExpression(subject: try expression(node.subject), cases: cases)
  }

  private func switchCase(_ node: SwitchCaseSyntax) throws -> SwitchCase {
    let body = try statements(node.statements)
    switch node.label {
    case .default: return SwitchCase(patterns: [], isDefault: true, body: body)
    case .case(let label):
      let patterns = try label.caseItems.map { item in
        SwitchPattern(
          kind: try switchPattern(item.pattern), condition: try item.whereClause.map { try expression($0.condition) })
      }
      return SwitchCase(patterns: patterns, isDefault: false, body: body)
    }
  }
}
