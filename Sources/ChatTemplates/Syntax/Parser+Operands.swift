/// Literals, brackets, subscripts, calls, filters and tests.
extension Parser {
  mutating func primary() throws -> Expression {
    let start = line
    switch current {
    case .name(let name):
      advance()
      return try named(name, line: start)
    case .string(var text):
      advance()
      while case .string(let more) = current {
        text.scalars += more.scalars
        advance()
      }
      return try expression(.text(text), line: start)
    case .integer(let value):
      advance()
      return try expression(.integer(value), line: start)
    case .float(let value):
      advance()
      return try expression(.float(value), line: start)
    case .symbol("("):
      advance()
      let inner = try nested { try $0.tuple(isParenthesized: true) }
      try expect(symbol: ")")
      return inner
    case .symbol("["): return try list()
    case .symbol("{"): return try dictionary()
    default: throw failure(expected: "an expression")
    }
  }

  private mutating func named(_ name: String, line: Int) throws -> Expression {
    switch name {
    case "true", "True": return try expression(.bool(true), line: line)
    case "false", "False": return try expression(.bool(false), line: line)
    case "none", "None": return try expression(.none, line: line)
    default:
      scopes.read(name)
      return try expression(.name(name), line: line)
    }
  }

  /// Expressions with commas between them, or a single one.
  mutating func tuple(
    isParenthesized: Bool = false, withConditional: Bool = true, endsAt word: String? = nil
  ) throws -> Expression {
    var start = line
    var elements: [Expression] = []
    var isTuple = false
    while !isAtTupleEnd(word) {
      elements.append(try withConditional ? expression() : unconditional())
      guard at(symbol: ",") else { break }
      isTuple = true
      start = line
      advance()
    }
    if !isTuple, let only = elements.first { return only }
    guard isTuple || isParenthesized else { throw failure(expected: "an expression") }
    return try expression(.tuple(elements), over: elements, line: start)
  }

  func isAtTupleEnd(_ word: String?) -> Bool {
    switch current {
    case .variableEnd, .blockEnd, .symbol(")"): true
    case .name(let name): name == word
    default: false
    }
  }

  private mutating func list() throws -> Expression {
    let start = line
    let elements = try separated(until: "]") { try $0.expression() }
    return try expression(.list(elements), over: elements, line: start)
  }

  private mutating func dictionary() throws -> Expression {
    let start = line
    let pairs = try separated(until: "}") { parser in
      let key = try parser.expression()
      try parser.expect(symbol: ":")
      return (key: key, value: try parser.expression())
    }
    return try expression(.dictionary(pairs), over: pairs.flatMap { [$0.key, $0.value] }, line: start)
  }

  /// Elements after an opening bracket, which is next, up to the closing one; a comma may stand after the last.
  private mutating func separated<Element>(
    until closer: String, _ element: (inout Parser) throws -> Element
  ) throws -> [Element] {
    advance()
    var elements: [Element] = []
    while !at(symbol: closer) {
      if !elements.isEmpty { try expect(symbol: ",") }
      if at(symbol: closer) { break }
      elements.append(try element(&self))
    }
    try expect(symbol: closer)
    return elements
  }

  // MARK: - Subscripts and calls

  mutating func postfix(_ operand: Expression) throws -> Expression {
    var result = operand
    while true {
      if at(symbol: ".") {
        result = try member(of: result)
      } else if at(symbol: "[") {
        result = try subscripted(result)
      } else if at(symbol: "(") {
        result = try call(result)
      } else {
        return result
      }
    }
  }

  private mutating func member(of object: Expression) throws -> Expression {
    let start = line
    advance()
    switch current {
    case .name(let name):
      advance()
      return try expression(.attribute(object, Text(name)), over: [object], line: start)
    case .integer(let index):
      let key = try expression(.integer(index), line: line)
      advance()
      return try expression(.item(object, key), over: [object, key], line: start)
    default: throw failure(expected: "a name or a number")
    }
  }

  private mutating func subscripted(_ object: Expression) throws -> Expression {
    let start = line
    advance()
    if let bounds = try sliceBounds(before: nil) { return try slice(object, bounds, line: start) }
    guard !at(symbol: "]") else {
      advance()
      let key = try expression(.tuple([]), line: start)
      return try expression(.item(object, key), over: [object, key], line: start)
    }
    var keys = [try expression()]
    if let bounds = try sliceBounds(before: keys[0]) { return try slice(object, bounds, line: start) }
    while skip(symbol: ",") { keys.append(try expression()) }
    try expect(symbol: "]")
    let key = keys.count == 1 ? keys[0] : try expression(.tuple(keys), over: keys, line: start)
    return try expression(.item(object, key), over: [object, key], line: start)
  }

  private mutating func slice(_ object: Expression, _ bounds: SliceBounds, line: Int) throws -> Expression {
    try expect(symbol: "]")
    return try expression(.slice(object, bounds), over: [object] + bounds.parts, line: line)
  }

  /// The rest of a slice whose colon is next, or `nil` where there is no colon.
  private mutating func sliceBounds(before start: Expression?) throws -> SliceBounds? {
    guard skip(symbol: ":") else { return nil }
    let stop = at(symbol: ":") || at(symbol: "]") || at(symbol: ",") ? nil : try expression()
    guard skip(symbol: ":") else { return SliceBounds(start: start, stop: stop, step: nil) }
    let step = at(symbol: "]") || at(symbol: ",") ? nil : try expression()
    return SliceBounds(start: start, stop: stop, step: step)
  }

  private mutating func call(_ callee: Expression) throws -> Expression {
    let start = line
    let arguments = try argumentList()
    return try expression(.call(callee, arguments), over: [callee] + arguments.parts, line: start)
  }

  mutating func argumentList() throws -> ArgumentList {
    let start = line
    try expect(symbol: "(")
    var list = ArgumentList()
    var needsComma = false
    while !at(symbol: ")") {
      if needsComma { try expect(symbol: ",") }
      if at(symbol: ")") { break }
      guard try argument(into: &list) else {
        throw failure(
          found: "arguments out of order", expected: "values, then name=value, *list, **dictionary", line: start)
      }
      needsComma = true
    }
    try expect(symbol: ")")
    guard Set(list.keywords.map(\.name)).count == list.keywords.count else {
      throw failure(found: "an argument given twice", expected: "each name once", line: start)
    }
    return list
  }

  /// Reads one argument; `false` when it may not stand after those before it.
  private mutating func argument(into list: inout ArgumentList) throws -> Bool {
    if skip(symbol: "*") {
      guard list.morePositional == nil && list.moreKeywords == nil else { return false }
      list.morePositional = try expression()
    } else if skip(symbol: "**") {
      guard list.moreKeywords == nil else { return false }
      list.moreKeywords = try expression()
    } else if case .name(let name) = current, following == .symbol("=") {
      guard list.moreKeywords == nil else { return false }
      advance()
      advance()
      list.keywords.append((name, try expression()))
    } else {
      guard list.morePositional == nil && list.moreKeywords == nil && list.keywords.isEmpty else { return false }
      list.positional.append(try expression())
    }
    return true
  }

  // MARK: - Filters and tests

  mutating func filtersAndTests(_ operand: Expression) throws -> Expression {
    var result = operand
    while true {
      if at(symbol: "|") {
        for filter in try filterChain() {
          result = try expression(
            .filter(result, filter.name, filter.arguments), over: [result] + filter.arguments.parts, line: filter.line)
        }
      } else if at(word: "is") {
        result = try test(result)
      } else if at(symbol: "(") {
        result = try call(result)
      } else {
        return result
      }
    }
  }

  /// Filters, each after a `|`; the first may stand without one.
  mutating func filterChain(startsInline: Bool = false) throws -> FilterChain {
    var filters: FilterChain = []
    while (startsInline && filters.isEmpty) || skip(symbol: "|") {
      let start = line
      let name = try dottedName()
      if !FilterTable.names.contains(name) {
        scopes.noteUnknown(TemplateError(line: start, reason: .unknownFilter(name)))
      }
      filters.append((name, at(symbol: "(") ? try argumentList() : ArgumentList(), start))
    }
    return filters
  }

  private mutating func dottedName() throws -> String {
    var name = try expectName()
    while skip(symbol: ".") { name += try "." + expectName() }
    return name
  }

  private mutating func test(_ operand: Expression) throws -> Expression {
    let start = line
    advance()
    let isNegated = skip(word: "not")
    let name = try dottedName()
    if !TestTable.names.contains(name) {
      scopes.noteUnknown(TemplateError(line: start, reason: .unknownTest(name)))
    }
    let arguments = try testArguments()
    let result = try expression(.test(operand, name, arguments), over: [operand] + arguments.parts, line: start)
    return isNegated ? try expression(.not(result), over: [result], line: start) : result
  }

  /// The arguments of a test, of which a single one needs no parentheses.
  private mutating func testArguments() throws -> ArgumentList {
    switch current {
    case .symbol("("): return try argumentList()
    case .name("else"), .name("or"), .name("and"): return ArgumentList()
    case .name("is"): throw failure(found: "'is' after a test", expected: "'and' between two tests")
    case .name, .string, .integer, .float, .symbol("["), .symbol("{"):
      let operand = try primary()
      return ArgumentList(positional: [try postfix(operand)])
    default: return ArgumentList()
    }
  }
}
