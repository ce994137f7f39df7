extension Interpreter {
  /// What stands in square brackets behind a value.
  func element(of container: Value, _ arguments: [WrittenArgument], at range: SourceRange) throws -> Value {
    if case .object(let object) = container { return try element(of: object, arguments, at: range) }
    guard let index = arguments.first else { throw located(.syntax("an index is missing"), at: range) }
    switch (container, index.value) {
    case (.array(let elements), .int(let position)):
      guard elements.indices.contains(position) else {
        throw located(.indexOutOfRange(position, count: elements.count), at: index.range)
      }
      return elements[position]
    case (.array(let elements), .range(let bounds)):
      return .array(Array(elements[try slice(bounds, of: elements.count, at: index.range)]))
    case (.dictionary(let dictionary), let key):
      guard ValueDictionary.canHold(key: key) else { throw located(.badKey(key.type), at: index.range) }
      let fallback = arguments.first { $0.label == "default" }?.value ?? .null
      return dictionary[key] ?? fallback
    case (.array, _): throw located(.wrongIndex(index.value.type, in: container.type), at: index.range)
    case (.string, .int):
      let help = "Array(text)[0] is its first character; text.prefix(3) its beginning"
      throw located(.failure(message: "a String has no numbered elements", help: help), at: range)
    default: throw located(.noSubscript(container.type), at: range)
    }
  }

  private func element(
    of object: any CommandObject, _ arguments: [WrittenArgument], at range: SourceRange
  ) throws -> Value {
    let type = TypeName(object.typeName)
    if let command = registry.member("subscript", of: type) {
      return try invoke(command, on: .object(object), with: arguments, at: range)
    }
    guard let sequence = object as? any CommandSequence, let index = arguments.first else {
      throw located(.noSubscript(type), at: range)
    }
    switch index.value {
    case .int(let position):
      guard position >= 0, position < sequence.count else {
        throw located(.indexOutOfRange(position, count: sequence.count), at: index.range)
      }
      return try sequence.element(at: position)
    case .range(let bounds):
      return .array(try slice(bounds, of: sequence.count, at: index.range).map(sequence.element))
    default: throw located(.wrongIndex(index.value.type, in: type), at: index.range)
    }
  }

  /// The indices that a range names among so many elements.
  func slice(_ bounds: RangeValue, of count: Int, at range: SourceRange) throws -> Range<Int> {
    let whole = RangeValue(
      lower: bounds.lower ?? .int(0), upper: bounds.upper ?? .int(count),
      isClosed: bounds.upper == nil ? false : bounds.isClosed)
    guard let indices = whole.integers, indices.lowerBound >= 0, indices.upperBound <= count else {
      throw located(.rangeOutOfRange(bounds.description, count: count), at: range)
    }
    return indices
  }

  /// Goes through the elements of a value until the closure returns `false`.
  func forEach(in value: Value, at range: SourceRange, _ body: (Value) throws -> Bool) throws {
    if case .range(let bounds) = value, bounds.upper == nil, case .int(var next)? = bounds.lower {
      while try body(.int(next)) { next += 1 }
      return
    }
    if case .object(let object) = value, let sequence = object as? any CommandSequence {
      for index in 0..<sequence.count { if try !body(sequence.element(at: index)) { return } }
      return
    }
    if case .range(let bounds) = value, let integers = bounds.integers {
      for number in integers { if try !body(.int(number)) { return } }
      return
    }
    do {
      for element in try value.elements() { if try !body(element) { return } }
    } catch let problem as Problem {
      throw located(problem, at: range)
    }
  }
}

extension Value {
  /// The most elements that a range or a count is turned into.
  static let largestArray = 20_000_000

  /// The elements that going through this value gives: of a dictionary, pairs of key and value; of a text, its
  /// characters.
  ///
  /// - Throws: ``Problem`` when it has none.
  func elements() throws -> [Value] {
    switch self {
    case .array(let elements): return elements
    case .string(let text): return text.map { .string(String($0)) }
    case .dictionary(let dictionary):
      return dictionary.entries.map { .tuple([TupleElement("key", $0.key), TupleElement("value", $0.value)]) }
    case .range(let range):
      guard let integers = range.integers else {
        throw range.upper == nil ? Problem.endlessRange : Problem.notASequence("Range of decimals")
      }
      guard integers.count <= Self.largestArray else { throw Problem.tooManyElements(limit: Self.largestArray) }
      return integers.map(Value.int)
    case .object(let object):
      guard let sequence = object as? any CommandSequence else { throw Problem.notASequence(type) }
      return try (0..<sequence.count).map(sequence.element)
    default: throw Problem.notASequence(type)
    }
  }
}
