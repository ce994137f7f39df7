import SwiftSyntax

/// Turns swift-syntax's tree into the command language's own, and finds what of Swift the language does not have.
///
/// Each family of nodes has its file: `Lowering+Statements`, `+Control`, `+Functions`, `+Expressions`, `+Operators`,
/// `+Calls`, `+Literals`, `+Patterns`.
struct Lowering {
  let file: SourceFile
  /// How many nodes enclose this one.
  private var depth = 0
  /// Nodes inside one another, beyond which a cell is not read.
  ///
  /// Far more than a person writes; few enough that walking the tree needs little stack.
  private static let depthLimit = 200

  init(file: SourceFile) { self.file = file }

  /// The lowering of what stands inside a node.
  ///
  /// - Throws: ``Problem/tooDeeplyNested``.
  func inside(_ node: some SyntaxProtocol) throws -> Lowering {
    var inner = self
    inner.depth += 1
    guard inner.depth <= Self.depthLimit else { throw problem(.tooDeeplyNested, at: node) }
    return inner
  }

  func range(of node: some SyntaxProtocol) -> SourceRange {
    SourceRange(
      file: file, lower: node.positionAfterSkippingLeadingTrivia.utf8Offset,
      upper: node.endPositionBeforeTrailingTrivia.utf8Offset)
  }

  func problem(_ problem: Problem, at node: some SyntaxProtocol) -> LocatedProblem {
    LocatedProblem(problem: problem, range: range(of: node))
  }

  /// The error for a part of Swift that the language does not have.
  func unsupported(_ construct: String, at node: some SyntaxProtocol, insteadOf help: String? = nil) -> LocatedProblem {
    problem(.unsupported(construct, insteadOf: help), at: node)
  }

  func expression(_ kind: ExpressionKind, at node: some SyntaxProtocol) -> Expression {
    Expression(kind: kind, range: range(of: node))
  }

  func statement(_ kind: StatementKind, at node: some SyntaxProtocol) -> Statement {
    Statement(kind: kind, range: range(of: node))
  }

  /// A name without the back quotes that may stand around it.
  func name(_ token: TokenSyntax) -> String {
    token.identifier?.name ?? token.text
  }
}
