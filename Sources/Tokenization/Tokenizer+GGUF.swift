import ModelFiles

extension Tokenizer {
  /// The tokenizer that a GGUF file carries.
  ///
  /// - Throws: ``GGUFError`` when keys are missing, ``TokenizerError`` when they do not fit together.
  package convenience init(_ file: GGUFFile) throws {
    let keys = file.metadata
    func required<Value>(_ key: String, _ value: (GGUFValue) -> Value?, _ expected: String) throws -> Value {
      guard let found = keys[key] else { throw GGUFError(path: file.path, reason: .missingKey(key)) }
      guard let value = value(found) else {
        throw GGUFError(path: file.path, reason: .wrongKey(key, expected: expected))
      }
      return value
    }
    let kind = try required("tokenizer.ggml.model", \.string, "a string")
    guard kind == "gpt2" else {
      throw GGUFError(path: file.path, reason: .wrongKey("tokenizer.ggml.model", expected: "gpt2, but found '\(kind)'"))
    }
    try self.init(
      TokenizerModel(
        tokens: required("tokenizer.ggml.tokens", \.strings, "strings"),
        types: keys["tokenizer.ggml.token_type"]?.integers ?? [],
        merges: required("tokenizer.ggml.merges", \.strings, "strings"),
        preTokenizer: keys["tokenizer.ggml.pre"]?.string ?? "default",
        beginningOfSequenceID: keys["tokenizer.ggml.bos_token_id"]?.integer,
        endOfSequenceID: keys["tokenizer.ggml.eos_token_id"]?.integer,
        unknownID: keys["tokenizer.ggml.unknown_token_id"]?.integer,
        paddingID: keys["tokenizer.ggml.padding_token_id"]?.integer,
        addsBeginningOfSequence: keys["tokenizer.ggml.add_bos_token"]?.bool,
        addsEndOfSequence: keys["tokenizer.ggml.add_eos_token"]?.bool ?? false))
  }
}
