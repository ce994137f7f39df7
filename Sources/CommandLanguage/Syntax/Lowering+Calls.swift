import SwiftSyntax

extension Lowering {
  func call(_ node: FunctionCallExprSyntax) throws -> Expression {
    let arguments = try arguments(node.arguments) + trailingClosures(of: node)
    if let member = node.calledExpression.as(MemberAccessExprSyntax.self), member.base == nil {
      return expression(.symbol(name: name(member.declName.baseName), arguments: arguments), at: node)
    }
    if arguments.isEmpty, let empty = emptyCollection(node.calledExpression) { return expression(empty, at: node) }
    let callee = try expression(node.calledExpression)
    return expression(.call(Call(callee: callee, arguments: arguments, at: place(of: callee))), at: node)
  }

  func arguments(_ list: LabeledExprListSyntax) throws -> [Argument] {
    try list.map { node in
      Argument(
        label: node.label.map(name), labelRange: node.label.map(range(of:)), value: try expression(node.expression))
    }
  }

  private func trailingClosures(of node: FunctionCallExprSyntax) throws -> [Argument] {
    let first = try node.trailingClosure.map {
      Argument(label: nil, labelRange: nil, value: try closure($0), isTrailing: true)
    }
    let others = try node.additionalTrailingClosures.map {
      Argument(label: name($0.label), labelRange: range(of: $0.label), value: try closure($0.closure), isTrailing: true)
    }
    return (first.map { [$0] } ?? []) + others
  }

  /// `[Int]()` and `[String: Int]()`, which make an empty array and dictionary.
  private func emptyCollection(_ callee: ExprSyntax) -> ExpressionKind? {
    if callee.is(ArrayExprSyntax.self) { return .array([]) }
    return callee.is(DictionaryExprSyntax.self) ? .dictionary([]) : nil
  }

  /// Where errors of a call point: at the last name before its parenthesis.
  private func place(of callee: Expression) -> SourceRange {
    if case .member(_, _, let range) = callee.kind { range } else { callee.range }
  }
}
