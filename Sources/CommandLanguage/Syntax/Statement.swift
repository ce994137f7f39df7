/// A statement of the command language, and where it stands.
struct Statement: Sendable {
  let kind: StatementKind
  let range: SourceRange
}

indirect enum StatementKind: Sendable {
  case expression(Expression)
  case binding(Pattern, type: TypeAnnotation?, value: Expression?, isMutable: Bool)
  case function(FunctionDeclaration)
  case `guard`([Condition], otherwise: [Statement])
  case `for`(ForLoop)
  case `while`([Condition], body: [Statement], label: String?)
  case `repeat`(body: [Statement], condition: Expression, label: String?)
  case `break`(label: String?)
  case `continue`(label: String?)
  case `fallthrough`
  case `return`(Expression?)
  case directive(Directive)
}

struct FunctionDeclaration: Sendable {
  let name: String
  let parameters: [FunctionParameter]
  let returnsValue: Bool
  let body: [Statement]
}

struct ForLoop: Sendable {
  let pattern: Pattern
  let sequence: Expression
  let condition: Expression?
  let body: [Statement]
  let label: String?
}

/// What a value is taken apart into: `x`, `(index, row)`, `_`.
indirect enum Pattern: Sendable {
  case name(String)
  case tuple([Pattern])
  case ignored
}

/// One part of the condition of `if`, `guard` and `while`.
enum Condition: Sendable {
  case expression(Expression)
  /// `if let x = …`: holds when the value is not `nil`.
  case binding(name: String, value: Expression, isMutable: Bool)
}

struct IfExpression: Sendable {
  let conditions: [Condition]
  let then: [Statement]
  /// The statements after `else`; `else if` is an `else` with one statement.
  let otherwise: [Statement]?
}

struct SwitchExpression: Sendable {
  let subject: Expression
  let cases: [SwitchCase]
}

struct SwitchCase: Sendable {
  /// The patterns of this case; empty for `default`.
  let patterns: [SwitchPattern]
  let isDefault: Bool
  let body: [Statement]
}

struct SwitchPattern: Sendable {
  let kind: SwitchPatternKind
  let condition: Expression?
}

indirect enum SwitchPatternKind: Sendable {
  /// A value to be equal to, or a range to lie in.
  case expression(Expression)
  /// `let x`: fits everything and gives it a name.
  case binding(Pattern)
  case tuple([SwitchPatternKind])
}

/// A `%` line, one of the few commands of the notebook itself.
enum Directive: Sendable {
  /// `%time`: runs the statement and shows how long it took.
  case time(Statement)
  case reset
  case who
  case list
}
