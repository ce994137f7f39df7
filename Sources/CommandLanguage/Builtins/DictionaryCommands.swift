/// Keys and values of dictionaries, and the bounds of ranges.
enum DictionaryCommands {
  static let all: [Command] = [keys, values, mapValues, filter, removeValue, lowerBound, upperBound]

  private static let keys = Command.property(
    "keys", on: .dictionary, returns: .array, "The keys, in the order in which they were added.",
    example: "[\"a\": 1].keys"
  ) { value in
    .array(value.dictionary?.keys ?? [])
  }

  private static let values = Command.property(
    "values", on: .dictionary, returns: .array, "The values, in the order of their keys.", example: "[\"a\": 1].values"
  ) { value in
    .array(value.dictionary?.values ?? [])
  }

  private static let mapValues = Command.method(
    "mapValues", on: .dictionary, [SequenceCommands.transform], returns: .dictionary,
    "The same keys with what a function makes of their values.", example: "[\"a\": 1].mapValues { $0 + 1 }"
  ) { call in
    let transform = call.closure("transform")
    var result = ValueDictionary()
    for (key, value) in call.receiver.dictionary?.entries ?? [] { result[key] = try transform(value) }
    return .dictionary(result)
  }

  private static let filter = Command.method(
    "filter", on: .dictionary, [SequenceCommands.predicate], returns: .dictionary,
    "The entries for which a function of key and value says true.", example: "[\"a\": 1].filter { $0.value > 0 }"
  ) { call in
    let isIncluded = call.closure("isIncluded")
    var result = ValueDictionary()
    for (key, value) in call.receiver.dictionary?.entries ?? [] {
      let entry = Value.tuple([TupleElement("key", key), TupleElement("value", value)])
      if try isIncluded.truth(entry) { result[key] = value }
    }
    return .dictionary(result)
  }

  private static let removeValue = Command.mutatingMethod(
    "removeValue", on: .dictionary, [.labelled("forKey", .any, "The key.")], returns: .any,
    "Takes an entry out and gives its value back, or nil.",
    example: "var sizes = [\"a\": 1]\nsizes.removeValue(forKey: \"a\")"
  ) { call, value in
    guard case .dictionary(var dictionary) = value else { preconditionFailure("registered for dictionaries only") }
    let removed = dictionary[call.value("forKey")] ?? .null
    dictionary[call.value("forKey")] = nil
    value = .dictionary(dictionary)
    return removed
  }

  private static let lowerBound = Command.property(
    "lowerBound", on: .range, returns: .int, "Where the range begins.", example: "(1...3).lowerBound"
  ) { value in
    guard case .range(let range) = value else { return .null }
    return range.lower ?? .null
  }

  private static let upperBound = Command.property(
    "upperBound", on: .range, returns: .int, "Where the range ends.", example: "(1...3).upperBound"
  ) { value in
    guard case .range(let range) = value else { return .null }
    return range.upper ?? .null
  }
}
