/// An expression of the command language, and where it stands.
struct Expression: Sendable {
  let kind: ExpressionKind
  let range: SourceRange
}

indirect enum ExpressionKind: Sendable {
  case literal(Value)
  case interpolation([StringPart])
  case array([Expression])
  case dictionary([(key: Expression, value: Expression)])
  case tuple([LabelledExpression])
  case name(String)
  /// `.nf4`, `.nf4(blockSize: 64)`.
  case symbol(name: String, arguments: [Argument])
  case prefix(PrefixOperator, Expression)
  case binary(BinaryOperator, Expression, Expression, at: SourceRange)
  case logical(LogicalOperator, Expression, Expression)
  case range(lower: Expression?, upper: Expression?, isClosed: Bool)
  case assignment(target: Expression, operator: BinaryOperator?, value: Expression, at: SourceRange)
  case conditional(Expression, then: Expression, otherwise: Expression)
  case call(Call)
  case member(Expression, name: String, at: SourceRange)
  case element(Expression, [Argument])
  /// `x!`.
  case unwrap(Expression)
  case closure(ClosureLiteral)
  case `if`(IfExpression)
  case `switch`(SwitchExpression)
  /// `load?`: the help page of what it names.
  case help(Expression)
}

enum StringPart: Sendable {
  case text(String)
  case value(Expression)
}

struct LabelledExpression: Sendable {
  let label: String?
  let value: Expression
}

/// An argument of a call as it is written.
struct Argument: Sendable {
  let label: String?
  let labelRange: SourceRange?
  let value: Expression
  /// Whether it is a closure behind the parentheses.
  var isTrailing = false
}

struct Call: Sendable {
  let callee: Expression
  let arguments: [Argument]
  /// The name or expression that is called, where errors of the call point.
  let at: SourceRange
}

struct ClosureLiteral: Sendable {
  let parameters: [FunctionParameter]
  let body: [Statement]
}

/// A parameter of a function or closure that a cell declares.
struct FunctionParameter: Sendable {
  /// The label of its argument, or `nil` for `_` and in closures.
  let label: String?
  let name: String
  let type: TypeAnnotation?
  let defaultValue: Expression?
}

/// A type written after a colon: a few names are checked and converted to, others are taken as they are.
indirect enum TypeAnnotation: Sendable {
  case named(String)
  case array(TypeAnnotation)
  case optional(TypeAnnotation)
  case other
}

enum PrefixOperator: String, Sendable {
  case minus = "-"
  case plus = "+"
  case not = "!"
}

enum BinaryOperator: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"
  case power = "**"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
}

/// An operator that looks at its right side only when it must.
enum LogicalOperator: String, Sendable {
  case and = "&&"
  case or = "||"
  case coalesce = "??"
}
