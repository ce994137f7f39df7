import JSONValue

extension AddedToken {
  /// The `added_tokens` of tokenizer.json; those without text are left out, as they match nothing.
  static func all(in json: JSONValue?) throws(TokenizerError) -> [AddedToken] {
    guard let json, !json.isNull else { return [] }
    guard let members = json.array else { throw .component("added_tokens", expected: "an array") }
    var tokens: [AddedToken] = []
    for (index, member) in members.enumerated() {
      let component = Component("added_tokens[\(index)]", member)
      var token = AddedToken(
        id: try component.integer("id"), content: try component.string("content"),
        isSpecial: try component.bool("special", default: false))
      token.isSingleWord = try component.bool("single_word", default: false)
      token.stripsLeft = try component.bool("lstrip", default: false)
      token.stripsRight = try component.bool("rstrip", default: false)
      token.isNormalized = try component.bool("normalized", default: !token.isSpecial)
      if !token.content.isEmpty { tokens.append(token) }
    }
    return tokens
  }
}
