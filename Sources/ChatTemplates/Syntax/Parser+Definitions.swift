/// Assignments, macros and call blocks.
extension Parser {
  // MARK: - Assignments

  mutating func assignment() throws -> Statement.Kind {
    let (target, names) = try target(withMembers: true)
    if skip(symbol: "=") {
      let value = try tuple()
      names.forEach { scopes.set($0) }
      return .assignment(target, value)
    }
    names.forEach { scopes.set($0) }
    let filters = try filterChain()
    return .capture(target, filters, try block(until: ["endset"]).block)
  }

  /// A place to store a value, and the names in it.
  mutating func target(withMembers: Bool = false, endsAt word: String? = nil) throws -> (Target, [String]) {
    var targets: [Target] = []
    var names: [String] = []
    var isTuple = false
    while !isAtTupleEnd(word) {
      targets.append(try singleTarget(withMembers: withMembers, &names))
      guard skip(symbol: ",") else { break }
      isTuple = true
    }
    guard let only = targets.first else { throw failure(expected: "a name to set") }
    return (isTuple ? .tuple(targets) : only, names)
  }

  private mutating func singleTarget(withMembers: Bool, _ names: inout [String]) throws -> Target {
    if skip(symbol: "(") {
      let (inner, more) = try nested { try $0.target() }
      try expect(symbol: ")")
      names += more
      return inner
    }
    let start = line
    let name = try expectName()
    guard !["true", "True", "false", "False", "none", "None"].contains(name) else {
      throw failure(found: "'\(name)'", expected: "a name to set", line: start)
    }
    if withMembers, skip(symbol: ".") {
      scopes.read(name)
      return .member(of: name, Text(try expectName()))
    }
    names.append(name)
    return .name(name)
  }

  // MARK: - Macros

  mutating func macro() throws -> Statement.Kind {
    var names: [String] = []
    guard case .name(let name) = try singleTarget(withMembers: false, &names) else {
      throw failure(expected: "the name of a macro")
    }
    scopes.set(name)
    return .macro(try definition(named: name, try signature(), end: "endmacro"))
  }

  /// `{% call(a) f(x) %}`: the parameters belong to the body, the call to what is around it.
  mutating func callBlock() throws -> Statement.Kind {
    let start = line
    let signature = at(symbol: "(") ? try signature() : Signature()
    let call = try expression()
    guard case .call = call.kind else { throw failure(found: "no call", expected: "a call of a macro", line: start) }
    return .callBlock(call, caller: try definition(named: nil, signature, end: "endcall"))
  }

  /// The parameters of a macro and the names that their defaults read.
  private struct Signature {
    var parameters: [(name: String, defaultValue: Expression?)] = []
    var names = FrameNames()
  }

  private mutating func signature() throws -> Signature {
    let start = line
    var signature = Signature()
    scopes.openFrame()
    try expect(symbol: "(")
    while !at(symbol: ")") {
      if !signature.parameters.isEmpty { try expect(symbol: ",") }
      var names: [String] = []
      guard case .name(let name) = try singleTarget(withMembers: false, &names) else {
        throw failure(expected: "the name of a parameter")
      }
      let defaultValue = skip(symbol: "=") ? try expression() : nil
      guard defaultValue != nil || signature.parameters.last?.defaultValue == nil else {
        throw failure(found: "'\(name)' without a default", expected: "defaults from the first one on")
      }
      signature.parameters.append((name, defaultValue))
    }
    try expect(symbol: ")")
    signature.names = scopes.closeFrame()
    guard Set(signature.parameters.map(\.name)).count == signature.parameters.count else {
      throw failure(found: "a parameter named twice", expected: "each name once", line: start)
    }
    return signature
  }

  private mutating func definition(named name: String?, _ signature: Signature, end: String) throws -> MacroDefinition {
    let mark = scopes.mark
    let start = line
    let body = try outsideLoops { parser in
      try parser.block(until: [end]) { parser in
        signature.parameters.forEach { parser.scopes.declare($0.name) }
        signature.names.used.forEach { parser.scopes.declare($0) }
      }.block
    }
    var implicit = scopes.namesReadFirst(since: mark)
    if implicit.contains("caller"), let explicit = signature.parameters.first(where: { $0.name == "caller" }),
      explicit.defaultValue == nil
    {
      throw failure(found: "a parameter 'caller'", expected: "none, or one with a default", line: start)
    }
    implicit.subtract(signature.parameters.map(\.name) + ["loop"])
    return MacroDefinition(name: name, parameters: signature.parameters, body: body, implicit: implicit)
  }
}
