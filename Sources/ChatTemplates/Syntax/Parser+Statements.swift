/// Text, output and the tags of control flow.
extension Parser {
  /// Statements up to a tag of one of the names in `ends`, whose name is next, or to the end of the template.
  mutating func statements(until ends: Set<String>) throws -> [Statement] {
    var body: [Statement] = []
    while true {
      let start = line
      switch current {
      case .data(let text):
        advance()
        body.append(Statement(kind: .data(text), line: start))
      case .variableBegin:
        advance()
        let value = try tuple()
        try expect(.variableEnd)
        body.append(Statement(kind: .output(value), line: start))
      case .blockBegin:
        advance()
        if case .name(let name) = current, ends.contains(name) { return body }
        body += try nested { try $0.statement() }
        try expect(.blockEnd)
      case .end where ends.isEmpty: return body
      default: throw failure(expected: ends.sorted().map { "'{% \($0) %}'" }.joined(separator: " or "))
      }
    }
  }

  /// The body of a tag up to one of `ends`, whose name is read and returned.
  mutating func body(until ends: Set<String>) throws -> (statements: [Statement], end: String) {
    _ = skip(symbol: ":")
    try expect(.blockEnd)
    let statements = try statements(until: ends)
    return (statements, try expectName())
  }

  /// A body with variables of its own.
  mutating func block(until ends: Set<String>, _ prepare: (inout Parser) throws -> Void = { _ in }) throws -> (
    block: Block, end: String
  ) {
    scopes.openFrame()
    try prepare(&self)
    let (statements, end) = try body(until: ends)
    return (Block(body: statements, names: scopes.closeFrame()), end)
  }

  private mutating func statement() throws -> [Statement] {
    let start = line
    guard case .name(let name) = current else { throw failure(expected: "the name of a tag") }
    advance()
    let kind: Statement.Kind
    switch name {
    case "if": kind = try conditionalBlock()
    case "for": kind = try loop()
    case "set": kind = try assignment()
    case "macro": kind = try macro()
    case "call": kind = try callBlock()
    case "filter": kind = try filterBlock()
    case "with": kind = try with()
    case "block": kind = try namedBlock()
    case "print": return try printed()
    case "break", "continue": kind = try loopControl(name)
    case "generation": kind = try generation()
    case "extends", "include", "import", "from", "autoescape":
      throw TemplateError(line: start, reason: .refusedTag(name))
    default: throw TemplateError(line: start, reason: .unknownTag(name))
    }
    return [Statement(kind: kind, line: start)]
  }

  // MARK: - Control flow

  private mutating func conditionalBlock() throws -> Statement.Kind {
    let known = scopes.pendingCount
    var branches: [(test: Expression, body: [Statement])] = []
    var otherwise: [Statement] = []
    var end = "elif"
    while end == "elif" {
      let test = try tuple(withConditional: false)
      scopes.openConditional()
      let (body, next) = try body(until: ["elif", "else", "endif"])
      scopes.closeConditional()
      branches.append((test, body))
      end = next
    }
    if end == "else" {
      scopes.openConditional()
      otherwise = try body(until: ["endif"]).statements
      scopes.closeConditional()
    }
    scopes.forgive(since: known)
    return .conditional(branches: branches, otherwise: otherwise)
  }

  private mutating func loop() throws -> Statement.Kind {
    let mark = scopes.mark
    let start = line
    let (target, names) = try target(endsAt: "in")
    try expect(word: "in")
    let iterable = try tuple(withConditional: false, endsAt: "recursive")
    scopes.openFrame()
    names.forEach { scopes.declare($0) }
    let test = skip(word: "if") ? try expression() : nil
    _ = scopes.closeFrame()
    let isRecursive = skip(word: "recursive")
    openLoops += 1
    var (body, end) = try block(until: ["endfor", "else"]) { parser in
      (names + ["loop"]).forEach { parser.scopes.declare($0) }
    }
    openLoops -= 1
    var otherwise: Block?
    if end == "else" { (otherwise, end) = try block(until: ["endfor"]) }
    guard !names.contains("loop"), !scopes.isSet("loop", since: mark) else {
      throw failure(found: "an assignment to 'loop' in a loop", expected: "another name", line: start)
    }
    return .loop(
      Loop(
        target: target, iterable: iterable, test: test, isRecursive: isRecursive, body: body, otherwise: otherwise))
  }

  private mutating func loopControl(_ name: String) throws -> Statement.Kind {
    guard openLoops > 0 else { throw failure(found: "'\(name)' outside of a loop", expected: "it inside of one") }
    return name == "break" ? .breakLoop : .continueLoop
  }

  // MARK: - Blocks

  private mutating func with() throws -> Statement.Kind {
    var bindings: [(target: Target, value: Expression)] = []
    var names: [String] = []
    while current != .blockEnd {
      if !bindings.isEmpty { try expect(symbol: ",") }
      let (target, more) = try target()
      names += more
      try expect(symbol: "=")
      bindings.append((target, try expression()))
    }
    let block = try block(until: ["endwith"]) { parser in names.forEach { parser.scopes.declare($0) } }.block
    return .with(bindings, block)
  }

  private mutating func filterBlock() throws -> Statement.Kind {
    let filters = try filterChain(startsInline: true)
    return .filterBlock(filters, try block(until: ["endfilter"]).block)
  }

  private mutating func namedBlock() throws -> Statement.Kind {
    let name = try expectName()
    guard !at(word: "scoped"), !at(word: "required") else {
      throw TemplateError(line: line, reason: .refusedTag("block \(name) \(current)"))
    }
    let block = try outsideLoops { try $0.block(until: ["endblock"]).block }
    _ = skip(word: name)
    return .block(block)
  }

  private mutating func generation() throws -> Statement.Kind {
    .generation(try outsideLoops { try $0.block(until: ["endgeneration"]).block })
  }

  /// Parses what becomes a function of its own, so that `break` in it would mean no loop around it.
  mutating func outsideLoops<Result>(_ parse: (inout Parser) throws -> Result) throws -> Result {
    let loops = openLoops
    openLoops = 0
    defer { openLoops = loops }
    return try parse(&self)
  }

  private mutating func printed() throws -> [Statement] {
    var values: [Statement] = []
    while current != .blockEnd {
      if !values.isEmpty { try expect(symbol: ",") }
      let start = line
      values.append(Statement(kind: .output(try expression()), line: start))
    }
    return values
  }
}
