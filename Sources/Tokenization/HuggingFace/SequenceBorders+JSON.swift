import JSONValue

extension SequenceBorders {
  /// The post-processor of tokenizer.json.
  init(_ json: JSONValue?) throws(TokenizerError) {
    self.init()
    guard let json, !json.isNull else { return }
    try apply(Component("post_processor", json))
  }

  private mutating func apply(_ component: Component) throws(TokenizerError) {
    switch try component.type() {
    case "Sequence": for member in try component.members("processors") { try apply(member) }
    case "ByteLevel": break
    case "TemplateProcessing": try applyTemplate(component)
    case "RobertaProcessing", "BertProcessing":
      guard let begin = component.json["cls"]?[1]?.integer, let end = component.json["sep"]?[1]?.integer else {
        throw .component(component.place, expected: "cls and sep with their ids")
      }
      (prefix, suffix) = ([begin], [end])
    default: throw try component.unknown()
    }
  }

  /// The special tokens before and behind the text in the template for one text.
  private mutating func applyTemplate(_ component: Component) throws(TokenizerError) {
    guard let pieces = component.json["single"]?.array else {
      throw .component("\(component.place).single", expected: "an array")
    }
    var isBehind = false
    for piece in pieces {
      if piece["Sequence"] != nil {
        isBehind = true
        continue
      }
      guard let name = piece["SpecialToken"]?["id"]?.string,
        let ids = component.json["special_tokens"]?[name]?["ids"]?.array?.compactMap(\.integer), !ids.isEmpty
      else { throw .component("\(component.place).single", expected: "special tokens with ids, and one sequence") }
      if isBehind { suffix += ids } else { prefix += ids }
    }
  }
}
