import SwiftDiagnostics
import SwiftParserDiagnostics
import SwiftSyntax

/// Whether a cell can run as it is, or the user will go on writing.
package enum Completeness: Sendable, Equatable {
  case complete
  /// Something is open; the next line begins with this indentation.
  case incomplete(indent: String)
  case invalid
}

extension Session {
  /// Whether a cell can run as it is, for consoles that run a line as soon as it is whole.
  package func isComplete(_ source: String) -> Completeness {
    let tree = CellParser(file: SourceFile(name: "cell", text: source)).tree()
    guard tree.hasError else { return .complete }
    let end = tree.endOfFileToken.positionAfterSkippingLeadingTrivia.utf8Offset
    let tokens = CellTokens(of: tree)
    let depth = tokens.openBrackets
    let isTextOpen = tokens.tokens.count { $0.kind == .multilineStringQuote } % 2 == 1
    let diagnostics = ParseDiagnosticsGenerator.diagnostics(for: tree)
    let isAtEnd = diagnostics.allSatisfy {
      $0.position.utf8Offset >= tokens.endOfLastToken || $0.position.utf8Offset >= end
    }
    let isLineTextOpen = tokens.tokens.count { $0.kind == .stringQuote } % 2 == 1
    guard isTextOpen || (isAtEnd && !isLineTextOpen) else { return .invalid }
    return .incomplete(indent: isTextOpen ? "" : String(repeating: "  ", count: max(0, depth)))
  }
}

extension CellTokens {
  fileprivate var endOfLastToken: Int { tokens.last?.upper ?? 0 }

  /// How many brackets are open at the end.
  fileprivate var openBrackets: Int {
    tokens.reduce(0) { depth, token in
      switch token.kind {
      case .leftParen, .leftSquare, .leftBrace: depth + 1
      case .rightParen, .rightSquare, .rightBrace: depth - 1
      default: depth
      }
    }
  }
}
