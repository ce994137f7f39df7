/// A statement of a template, or text and values that it prints.
struct Statement: Sendable {
  let kind: Kind
  /// The line where it starts, from 1.
  let line: Int

  enum Kind: Sendable {
    case data(Text)
    case output(Expression)
    case conditional(branches: [(test: Expression, body: [Statement])], otherwise: [Statement])
    case loop(Loop)
    case assignment(Target, Expression)
    /// `{% set x %}…{% endset %}`.
    case capture(Target, FilterChain, Block)
    case macro(MacroDefinition)
    /// `{% call(a) f(x) %}…{% endcall %}`: the expression is the call, the macro its `caller`.
    case callBlock(Expression, caller: MacroDefinition)
    case filterBlock(FilterChain, Block)
    case with([(target: Target, value: Expression)], Block)
    /// `{% block name %}`, which sees no variables but those of the top level.
    case block(Block)
    /// What the assistant said, for masks.
    case generation(Block)
    case breakLoop
    case continueLoop
  }
}

/// Statements with variables of their own.
struct Block: Sendable {
  let body: [Statement]
  let names: FrameNames
}

/// `{% for target in iterable if test recursive %}…{% else %}…{% endfor %}`.
struct Loop: Sendable {
  let target: Target
  let iterable: Expression
  let test: Expression?
  let isRecursive: Bool
  let body: Block
  let otherwise: Block?
}

/// Where a value is stored.
indirect enum Target: Sendable {
  case name(String)
  /// `{% set namespace.attribute = value %}`.
  case member(of: String, Text)
  case tuple([Target])
}

/// Filters that are applied one after the other to the text of a block.
typealias FilterChain = [(name: String, arguments: ArgumentList, line: Int)]

/// `{% macro name(a, b=1) %}…{% endmacro %}`, or the body of a call block, which has no name.
struct MacroDefinition: Sendable {
  let name: String?
  let parameters: [(name: String, defaultValue: Expression?)]
  let body: Block
  /// Which of `caller`, `kwargs` and `varargs` the body reads without declaring them.
  let implicit: Set<String>
}

/// The names that statements with variables of their own use.
///
/// Jinja compiles variables to Python's local ones. So a name whose first use is to be set, outside of every `if`, is
/// undefined until then, even where the caller of the template passed a variable of that name.
struct FrameNames: Sendable {
  /// Every name that is read or set here.
  private(set) var used: Set<String> = []
  /// The names that are set before they are read.
  private(set) var setFirst: Set<String> = []

  mutating func read(_ name: String) { used.insert(name) }

  mutating func set(_ name: String, isConditional: Bool) {
    if used.insert(name).inserted && !isConditional { setFirst.insert(name) }
  }
}
