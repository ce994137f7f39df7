import SwiftSyntax

extension Lowering {
  /// The names on the left of `=` and after `for`.
  func pattern(_ node: PatternSyntax) throws -> Pattern {
    switch node.as(PatternSyntaxEnum.self) {
    case .identifierPattern(let node): return .name(name(node.identifier))
    case .wildcardPattern: return .ignored
    case .tuplePattern(let node):
      let inner = try inside(node)
      return .tuple(try node.elements.map { try inner.pattern($0.pattern) })
    case .valueBindingPattern(let node): return try inside(node).pattern(node.pattern)
    case .expressionPattern(let node): return try pattern(node.expression)
    default: throw unsupported("patterns of this kind", at: node)
    }
  }

  /// A pattern that the parser read as an expression, as the parts of `case let (a, b)`.
  private func pattern(_ node: ExprSyntax) throws -> Pattern {
    switch node.as(ExprSyntaxEnum.self) {
    case .declReferenceExpr(let node): return .name(name(node.baseName))
    case .discardAssignmentExpr: return .ignored
    case .patternExpr(let node): return try inside(node).pattern(node.pattern)
    case .tupleExpr(let node):
      let inner = try inside(node)
      return .tuple(try node.elements.map { try inner.pattern($0.expression) })
    default: throw unsupported("patterns of this kind", at: node)
    }
  }

  /// What stands between `case` and the colon.
  func switchPattern(_ node: PatternSyntax) throws -> SwitchPatternKind {
    switch node.as(PatternSyntaxEnum.self) {
    case .valueBindingPattern(let node): return .binding(try pattern(node.pattern))
    case .wildcardPattern: return .binding(.ignored)
    case .identifierPattern(let node): return .expression(expression(.name(name(node.identifier)), at: node))
    case .expressionPattern(let node): return try switchPattern(node.expression)
    default: throw unsupported("patterns of this kind", at: node)
    }
  }

  private func switchPattern(_ node: ExprSyntax) throws -> SwitchPatternKind {
    switch node.as(ExprSyntaxEnum.self) {
    case .discardAssignmentExpr: return .binding(.ignored)
    case .patternExpr(let node): return try inside(node).switchPattern(node.pattern)
    case .tupleExpr(let node) where node.elements.count > 1:
      let inner = try inside(node)
      return .tuple(try node.elements.map { try inner.switchPattern($0.expression) })
    default: return .expression(try expression(node))
    }
  }
}
