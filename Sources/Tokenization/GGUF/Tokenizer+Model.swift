extension Tokenizer {
  /// Checks a model's description and prepares it for use.
  ///
  /// - Throws: ``TokenizerError`` that names the first thing that is wrong.
  /// - Complexity: O(tokens + merges).
  package convenience init(_ model: TokenizerModel) throws {
    let preTokenizer = try GGUFPreTokenizer(named: model.kind == .pieces ? "default" : model.preTokenizer)
    var vocabulary = try Self.vocabulary(of: model)
    try model.specialTokens.check(tokenCount: vocabulary.count)
    Self.correctTypes(in: &vocabulary)
    let addsSpacePrefix = model.addsSpacePrefix ?? (model.kind == .pieces)
    let added = Self.addedTokens(of: vocabulary)
    let pipeline = Pipeline(
      vocabulary: vocabulary, addedTokens: added.matcher, normalizer: Self.normalizer(model, addsSpacePrefix),
      normalizedTokens: AddedTokens([], texts: [], precedence: .longest),
      preTokenizer: model.kind == .pieces ? Self.bordersOnly(vocabulary) : preTokenizer.preTokenizer,
      model: try Self.rule(model, preTokenizer, vocabulary),
      decoder: TextDecoder.Options(strippedSpaces: model.kind == .pieces && addsSpacePrefix ? 1 : 0),
      borders: try Self.borders(model, preTokenizer))
    let special = model.specialTokens
    self.init(
      pipeline: pipeline, specialTokens: special,
      endOfGenerationIDs: EndOfGeneration.ids(
        { vocabulary.id(of: $0) ?? added.ids[$0] },
        named: [special.endOfSequence, special.endOfTurn, special.endOfMessage]),
      chatTemplate: model.chatTemplate, origin: .model(model))
  }

  // MARK: - Vocabulary

  private static func vocabulary(of model: TokenizerModel) throws -> Vocabulary {
    let count = model.tokens.count
    if count == 0 { throw TokenizerError.noTokens }
    if count > Vocabulary.limit { throw TokenizerError.tooManyTokens(count: count, limit: Vocabulary.limit) }
    if !model.types.isEmpty, model.types.count != count {
      throw TokenizerError.typeCount(types: model.types.count, tokens: count)
    }
    if !model.scores.isEmpty, model.scores.count != count {
      throw TokenizerError.scoreCount(scores: model.scores.count, tokens: count)
    }
    if let id = model.scores.firstIndex(where: \.isNaN) { throw TokenizerError.scoreNotANumber(id: id) }
    var vocabulary = Vocabulary(
      writing: model.kind == .pieces ? .pieces : .byteLevel, capacity: count, bytes: model.tokens.byteCount)
    try model.tokens.forEach { text in
      let id = vocabulary.count
      let number = model.types.isEmpty ? 1 : model.types[id]
      guard let type = UInt8(exactly: number).flatMap(TokenType.init) else {
        throw TokenizerError.unknownType(id: id, type: Int(number))
      }
      try vocabulary.append(text, type: type)
    }
    return vocabulary
  }

  /// Gives tokens whose text tells what they are the type that goes with it, as llama.cpp does.
  private static func correctTypes(in vocabulary: inout Vocabulary) {
    for text in EndOfGeneration.texts + EndOfGeneration.textsOfControlTokens {
      if let id = vocabulary.id(of: text) { vocabulary.setType(.control, of: id) }
    }
    for text in EndOfGeneration.textsOfUserDefinedTokens {
      if let id = vocabulary.id(of: text) { vocabulary.setType(.userDefined, of: id) }
    }
  }

  private static func addedTokens(of vocabulary: Vocabulary) -> (matcher: AddedTokens, ids: [String: Int]) {
    var tokens: [AddedToken] = []
    var texts: [[UInt8]] = []
    for id in 0..<vocabulary.count {
      let type = vocabulary.type(of: id)
      guard type == .control || type == .unknown || type == .userDefined, !vocabulary.key(of: id).isEmpty else {
        continue
      }
      texts.append(Array(vocabulary.key(of: id)))
      tokens.append(
        AddedToken(
          id: id, content: String(decoding: vocabulary.key(of: id), as: UTF8.self), isSpecial: type != .userDefined))
    }
    let ids = Dictionary(tokens.map { ($0.content, $0.id) }, uniquingKeysWith: { first, _ in first })
    return (AddedTokens(tokens, texts: texts, precedence: .longest), ids)
  }

  // MARK: - Steps

  /// Spaces are written as `▁`, one more before the text and behind each added token.
  private static func normalizer(_ model: TokenizerModel, _ addsSpacePrefix: Bool) -> Normalizer? {
    guard model.kind == .pieces else { return nil }
    let escape = Normalizer.replace(" ", by: "▁")
    return addsSpacePrefix ? .sequence([.prepend("▁"), escape]) : escape
  }

  private static func bordersOnly(_ vocabulary: Vocabulary) -> PreTokenizer {
    PreTokenizer(
      stages: [.split(.wordBorder(WordBorders(vocabulary.forEachKey)), .isolated, inverted: false)],
      isByteLevel: false)
  }

  private static func rule(
    _ model: TokenizerModel, _ preTokenizer: GGUFPreTokenizer, _ vocabulary: Vocabulary
  ) throws -> Pipeline.Model {
    if model.kind == .pieces {
      let scores = model.scores.isEmpty ? [Float](repeating: 0, count: vocabulary.count) : model.scores
      return .scored(ScoredPieces(vocabulary: vocabulary, scores: scores, unknownID: model.specialTokens.unknown))
    }
    // Of a pair that stands twice in the list llama.cpp takes the first.
    var merges = MergeReader(vocabulary: vocabulary, count: model.merges.count, keepsFirst: true)
    try model.merges.forEach { try merges.append(line: $0) }
    let options = PairMerges.Options(ignoresMerges: preTokenizer.ignoresMerges, unknownBytesSeparate: true)
    return .pairs(try PairMerges(vocabulary: vocabulary, merges: merges.finish(), options: options))
  }

  private static func borders(
    _ model: TokenizerModel, _ preTokenizer: GGUFPreTokenizer
  ) throws(TokenizerError) -> SequenceBorders {
    var borders = SequenceBorders()
    if model.addsBeginningOfSequence ?? (model.kind == .pieces || preTokenizer.addsBeginningOfSequence) {
      guard let begin = model.specialTokens.beginningOfSequence else { throw .missingBeginningOfSequence }
      borders.prefix = [begin]
    }
    if model.addsEndOfSequence ?? false {
      guard let end = model.specialTokens.endOfSequence else { throw .missingEndOfSequence }
      borders.suffix = [end]
    }
    return borders
  }
}
