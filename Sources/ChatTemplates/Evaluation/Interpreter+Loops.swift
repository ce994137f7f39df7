/// `for` loops.
extension Interpreter {
  func execute(_ loop: Loop, in scope: Scope) throws -> Flow {
    let iterable = try evaluate(loop.iterable, in: scope)
    guard loop.isRecursive else { return try iterate(loop, over: iterable, depth: 0, in: scope) }
    try print(string(of: try recursively(loop, over: iterable, depth: 0, in: scope)))
    return .normal
  }

  /// The text of a recursive loop, which its body may call again for elements within an element.
  private func recursively(_ loop: Loop, over iterable: Value, depth: Int, in scope: Scope) throws -> Value {
    try deeper {
      .text(try captured { try iterate(loop, over: iterable, depth: depth, in: scope) }.text)
    }
  }

  private func iterate(_ loop: Loop, over iterable: Value, depth: Int, in scope: Scope) throws -> Flow {
    let elements = try iterator(over: iterable)
    let filtered = try loop.test.map { try self.filtered(elements, by: $0, loop.target, in: scope) }
    let recurse = { [unowned self] (iterable: Value, depth: Int) throws -> Value in
      try self.recursively(loop, over: iterable, depth: depth, in: scope)
    }
    let state = LoopState(
      filtered ?? elements, length: filtered == nil ? iterable.length : nil, depth: depth,
      recurse: loop.isRecursive ? recurse : nil)
    defer { state.release() }
    var isEmpty = true
    while let element = try state.next() {
      try spend()
      isEmpty = false
      let inner = Scope(names: loop.body.names, parent: scope)
      inner.set("loop", to: .object(state))
      try store(element, in: loop.target, inner)
      if try execute(loop.body.body, in: inner) == .leftLoop { break }
    }
    guard isEmpty, let otherwise = loop.otherwise else { return .normal }
    return try execute(otherwise.body, in: Scope(names: otherwise.names, parent: scope))
  }

  private func filtered(
    _ elements: ValueIterator, by test: Expression, _ target: Target, in scope: Scope
  ) throws -> ValueIterator {
    try ValueIterator(over: .iterator(elements)) { [unowned self] in
      while let element = try elements.next() {
        try spend()
        let inner = Scope(names: FrameNames(), parent: scope)
        try store(element, in: target, inner)
        if try evaluate(test, in: inner).isTrue { return element }
      }
      return nil
    }
  }
}

// MARK: - Iterating

extension Interpreter {
  /// The elements of a value one at a time.
  func iterator(over value: Value) throws -> ValueIterator {
    if case .iterator(let iterator) = value { return iterator }
    return try ValueIterator(try elements(of: value), over: value)
  }

  /// All elements of a value; those of an iterator are used up.
  func elements(of value: Value) throws -> [Value] {
    guard let elements = try elementsIfIterable(of: value) else {
      throw TemplateError.Reason.wrongType(operation: "iterate", found: value.typeName, expected: "a list or the like")
    }
    try spend(elements.count)
    return elements
  }

  private func elementsIfIterable(of value: Value) throws -> [Value]? {
    switch value {
    case .sequence(let sequence): return sequence.elements
    case .dictionary(let dictionary): return dictionary.keys
    case .undefined: return []
    case .text(let text):
      try reserve(text.count, times: Self.charactersOfElement)
      return text.scalars.map { .text(Text([$0], isMarkup: text.isMarkup)) }
    case .range(let range):
      try reserve(range.count, times: Self.charactersOfElement)
      return range.elements
    case .iterator(let iterator):
      var elements: [Value] = []
      while let element = try iterator.next() {
        try reserve(Self.charactersOfElement)
        elements.append(element)
      }
      return elements
    case .none, .bool, .integer, .float, .object: return nil
    }
  }
}

extension Value {
  /// `len`, or `nil` where Python has none.
  var length: Int? {
    switch self {
    case .undefined: 0
    case .text(let text): text.count
    case .sequence(let sequence): sequence.elements.count
    case .dictionary(let dictionary): dictionary.keys.count
    case .range(let range): range.count
    case .none, .bool, .integer, .float, .iterator, .object: nil
    }
  }

  var isIterable: Bool {
    switch self {
    case .undefined, .text, .sequence, .dictionary, .range, .iterator: true
    case .none, .bool, .integer, .float, .object: false
    }
  }
}
