import JSONValue

/// A part of tokenizer.json with a type, such as a normalizer, and its place for messages.
struct Component {
  let place: String
  let json: JSONValue

  init(_ place: String, _ json: JSONValue) {
    self.place = place
    self.json = json
  }

  /// - Throws: ``TokenizerError/component(_:expected:)`` when there is no type.
  func type() throws(TokenizerError) -> String {
    guard let type = json["type"]?.string else { throw .component(place, expected: "an object with a type") }
    return type
  }

  func unknown() throws(TokenizerError) -> TokenizerError { .unknownComponent(place: place, type: try type()) }

  /// The components inside a sequence.
  func members(_ key: String) throws(TokenizerError) -> [Component] {
    guard let members = json[key]?.array else { throw .component("\(place).\(key)", expected: "an array") }
    return members.enumerated().map { Component("\(place).\(key)[\($0.offset)]", $0.element) }
  }

  func string(_ key: String) throws(TokenizerError) -> String {
    guard let value = json[key]?.string else { throw .component("\(place).\(key)", expected: "a string") }
    return value
  }

  func bool(_ key: String, default habit: Bool? = nil) throws(TokenizerError) -> Bool {
    if let value = json[key]?.bool ?? habit, json[key] == nil || json[key]?.bool != nil { return value }
    throw .component("\(place).\(key)", expected: "true or false")
  }

  func integer(_ key: String) throws(TokenizerError) -> Int {
    guard let value = json[key]?.integer, value >= 0 else {
      throw .component("\(place).\(key)", expected: "a number that is not negative")
    }
    return value
  }
}
