/// Matches the arguments of a command or a leading-dot name with its parameters, checks and converts them, and fills
/// in defaults.
struct ArgumentBinder {
  let callee: String
  let parameters: [Parameter]
  let freeLabels: Parameter?
  let call: SourceRange

  init(command: Command, call: SourceRange) {
    callee = command.name
    parameters = command.parameters
    freeLabels = command.freeLabels
    self.call = call
  }

  init(symbol: SymbolCase, call: SourceRange) {
    callee = ".\(symbol.name)"
    parameters = symbol.parameters
    freeLabels = nil
    self.call = call
  }

  /// - Throws: ``LocatedProblem`` at the argument that does not fit, or at the call when one is missing.
  func bind(_ written: [WrittenArgument]) throws -> (arguments: Arguments, free: [(label: String, value: Value)]) {
    if parameters.isEmpty, written.isEmpty { return (Arguments(), []) }
    let match = try matcher.match(written)
    var values: [String: Value] = [:]
    var ranges: [String: SourceRange] = [:]
    for (parameter, given) in zip(parameters, match.bySlot) {
      values[parameter.name] = try value(of: parameter, given)
      if let first = given.first { ranges[parameter.name] = first.range }
    }
    let given = parameters.map(\.name).filter { ranges[$0] != nil }
    let free = try match.free.map { argument in
      (label: argument.label ?? "", value: try freeLabels.map { try convert(argument, for: $0) } ?? argument.value)
    }
    return (Arguments(values: values, ranges: ranges, given: given), free)
  }

  private var matcher: ArgumentMatcher {
    let slots = parameters.map { parameter in
      ArgumentMatcher.Slot(
        name: parameter.name, isLabelled: parameter.isLabelled, isVariadic: parameter.isVariadic,
        takesFunction: parameter.type.takesFunction, neighbours: parameter.neighbours,
        accepts: { (try? parameter.type.convert($0, for: parameter.name, at: call)) != nil })
    }
    return ArgumentMatcher(callee: callee, slots: slots, call: call, allowsFreeLabels: freeLabels != nil)
  }

  private func value(of parameter: Parameter, _ given: [WrittenArgument]) throws -> Value {
    if parameter.isVariadic { return .array(try given.map { try convert($0, for: parameter) }) }
    if let argument = given.first { return try convert(argument, for: parameter) }
    guard parameter.isOptional else {
      let name = parameter.name
      let problem = Problem.missingArgument(
        name, isLabelled: parameter.isLabelled, type: parameter.type.phrase, of: callee)
      throw LocatedProblem(problem: problem, range: call)
    }
    guard let value = parameter.defaultValue else { return .null }
    return try parameter.type.convert(value, for: parameter.name, at: call)
  }

  private func convert(_ argument: WrittenArgument, for parameter: Parameter) throws -> Value {
    let value = try parameter.type.convert(argument.value, for: parameter.name, at: argument.range)
    if let range = parameter.range,
      let found = argument.value.firstNumber(outside: range) ?? value.firstNumber(outside: range)
    {
      let problem = Problem.outOfRange(parameter: parameter.name, range: range, unit: parameter.unit, found: found)
      throw LocatedProblem(problem: problem, range: argument.range)
    }
    return value
  }
}

extension Value {
  /// The first number, of this value or of its elements, that a range excludes.
  fileprivate func firstNumber(outside range: NumberRange) -> Value? {
    if let elements = array { return elements.lazy.compactMap { $0.firstNumber(outside: range) }.first }
    guard let number else { return nil }
    return range.contains(number) ? nil : self
  }
}

extension ParameterType {
  var takesFunction: Bool {
    switch self {
    case .closure: true
    case .optional(let type): type.takesFunction
    case .oneOf(let types): types.contains(where: \.takesFunction)
    default: false
    }
  }
}
