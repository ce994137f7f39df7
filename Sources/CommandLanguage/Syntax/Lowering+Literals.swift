import SwiftParser
import SwiftSyntax

extension Lowering {
  func literal(_ node: ExprSyntax) throws -> Expression {
    switch node.as(ExprSyntaxEnum.self) {
    case .integerLiteralExpr(let node):
      guard let value = node.representedLiteralValue else {
        throw problem(.syntax("this number is too large for an Int"), at: node)
      }
      return expression(.literal(.int(value)), at: node)
    case .floatLiteralExpr(let node): return expression(.literal(.double(try double(node))), at: node)
    case .booleanLiteralExpr(let node):
      return expression(.literal(.bool(node.literal.tokenKind == .keyword(.true))), at: node)
    case .stringLiteralExpr(let node): return try string(node)
    case .arrayExpr(let node):
      return expression(.array(try node.elements.map { try expression($0.expression) }), at: node)
    case .dictionaryExpr(let node): return try dictionary(node)
    case .tupleExpr(let node): return try tuple(node)
    default: return expression(.literal(.null), at: node)
    }
  }

  private func double(_ node: FloatLiteralExprSyntax) throws -> Double {
    guard let value = Double(node.literal.text.filter { $0 != "_" }), value.isFinite else {
      throw problem(.syntax("this number is too large for a Double"), at: node)
    }
    return value
  }

  private func string(_ node: StringLiteralExprSyntax) throws -> Expression {
    let parts = try node.segments.map { segment -> StringPart in
      switch segment {
      case .stringSegment(let text): return .text(try self.text(of: text, in: node))
      case .expressionSegment(let value):
        guard value.expressions.count == 1, let inner = value.expressions.first, inner.label == nil else {
          throw problem(.syntax("one value is needed inside \\( )"), at: value)
        }
        return .value(try expression(inner.expression))
      }
    }
    let texts = parts.compactMap { if case .text(let text) = $0 { text } else { nil } }
    guard texts.count < parts.count else { return expression(.literal(.string(texts.joined())), at: node) }
    return expression(.interpolation(parts), at: node)
  }

  /// The text of one segment with its escapes resolved, which swift-syntax does for a literal as a whole.
  private func text(of segment: StringSegmentSyntax, in node: StringLiteralExprSyntax) throws -> String {
    var alone = node
    alone.segments = StringLiteralSegmentListSyntax([.stringSegment(segment)])
    guard let text = alone.representedLiteralValue else {
      throw problem(.syntax("this text has an escape that Swift does not know"), at: segment)
    }
    return text
  }

  private func dictionary(_ node: DictionaryExprSyntax) throws -> Expression {
    guard case .elements(let elements) = node.content else { return expression(.dictionary([]), at: node) }
    let entries = try elements.map { (key: try expression($0.key), value: try expression($0.value)) }
    return expression(.dictionary(entries), at: node)
  }

  private func tuple(_ node: TupleExprSyntax) throws -> Expression {
    let elements = try node.elements.map {
      LabelledExpression(label: $0.label.map(name), value: try expression($0.expression))
    }
    if elements.count == 1, elements[0].label == nil {
      return Expression(kind: elements[0].value.kind, range: range(of: node))
    }
    return expression(.tuple(elements), at: node)
  }
}
