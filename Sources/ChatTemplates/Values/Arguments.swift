/// The arguments of a call, a filter or a test.
struct Arguments {
  var positional: [Value] = []
  var keywords: [(name: String, value: Value)] = []

  /// The values of parameters in order, `nil` for those that were not given.
  ///
  /// - Parameter required: How many of the first parameters must be given.
  /// - Throws: ``TemplateError/Reason/wrongArguments(of:found:expected:)``.
  func bound(to names: [String], required: Int = 0, of function: String) throws -> [Value?] {
    guard positional.count <= names.count else {
      throw wrong(function, names, found: "\(positional.count) values")
    }
    var values: [Value?] = positional + Array(repeating: nil, count: names.count - positional.count)
    for (name, value) in keywords {
      guard let place = names.firstIndex(of: name), values[place] == nil else {
        throw wrong(function, names, found: "'\(name)'")
      }
      values[place] = value
    }
    if let missing = names.prefix(required).indices.first(where: { values[$0] == nil }) {
      throw wrong(function, names, found: "no '\(names[missing])'")
    }
    return values
  }

  /// The values of parameters that are given by place only.
  func positional(_ counts: ClosedRange<Int>, of function: String) throws -> [Value?] {
    guard keywords.isEmpty, counts.contains(positional.count) else {
      let expected = counts.count == 1 ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
      throw TemplateError.Reason.wrongArguments(
        of: function, found: "\(positional.count) and \(keywords.count) by name", expected: "\(expected) values")
    }
    return positional + Array(repeating: nil, count: counts.upperBound - positional.count)
  }

  private func wrong(_ function: String, _ names: [String], found: String) -> TemplateError.Reason {
    let expected = names.isEmpty ? "no arguments" : names.map { "'\($0)'" }.joined(separator: ", ")
    return .wrongArguments(of: function, found: found, expected: expected)
  }
}
