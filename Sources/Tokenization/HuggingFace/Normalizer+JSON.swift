import JSONValue

extension Normalizer {
  /// The normalizer of tokenizer.json, or `nil` for `null`.
  init?(_ json: JSONValue?) throws(TokenizerError) {
    guard let json, !json.isNull else { return nil }
    self = try Self(Component("normalizer", json))
  }

  private init(_ component: Component) throws(TokenizerError) {
    switch try component.type() {
    case "Sequence":
      self = .sequence(try component.members("normalizers").map { member throws(TokenizerError) in try Self(member) })
    case "NFC": self = .nfc
    case "NFD": self = .nfd
    case "NFKC": self = .nfkc
    case "NFKD": self = .nfkd
    case "Lowercase": self = .lowercase
    case "StripAccents": self = .stripAccents
    case "Strip": self = .strip(left: try component.bool("strip_left"), right: try component.bool("strip_right"))
    case "Prepend": self = .prepend(try component.string("prepend"))
    case "Replace": self = try Self.replacement(component)
    default: throw try component.unknown()
    }
  }

  /// A replacement of a text, or of one of the few regular expressions that are met.
  private static func replacement(_ component: Component) throws(TokenizerError) -> Normalizer {
    let content = try component.string("content")
    if let text = component.json["pattern"]?["String"]?.string { return .replace(text, by: content) }
    guard let regex = component.json["pattern"]?["Regex"]?.string else {
      throw .component("\(component.place).pattern", expected: "a String or a Regex")
    }
    if regex.hasPrefix(" {"), regex.hasSuffix(",}"), let count = Int(regex.dropFirst(2).dropLast(2)), count > 0 {
      return .replaceSpaces(atLeast: count, by: content)
    }
    if regex == " +" { return .replaceSpaces(atLeast: 1, by: content) }
    guard !regex.contains(where: { #"\.^$|?*+()[]{}"#.contains($0) }) else {
      throw .unknownPattern(place: component.place, regex: regex)
    }
    return .replace(regex, by: content)
  }
}
