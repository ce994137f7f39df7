/// Parses a template's tokens into statements, with the grammar of `jinja2.parser`.
struct Parser {
  private let tokens: [Token]
  private var index = 0
  let limits: TemplateLimits
  /// How many blocks and brackets are open.
  private var depth = 0
  var scopes = ScopeTracker()
  /// Loops around this place that `break` and `continue` can mean.
  var openLoops = 0

  /// The statements of a template, and the names of its top level.
  static func parse(_ source: String, limits: TemplateLimits) throws -> Block {
    guard source.unicodeScalars.count <= limits.source else {
      throw TemplateError(line: 1, reason: .limit(.source, limits.source))
    }
    var parser = Parser(tokens: try Lexer.tokens(of: source), limits: limits)
    let body = try parser.statements(until: [])
    let names = parser.scopes.closeFrame()
    if let unknown = parser.scopes.unknownNames.first { throw unknown }
    return Block(body: body, names: names)
  }

  private init(tokens: [Token], limits: TemplateLimits) {
    self.tokens = tokens
    self.limits = limits
  }

  // MARK: - Tokens

  var current: Token.Kind { tokens[index].kind }
  var line: Int { tokens[index].line }
  var following: Token.Kind { tokens[min(index + 1, tokens.count - 1)].kind }

  mutating func advance() { index = min(index + 1, tokens.count - 1) }

  mutating func skip(_ kind: Token.Kind) -> Bool {
    guard current == kind else { return false }
    advance()
    return true
  }

  mutating func skip(symbol: String) -> Bool { skip(.symbol(symbol)) }
  mutating func skip(word: String) -> Bool { skip(.name(word)) }
  func at(symbol: String) -> Bool { current == .symbol(symbol) }
  func at(word: String) -> Bool { current == .name(word) }

  mutating func expect(_ kind: Token.Kind) throws {
    guard skip(kind) else { throw failure(expected: "\(kind)") }
  }

  mutating func expect(symbol: String) throws { try expect(.symbol(symbol)) }
  mutating func expect(word: String) throws { try expect(.name(word)) }

  mutating func expectName() throws -> String {
    guard case .name(let name) = current else { throw failure(expected: "a name") }
    advance()
    return name
  }

  func failure(expected: String) -> TemplateError { failure(found: "\(current)", expected: expected) }

  func failure(found: String, expected: String, line: Int? = nil) -> TemplateError {
    TemplateError(line: line ?? self.line, reason: .syntax(found: found, expected: expected))
  }

  // MARK: - Depth

  /// Parses what is one level deeper.
  mutating func nested<Result>(_ parse: (inout Parser) throws -> Result) throws -> Result {
    guard depth < limits.nesting else { throw tooDeep }
    depth += 1
    defer { depth -= 1 }
    return try parse(&self)
  }

  /// An expression over `children`, which the limit of nesting holds for too: a chain of operators nests to the left.
  func expression(_ kind: Expression.Kind, over children: [Expression] = [], line: Int) throws -> Expression {
    let height = 1 + (children.map(\.height).max() ?? 0)
    guard height <= limits.nesting else { throw tooDeep }
    return Expression(kind, line: line, height: height)
  }

  private var tooDeep: TemplateError { TemplateError(line: line, reason: .limit(.nesting, limits.nesting)) }
}
