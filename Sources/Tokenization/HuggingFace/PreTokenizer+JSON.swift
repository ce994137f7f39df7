import JSONValue

extension PreTokenizer {
  /// The pre-tokenizer of tokenizer.json; `null` is one that leaves the text whole.
  init(_ json: JSONValue?) throws(TokenizerError) {
    self.init(stages: [], isByteLevel: false)
    guard let json, !json.isNull else { return }
    try append(Component("pre_tokenizer", json))
  }

  private mutating func append(_ component: Component) throws(TokenizerError) {
    let type = try component.type()
    if isByteLevel { throw .component(component.place, expected: "nothing behind ByteLevel, but found \(type)") }
    switch type {
    case "Sequence":
      for member in try component.members("pretokenizers") { try append(member) }
    case "ByteLevel":
      if try component.bool("add_prefix_space", default: true) { stages.append(.prependSpace) }
      if try component.bool("use_regex", default: true) { stages.append(.split(.gpt2, .isolated, inverted: false)) }
      isByteLevel = true
    case "Split":
      stages.append(
        .split(
          try Self.pattern(component), try Self.behavior(component),
          inverted: try component.bool("invert", default: false)))
    case "Digits":
      let individual = try component.bool("individual_digits", default: false)
      stages.append(.split(.number, individual ? .isolated : .contiguous, inverted: false))
    case "Punctuation":
      stages.append(.split(.punctuation, try Self.behavior(component, default: .isolated), inverted: false))
    case "Whitespace": stages.append(.split(.wordsAndSymbols, .removed, inverted: true))
    case "WhitespaceSplit": stages.append(.split(.whitespace, .removed, inverted: false))
    case "Metaspace": try appendMetaspace(component)
    default: throw try component.unknown()
    }
  }

  private mutating func appendMetaspace(_ component: Component) throws(TokenizerError) {
    stages.append(.metaspace(try PrependScheme(component)))
    if try component.bool("split", default: true) {
      stages.append(.split(.literal(Metaspace.bytes), .mergedWithNext, inverted: false))
    }
  }

  private static func behavior(_ component: Component, default habit: Behavior? = nil) throws(TokenizerError)
    -> Behavior
  {
    if let behavior = component.json["behavior"]?.string.flatMap(Behavior.init) ?? habit { return behavior }
    throw .component(
      "\(component.place).behavior", expected: "one of \(Behavior.allCases.map(\.rawValue).joined(separator: ", "))")
  }

  private static func pattern(_ component: Component) throws(TokenizerError) -> SplitPattern {
    if let text = component.json["pattern"]?["String"]?.string, !text.isEmpty { return .literal(Array(text.utf8)) }
    guard let regex = component.json["pattern"]?["Regex"]?.string else {
      throw .component("\(component.place).pattern", expected: "a String or a Regex")
    }
    guard let pattern = SplitPattern(regex: regex) else {
      throw .unknownPattern(place: component.place, regex: regex)
    }
    return pattern
  }
}

extension PreTokenizer.PrependScheme {
  /// The scheme of a Metaspace, which older files write as `add_prefix_space`.
  init(_ component: Component) throws(TokenizerError) {
    guard component.json["replacement"]?.string ?? "▁" == "▁" else {
      throw .component("\(component.place).replacement", expected: "▁")
    }
    guard let name = component.json["prepend_scheme"]?.string else {
      self = try component.bool("add_prefix_space", default: true) ? .always : .never
      return
    }
    guard let scheme = Self(rawValue: name) else {
      throw .component("\(component.place).prepend_scheme", expected: "always, first or never")
    }
    self = scheme
  }
}
