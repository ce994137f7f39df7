/// Attributes, subscripts and slices.
extension Interpreter {
  /// `object.name`: a method before an entry of that name, as Python's attributes come first.
  ///
  /// Nothing is reached but data and the pure methods of `MethodTable`; any other name is undefined, as what the sandbox of Jinja
  /// forbids is.
  func attribute(_ name: Text, of value: Value) throws -> Value {
    if case .undefined(let undefined) = value { throw undefined.error }
    if let member = try member(name, of: value) { return member }
    if case .dictionary(let dictionary) = value, let entry = dictionary[name] { return entry }
    return .undefined(.member(name.string, of: value))
  }

  /// `object[key]`: an entry before a method.
  func item(_ key: Value, of value: Value) throws -> Value {
    if case .undefined(let undefined) = value { throw undefined.error }
    if let entry = try entry(key, of: value) { return entry }
    if case .text(let name) = key, let member = try member(name, of: value) { return member }
    return .undefined(.member(try representation(of: key).string, of: value))
  }

  private func member(_ name: Text, of value: Value) throws -> Value? {
    if case .object(let object) = value { return try object.attribute(name, in: self) }
    if case .sequence(let sequence) = value, sequence.kind == .group {
      if name == "grouper" { return sequence.elements[0] }
      if name == "list" { return sequence.elements[1] }
    }
    guard let method = MethodTable.method(name, of: value) else { return nil }
    return .object(Function(name.string) { interpreter, arguments in try method(interpreter, value, arguments) })
  }

  /// The entry of a key, or `nil` where Python raises `TypeError` or `LookupError`.
  private func entry(_ key: Value, of value: Value) throws -> Value? {
    switch value {
    case .dictionary(let dictionary):
      if case .text(let name) = key { return dictionary[name] }
      return (try? key.key).flatMap { dictionary[$0] }
    case .sequence(let sequence) where sequence.kind.isIndexed:
      return key.index.flatMap { place($0, in: sequence.elements.count) }.map { sequence.elements[$0] }
    case .text(let text):
      return key.index.flatMap { place($0, in: text.count) }.map { .text(text[$0..<$0 + 1]) }
    case .range(let range):
      return key.index.flatMap { place($0, in: range.count) }.map { .integer(range.start + $0 * range.step) }
    default: return nil
    }
  }

  /// An index from the start or, when negative, from the end.
  private func place(_ index: Int, in count: Int) -> Int? {
    let place = index < 0 ? index + count : index
    return (0..<count).contains(place) ? place : nil
  }

  // MARK: - Slices

  func slice(_ value: Value, start: Value?, stop: Value?, step: Value?) throws -> Value {
    if case .undefined(let undefined) = value { throw undefined.error }
    guard let count = value.length else { throw notSliceable(value) }
    let places = try places(count, start, stop, step)
    try reserve(places.count)
    switch value {
    case .text(let text): return .text(Text(places.map { text.scalars[$0] }, isMarkup: text.isMarkup))
    case .sequence(let sequence) where sequence.kind.isIndexed:
      let kind: ValueSequence.Kind = sequence.kind == .list ? .list : .tuple
      return .sequence(try ValueSequence(kind, places.map { sequence.elements[$0] }))
    case .range(let range):
      let (start, stop, step) = try bounds(count, start, stop, step)
      return .range(
        try ValueRange(
          start: try Number.sum(range.start, try Number.product(start, range.step)),
          stop: try Number.sum(range.start, try Number.product(stop, range.step)),
          step: try Number.product(range.step, step)))
    default: throw notSliceable(value)
    }
  }

  private func notSliceable(_ value: Value) -> TemplateError.Reason {
    .wrongType(operation: "slice", found: value.typeName, expected: "a list, tuple or str")
  }

  private func places(_ count: Int, _ start: Value?, _ stop: Value?, _ step: Value?) throws -> [Int] {
    let (start, stop, step) = try bounds(count, start, stop, step)
    // A step beyond the length takes only the first place; this keeps sums within 64 bits.
    let stride = min(max(step, -count - 1), count + 1)
    return Array(Swift.stride(from: start, to: stop, by: stride))
  }

  /// The bounds that Python's `slice.indices` gives.
  private func bounds(_ count: Int, _ start: Value?, _ stop: Value?, _ step: Value?) throws -> (Int, Int, Int) {
    let step = try sliceNumber(step) ?? 1
    guard step != 0 else {
      throw TemplateError.Reason.wrongValue(operation: "slice", found: "step 0", expected: "another step")
    }
    let (lower, upper) = step > 0 ? (0, count) : (-1, count - 1)
    func clamped(_ index: Int) -> Int { min(max(index < 0 ? index + count : index, lower), upper) }
    let first = try sliceNumber(start).map(clamped) ?? (step > 0 ? lower : upper)
    let end = try sliceNumber(stop).map(clamped) ?? (step > 0 ? upper : lower)
    return (first, end, step)
  }

  private func sliceNumber(_ value: Value?) throws -> Int? {
    guard let value, !value.isNone else { return nil }
    guard let index = value.index else {
      throw TemplateError.Reason.wrongType(operation: "slice", found: value.typeName, expected: "an int")
    }
    return index
  }
}
