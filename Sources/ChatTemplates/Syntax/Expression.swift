/// An expression of a template.
final class Expression: Sendable {
  let kind: Kind
  /// The line where it starts, from 1.
  let line: Int
  /// How many levels of expressions it has.
  let height: Int

  init(_ kind: Kind, line: Int, height: Int) {
    self.kind = kind
    self.line = line
    self.height = height
  }

  enum Kind: Sendable {
    case none
    case bool(Bool)
    case integer(Int)
    case float(Double)
    case text(Text)
    case name(String)
    case list([Expression])
    case tuple([Expression])
    case dictionary([(key: Expression, value: Expression)])
    case attribute(Expression, Text)
    case item(Expression, Expression)
    case slice(Expression, SliceBounds)
    case call(Expression, ArgumentList)
    case filter(Expression, String, ArgumentList)
    case test(Expression, String, ArgumentList)
    case negative(Expression)
    case positive(Expression)
    case not(Expression)
    case and(Expression, Expression)
    case or(Expression, Expression)
    case arithmetic(Arithmetic, Expression, Expression)
    case concatenation([Expression])
    case comparison(Expression, [(Comparison, Expression)])
    case conditional(test: Expression, then: Expression, otherwise: Expression?)
  }
}

/// `[start:stop:step]`.
struct SliceBounds: Sendable {
  let start, stop, step: Expression?

  var parts: [Expression] { [start, stop, step].compactMap { $0 } }
}

/// What stands between the parentheses of a call.
struct ArgumentList: Sendable {
  var positional: [Expression] = []
  var keywords: [(name: String, value: Expression)] = []
  /// `*values`.
  var morePositional: Expression?
  /// `**values`.
  var moreKeywords: Expression?

  var parts: [Expression] { positional + keywords.map(\.value) + [morePositional, moreKeywords].compactMap { $0 } }
}

enum Arithmetic: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case modulo = "%"
  case power = "**"
}

enum Comparison: String, Sendable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case isIn = "in"
  case isNotIn = "not in"
}
