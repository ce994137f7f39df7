/// Filters that sort and compare.
enum OrderFilters {
  static let all: [String: FilterTable.Filter] = [
    "sort": { interpreter, value, arguments in
      let values = try arguments.bound(to: ["reverse", "case_sensitive", "attribute"], of: "sort")
      let keys = try paths(values[2], interpreter)
      let isCaseSensitive = values[1]?.isTrue ?? false
      let sorted = try interpreter.sorted(
        try interpreter.elements(of: value), isReversed: values[0]?.isTrue ?? false
      ) { element in
        try .list(try keys.map { try key(element, $0, isCaseSensitive, interpreter) })
      }
      return try .list(sorted)
    },
    "dictsort": { try dictionarySorted($1, $2, $0) },
    "groupby": { try grouped($1, $2, $0) },
    "min": { try extreme($1, $2, "min", $0) { $0 < 0 } },
    "max": { try extreme($1, $2, "max", $0) { $0 > 0 } },
  ]

  private static func key(
    _ element: Value, _ path: [Value], _ isCaseSensitive: Bool, _ interpreter: Interpreter,
    default fallback: Value? = nil
  ) throws -> Value {
    let value = try interpreter.value(at: path, of: element, default: fallback)
    return isCaseSensitive ? value : value.ignoringCase
  }

  /// The paths of `attribute="age,name"`.
  private static func paths(_ attribute: Value?, _ interpreter: Interpreter) throws -> [[Value]] {
    guard case .text(let text) = attribute else { return [try interpreter.path(attribute)] }
    return try text.pieces(between: text.indices(of: ","), separator: 1).map { try interpreter.path(.text($0)) }
  }

  private static func dictionarySorted(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws
    -> Value
  {
    let values = try arguments.bound(to: ["case_sensitive", "by", "reverse"], of: "dictsort")
    let part: Text = if case .text(let text) = values[1] ?? .text("key") { text } else { "" }
    guard part == "key" || part == "value" else {
      throw TemplateError.Reason.wrongValue(
        operation: "dictsort", found: "'\(part.string)'", expected: "'key' or 'value'")
    }
    guard case .dictionary(let dictionary) = value else {
      throw TemplateError.Reason.wrongType(operation: "dictsort", found: value.typeName, expected: "a dict")
    }
    let isCaseSensitive = values[0]?.isTrue ?? false
    let sorted = try interpreter.sorted(dictionary.entries, isReversed: values[2]?.isTrue ?? false) { entry in
      try key(part == "key" ? entry.0 : entry.1, [], isCaseSensitive, interpreter)
    }
    return try .list(sorted.map { try .tuple([$0.0, $0.1]) })
  }

  private static func grouped(_ value: Value, _ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let values = try arguments.bound(to: ["attribute", "default", "case_sensitive"], required: 1, of: "groupby")
    let path = try interpreter.path(values[0])
    let isCaseSensitive = values[2]?.isTrue ?? false
    func groupKey(_ element: Value) throws -> Value {
      try key(element, path, isCaseSensitive, interpreter, default: values[1])
    }
    var groups: [(key: Value, elements: [Value])] = []
    for element in try interpreter.sorted(try interpreter.elements(of: value), by: groupKey) {
      let key = try groupKey(element)
      if let last = groups.last, try interpreter.areEqual(last.key, key) {
        groups[groups.count - 1].elements.append(element)
      } else {
        groups.append((key, [element]))
      }
    }
    return try .list(
      groups.map { group in
        let shown = try interpreter.value(at: path, of: group.elements[0], default: values[1])
        return .sequence(try ValueSequence(.group, [shown, try .list(group.elements)]))
      })
  }

  private static func extreme(
    _ value: Value, _ arguments: Arguments, _ name: String, _ interpreter: Interpreter, _ isBetter: (Int) -> Bool
  ) throws -> Value {
    let values = try arguments.bound(to: ["case_sensitive", "attribute"], of: name)
    let path = try interpreter.path(values[1])
    let isCaseSensitive = values[0]?.isTrue ?? false
    var best: (element: Value, key: Value)?
    for element in try interpreter.elements(of: value) {
      let key = try key(element, path, isCaseSensitive, interpreter)
      if let known = best, !isBetter(try interpreter.order(key, known.key)) { continue }
      best = (element, key)
    }
    return best?.element ?? .undefined(Undefined("there is no item of which to take the \(name)"))
  }
}

extension Interpreter {
  /// The elements in the order of their keys; those with equal keys stay in their order.
  func sorted<Element>(
    _ elements: [Element], isReversed: Bool = false, by key: (Element) throws -> Value
  ) throws -> [Element] {
    try reserve(elements.count)
    let keys = try elements.map(key)
    let places = try elements.indices.sorted { first, second in
      let order = try order(keys[first], keys[second])
      return order == 0 ? first < second : (order < 0) != isReversed
    }
    return places.map { elements[$0] }
  }
}
