import JSONValue

extension TextDecoder.Options {
  /// The decoder of tokenizer.json.
  ///
  /// What its steps do to every token goes with the way in which the vocabulary writes; what is left are the spaces at the
  /// beginning.
  init(_ json: JSONValue?, _ writing: Vocabulary.Writing) throws(TokenizerError) {
    self.init()
    guard let json, !json.isNull else { throw .unknownComponent(place: "decoder", type: "null") }
    try apply(Component("decoder", json), writing)
  }

  private mutating func apply(_ component: Component, _ writing: Vocabulary.Writing) throws(TokenizerError) {
    switch try component.type() {
    case "Sequence": for member in try component.members("decoders") { try apply(member, writing) }
    case "ByteLevel":
      if writing != .byteLevel { throw .component(component.place, expected: "a decoder that fits the pre-tokenizer") }
    case "ByteFallback", "Fuse": break
    case "Replace":
      let (pattern, content) = (component.json["pattern"]?["String"]?.string, component.json["content"]?.string)
      guard pattern == "▁", content == " " else { throw .component(component.place, expected: "▁ replaced by a space") }
    case "Strip":
      let (content, stop) = (component.json["content"]?.string, component.json["stop"]?.integer)
      guard content == " ", stop == 0 else {
        throw .component(component.place, expected: "spaces stripped at the start")
      }
      strippedSpaces = try component.integer("start")
    case "Metaspace": dropsSpacesOfFirstToken = try PreTokenizer.PrependScheme(component) != .never
    default: throw try component.unknown()
    }
  }
}
