extension ParameterType {
  /// Checks a value and converts it to what the handler reads.
  ///
  /// - Throws: ``LocatedProblem`` when it does not fit.
  func convert(_ value: Value, for parameter: String, at range: SourceRange) throws -> Value {
    switch (self, value) {
    case (.any, _), (.topic, _), (.bool, .bool), (.int, .int), (.double, .double), (.string, .string), (.path, .string),
      (.dictionary, .dictionary), (.range, .range), (.closure, .function), (.optional, .null):
      return value
    case (.double, .int(let number)): return .double(Double(number))
    case (.object(let name), .object(let object)) where object.typeName == name.description: return value
    case (.optional(let type), _): return try type.convert(value, for: parameter, at: range)
    case (.array(let element), .array(let elements)):
      return .array(try elements.map { try element.convert($0, for: parameter, at: range) })
    case (.array(let element), .range(let bounds)):
      guard let numbers = bounds.integers else { break }
      return .array(try numbers.map { try element.convert(.int($0), for: parameter, at: range) })
    case (.symbol(let set), .symbol(let symbol)):
      return .symbol(try set.check(symbol, for: parameter, at: range))
    case (.oneOf(let types), _): return try convert(value, toOneOf: types, for: parameter, at: range)
    default: break
    }
    throw LocatedProblem(problem: .wrongType(parameter: parameter, expected: phrase, found: value), range: range)
  }

  private func convert(
    _ value: Value, toOneOf types: [ParameterType], for parameter: String, at range: SourceRange
  ) throws -> Value {
    var closest: LocatedProblem?
    for type in types {
      do {
        return try type.convert(value, for: parameter, at: range)
      } catch let located as LocatedProblem {
        // An error from inside a symbol or array says more than that none of the types fits.
        if case .wrongType(_, type.phrase, _) = located.problem { continue }
        closest = located
      }
    }
    throw closest
      ?? LocatedProblem(problem: .wrongType(parameter: parameter, expected: phrase, found: value), range: range)
  }
}

extension SymbolSet {
  /// The symbol with its arguments matched with the parameters of its case.
  fileprivate func check(_ symbol: Symbol, for parameter: String, at range: SourceRange) throws -> Symbol {
    guard let found = self[symbol.name] else {
      let candidates = cases.map { Candidate(name: ".\($0.name)", neighbours: $0.neighbours) }
      let suggestion = Suggestion(for: symbol.name, among: candidates, dotted: true)
      let problem = Problem.unknownSymbol(
        symbol.name, parameter: parameter, set: name, names: cases.map(\.name), suggestion)
      throw LocatedProblem(problem: problem, range: range)
    }
    return Symbol(symbol.name, try ArgumentBinder(symbol: found, call: range).bind(written(symbol, range)).arguments)
  }

  /// The arguments as they were written, also of a symbol that was checked before, for another parameter perhaps.
  private func written(_ symbol: Symbol, _ range: SourceRange) -> [WrittenArgument] {
    guard symbol.written.isEmpty else { return symbol.written }
    return symbol.arguments.given.map { name in
      let isLabelled = self[symbol.name]?.parameters.first { $0.name == name }?.isLabelled ?? true
      return WrittenArgument(label: isLabelled ? name : nil, value: symbol.arguments[name], range: range)
    }
  }
}
