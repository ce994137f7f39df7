/// Filters that take lists apart and put them together.
enum SequenceFilters {
  static let all: [String: FilterTable.Filter] = [
    "attr": { interpreter, value, arguments in
      let name = try (try arguments.bound(to: ["name"], required: 1, of: "attr")[0] ?? .none).text(for: "attr")
      if case .undefined(let undefined) = value { throw undefined.error }
      if case .dictionary = value, MethodTable.method(name, of: value) == nil {
        return .undefined(.member(name.string, of: value))
      }
      return try interpreter.attribute(name, of: value)
    },
    "batch": { interpreter, value, arguments in
      let values = try arguments.bound(to: ["linecount", "fill_with"], required: 1, of: "batch")
      return .iterator(try batches(value, values[0] ?? .none, fill: values[1], interpreter))
    },
    "slice": { interpreter, value, arguments in
      let values = try arguments.bound(to: ["slices", "fill_with"], required: 1, of: "slice")
      return .iterator(try slices(value, values[0] ?? .none, fill: values[1], interpreter))
    },
    "count": { _, value, arguments in try length(value, arguments) },
    "length": { _, value, arguments in try length(value, arguments) },
    "first": { interpreter, value, arguments in
      _ = try arguments.bound(to: [], of: "first")
      return try interpreter.iterator(over: value).next() ?? .undefined(Undefined("there is no first item"))
    },
    "last": { interpreter, value, arguments in
      _ = try arguments.bound(to: [], of: "last")
      guard value.length != nil else {
        throw TemplateError.Reason.wrongType(operation: "last", found: value.typeName, expected: "a list or the like")
      }
      return try interpreter.elements(of: value).last ?? .undefined(Undefined("there is no last item"))
    },
    "list": { interpreter, value, arguments in
      _ = try arguments.bound(to: [], of: "list")
      return try .list(try interpreter.elements(of: value))
    },
    "items": { interpreter, value, arguments in
      _ = try arguments.bound(to: [], of: "items")
      return .iterator(try items(value))
    },
    "join": { interpreter, value, arguments in
      let values = try arguments.bound(to: ["d", "attribute"], of: "join")
      let path = try interpreter.path(values[1])
      let texts = try interpreter.elements(of: value).map {
        try interpreter.string(of: try interpreter.value(at: path, of: $0))
      }
      return .text(try interpreter.joined(texts, by: try interpreter.string(of: values[0] ?? .text("")).plain))
    },
    "reverse": { interpreter, value, arguments in
      _ = try arguments.bound(to: [], of: "reverse")
      if case .text(let text) = value { return .text(Text(text.scalars.reversed(), isMarkup: text.isMarkup)) }
      let reversed = Array(try interpreter.elements(of: value).reversed())
      if case .iterator = value { return try .list(reversed) }
      return .iterator(try ValueIterator(reversed, over: value))
    },
    "sum": { try sum($1, $2, $0) },
    "unique": { interpreter, value, arguments in
      let values = try arguments.bound(to: ["case_sensitive", "attribute"], of: "unique")
      return .iterator(try unique(value, isCaseSensitive: values[0]?.isTrue ?? false, values[1], interpreter))
    },
  ]

  private static func length(_ value: Value, _ arguments: Arguments) throws -> Value {
    _ = try arguments.bound(to: [], of: "length")
    guard let length = value.length else {
      throw TemplateError.Reason.wrongType(operation: "length", found: value.typeName, expected: "a list or the like")
    }
    return .integer(length)
  }

  private static func items(_ value: Value) throws -> ValueIterator {
    var entries: ArraySlice<(Value, Value)>?
    return try ValueIterator(over: value) {
      if entries == nil {
        switch value {
        case .undefined: entries = []
        case .dictionary(let dictionary): entries = dictionary.entries[...]
        default: throw TemplateError.Reason.wrongType(operation: "items", found: value.typeName, expected: "a dict")
        }
      }
      return try entries?.popFirst().map { try .tuple([$0.0, $0.1]) }
    }
  }

  private static func batches(
    _ value: Value, _ size: Value, fill: Value?, _ interpreter: Interpreter
  ) throws -> ValueIterator {
    var elements: ValueIterator?
    var batch: [Value] = []
    let size = size.double.flatMap { Int(exactly: $0) }
    return try ValueIterator(over: value) {
      let source = try elements ?? interpreter.iterator(over: value)
      elements = source
      // A batch is closed when the next element comes, so that one of size 0 is there once, empty.
      while let next = try source.next() {
        try interpreter.reserve(1)
        let closed = batch.count == size ? batch : nil
        if let closed {
          batch = [next]
          return try .list(closed)
        }
        batch.append(next)
      }
      defer { batch = [] }
      if batch.isEmpty { return nil }
      if let fill, !fill.isNone, let size, batch.count < size {
        try interpreter.reserve(size)
        batch += Array(repeating: fill, count: size - batch.count)
      }
      return try .list(batch)
    }
  }

  private static func slices(
    _ value: Value, _ count: Value, fill: Value?, _ interpreter: Interpreter
  ) throws -> ValueIterator {
    var elements: [Value]?
    var number = 0
    return try ValueIterator(over: value) {
      let all = try elements ?? interpreter.elements(of: value)
      elements = all
      let slices = try count.wholeNumber(for: "slice")
      let (size, extra) = try Number.division(all.count, slices)
      guard number < slices else { return nil }
      defer { number += 1 }
      try interpreter.spend()
      let start = number * size + min(number, extra)
      var slice = Array(all[start..<start + size + (number < extra ? 1 : 0)])
      if let fill, !fill.isNone, number >= extra { slice.append(fill) }
      try interpreter.reserve(slice.count)
      return try .list(slice)
    }
  }

  private static func sum(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let values = try arguments.bound(to: ["attribute", "start"], of: "sum")
    let path = try interpreter.path(values[0])
    let start = values[1] ?? .integer(0)
    if case .text = start {
      throw TemplateError.Reason.wrongType(operation: "sum", found: "a str", expected: "numbers or lists")
    }
    return try interpreter.elements(of: value).reduce(start) { sum, element in
      try interpreter.calculate(.add, sum, try interpreter.value(at: path, of: element))
    }
  }

  private static func unique(
    _ value: Value, isCaseSensitive: Bool, _ attribute: Value?, _ interpreter: Interpreter
  ) throws -> ValueIterator {
    let path = try interpreter.path(attribute)
    var seen: Set<ValueDictionary.Key> = []
    var elements: ValueIterator?
    return try ValueIterator(over: value) {
      let source = try elements ?? interpreter.iterator(over: value)
      elements = source
      while let next = try source.next() {
        try interpreter.spend()
        let key = try interpreter.value(at: path, of: next)
        if seen.insert(try (isCaseSensitive ? key : key.ignoringCase).key).inserted { return next }
      }
      return nil
    }
  }
}

extension Value {
  /// Texts in lower case, other values as they are.
  var ignoringCase: Value {
    if case .text(let text) = self { .text(text.lowercased) } else { self }
  }
}
