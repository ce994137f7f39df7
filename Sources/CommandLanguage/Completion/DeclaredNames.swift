import SwiftSyntax

/// Collects the names that a cell declares before a place, with their types where these can be known.
final class DeclaredNames: SyntaxVisitor {
  private(set) var inference: TypeInference
  private let lowering: Lowering
  private let end: Int

  /// - Parameter end: The offset at which to stop.
  init(in tree: SourceFileSyntax, before end: Int, lowering: Lowering, inference: TypeInference) {
    self.inference = inference
    self.lowering = lowering
    self.end = end
    super.init(viewMode: .sourceAccurate)
    walk(tree)
  }

  private func declare(_ name: TokenSyntax, _ type: TypeName?) {
    guard name.presence == .present, !name.text.isEmpty else { return }
    inference.declared[lowering.name(name)] = type ?? .any
  }

  private func type(of expression: ExprSyntax?) -> TypeName? {
    expression.flatMap { try? lowering.expression($0) }.flatMap { inference.type(of: $0) }
  }

  private func isBeforeEnd(_ node: some SyntaxProtocol) -> Bool {
    node.positionAfterSkippingLeadingTrivia.utf8Offset < end
  }

  override func visit(_ node: PatternBindingSyntax) -> SyntaxVisitorContinueKind {
    // A name does not yet stand for the value that is being given to it.
    guard node.endPositionBeforeTrailingTrivia.utf8Offset < end else { return .visitChildren }
    if let name = node.pattern.as(IdentifierPatternSyntax.self) {
      declare(name.identifier, type(of: node.initializer?.value))
    } else if let tuple = node.pattern.as(TuplePatternSyntax.self) {
      for name in tuple.elements.compactMap({ $0.pattern.as(IdentifierPatternSyntax.self) }) {
        declare(name.identifier, nil)
      }
    }
    return .visitChildren
  }

  override func visit(_ node: OptionalBindingConditionSyntax) -> SyntaxVisitorContinueKind {
    if isBeforeEnd(node), let name = node.pattern.as(IdentifierPatternSyntax.self) {
      declare(name.identifier, type(of: node.initializer?.value))
    }
    return .visitChildren
  }

  override func visit(_ node: ForStmtSyntax) -> SyntaxVisitorContinueKind {
    guard isBeforeEnd(node) else { return .skipChildren }
    if let name = node.pattern.as(IdentifierPatternSyntax.self) {
      let sequence = type(of: node.sequence)
      let element =
        sequence == .range ? .int : sequence.flatMap { $0.element ?? inference.registry.elementType(of: $0) }
      declare(name.identifier, element)
    } else if let tuple = node.pattern.as(TuplePatternSyntax.self) {
      for name in tuple.elements.compactMap({ $0.pattern.as(IdentifierPatternSyntax.self) }) {
        declare(name.identifier, nil)
      }
    }
    return .visitChildren
  }

  override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind {
    guard isBeforeEnd(node) else { return .skipChildren }
    declare(node.name, "Function")
    return .visitChildren
  }

  override func visit(_ node: FunctionParameterSyntax) -> SyntaxVisitorContinueKind {
    if isBeforeEnd(node) {
      declare(node.secondName ?? node.firstName, TypeName(node.type.trimmedDescription))
    }
    return .visitChildren
  }

  override func visit(_ node: ClosureShorthandParameterSyntax) -> SyntaxVisitorContinueKind {
    if isBeforeEnd(node) { declare(node.name, elementType(around: Syntax(node))) }
    return .visitChildren
  }

  override func visit(_ node: DeclReferenceExprSyntax) -> SyntaxVisitorContinueKind {
    if isBeforeEnd(node), case .dollarIdentifier("$0") = node.baseName.tokenKind {
      declare(node.baseName, elementType(around: Syntax(node)))
    }
    return .visitChildren
  }

  /// The type of the elements of `rows` in `rows.map { … }`, for a node inside the braces.
  private func elementType(around node: Syntax) -> TypeName? {
    var node: Syntax? = node
    while let current = node, !current.is(ClosureExprSyntax.self) { node = current.parent }
    while let current = node, !current.is(FunctionCallExprSyntax.self) { node = current.parent }
    let callee = node?.as(FunctionCallExprSyntax.self)?.calledExpression.as(MemberAccessExprSyntax.self)
    guard let sequence = type(of: callee?.base) else { return nil }
    return sequence == .range ? .int : sequence.element ?? inference.registry.elementType(of: sequence)
  }
}
