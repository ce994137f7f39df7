import ModelFiles

extension Tokenizer {
  /// The tokenizer that a GGUF file carries.
  ///
  /// - Throws: ``GGUFError`` when keys are missing, ``TokenizerError`` when they do not fit together.
  package convenience init(_ file: GGUFFile) throws {
    let keys = file.metadata
    func optional<Value>(_ name: String, _ value: (GGUFValue) -> Value?, _ expected: String) throws -> Value? {
      let key = "tokenizer.ggml.\(name)"
      guard let found = keys[key] else { return nil }
      guard let value = value(found) else {
        throw GGUFError(path: file.path, reason: .wrongKey(key, expected: expected))
      }
      return value
    }
    func required<Value>(_ name: String, _ value: (GGUFValue) -> Value?, _ expected: String) throws -> Value {
      guard let value = try optional(name, value, expected) else {
        throw GGUFError(path: file.path, reason: .missingKey("tokenizer.ggml.\(name)"))
      }
      return value
    }
    func id(_ role: String) throws -> Int? { try optional("\(role)_token_id", \.integer, "a token's id") }
    let kind = try required("model", \.string, "a string")
    guard kind == "gpt2" else {
      throw GGUFError(path: file.path, reason: .wrongKey("tokenizer.ggml.model", expected: "gpt2, but found '\(kind)'"))
    }
    try self.init(
      TokenizerModel(
        tokens: required("tokens", \.strings, "strings"),
        types: optional("token_type", \.integers, "integers") ?? [],
        merges: required("merges", \.strings, "strings"),
        preTokenizer: optional("pre", \.string, "a string") ?? "default",
        beginningOfSequenceID: id("bos"), endOfSequenceID: id("eos"), unknownID: id("unknown"),
        paddingID: id("padding"),
        addsBeginningOfSequence: optional("add_bos_token", \.bool, "a bool"),
        addsEndOfSequence: optional("add_eos_token", \.bool, "a bool") ?? false))
  }
}
