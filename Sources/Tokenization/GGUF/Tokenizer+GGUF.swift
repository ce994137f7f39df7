import ModelFiles

extension Tokenizer {
  /// The tokenizer that a GGUF file carries.
  ///
  /// - Throws: ``GGUFError`` when keys are missing, ``TokenizerError`` when they do not fit together.
  package convenience init(_ file: GGUFFile) throws { try self.init(TokenizerModel(file)) }
}

extension TokenizerModel {
  /// The description of the tokenizer that a GGUF file carries.
  ///
  /// - Throws: ``GGUFError`` when keys are missing or have other types than they should.
  package init(_ file: GGUFFile) throws(GGUFError) {
    let keys = TokenizerKeys(file: file)
    let name = try keys.required("model", \.string, "a string")
    guard let kind = Kind(rawValue: name) else {
      let known = Kind.allCases.map(\.rawValue).joined(separator: " or ")
      throw GGUFError(
        path: file.path, reason: .wrongKey("tokenizer.ggml.model", expected: "\(known), but found '\(name)'"))
    }
    self.init(
      kind: kind, tokens: try keys.required("tokens", \.texts, "strings"),
      types: try keys.optional("token_type", \.kinds, "integers") ?? [],
      scores: (try keys.optional("scores", \.floats, "numbers")) ?? [],
      merges: kind == .pieces ? [] : try keys.required("merges", \.texts, "strings"),
      preTokenizer: try keys.optional("pre", \.string, "a string") ?? "default",
      specialTokens: try keys.specialTokens(kind),
      addsBeginningOfSequence: try keys.optional("add_bos_token", \.bool, "a bool"),
      addsEndOfSequence: try keys.optional("add_eos_token", \.bool, "a bool"),
      addsSpacePrefix: try keys.optional("add_space_prefix", \.bool, "a bool"),
      chatTemplate: file.metadata["tokenizer.chat_template"]?.string)
    addsSeparator = try keys.optional("add_sep_token", \.bool, "a bool")
  }
}

/// Reads the keys `tokenizer.ggml.…`.
private struct TokenizerKeys {
  let file: GGUFFile

  func optional<Value>(
    _ name: String, _ value: (GGUFValue) -> Value?, _ expected: String
  ) throws(GGUFError) -> Value? {
    let key = "tokenizer.ggml.\(name)"
    guard let found = file.metadata[key] else { return nil }
    guard let value = value(found) else {
      throw GGUFError(path: file.path, reason: .wrongKey(key, expected: expected))
    }
    return value
  }

  func required<Value>(
    _ name: String, _ value: (GGUFValue) -> Value?, _ expected: String
  ) throws(GGUFError) -> Value {
    guard let value = try optional(name, value, expected) else {
      throw GGUFError(path: file.path, reason: .missingKey("tokenizer.ggml.\(name)"))
    }
    return value
  }

  func specialTokens(_ kind: TokenizerModel.Kind) throws(GGUFError) -> SpecialTokens {
    func id(_ role: String, _ habit: Int? = nil) throws(GGUFError) -> Int? {
      try optional("\(role)_token_id", \.integer, "a token's id") ?? habit
    }
    // SentencePiece's own numbers, which files of the kind `llama` may leave out.
    let hasHabits = kind == .pieces && file.metadata["tokenizer.ggml.tokens"]?.array?.count ?? 0 > 2
    var special = SpecialTokens(
      beginningOfSequence: try id("bos", hasHabits ? 1 : nil), endOfSequence: try id("eos", hasHabits ? 2 : nil),
      unknown: try id("unknown", hasHabits ? 0 : nil), padding: try id("padding"))
    special.separator = try id("seperator")
    special.mask = try id("mask")
    special.endOfTurn = try id("eot")
    special.endOfMessage = try id("eom")
    return special
  }
}

extension GGUFValue {
  /// What is no kind stays none.
  fileprivate var kinds: [Int32]? { integers?.map { Int32(clamping: $0) } }

  fileprivate var texts: TextList? { array.flatMap { TextList($0) } }

  fileprivate var floats: [Float]? { numbers.map { $0.map { Float($0) } } ?? integers.map { $0.map { Float($0) } } }
}
