import Synchronization

/// Byte-level byte-pair encoding: text to token ids and back, equal to the Hugging Face tokenizer of the same model.
///
/// May be used by several threads at once.
package final class Tokenizer: Sendable {
  package let preTokenizer: PreTokenizer
  package let beginningOfSequenceID: Int?
  package let endOfSequenceID: Int?
  package let unknownID: Int?
  package let paddingID: Int?
  package let addsBeginningOfSequence: Bool
  package let addsEndOfSequence: Bool
  /// The tokens that end a generation: the end of sequence and those known by their text, such as `<|im_end|>`.
  package let endOfGenerationIDs: Set<Int>

  private let vocabulary: Vocabulary
  private let merges: MergeTable
  private let allSpecialTokens: SpecialTokenMatcher
  private let userDefinedTokens: SpecialTokenMatcher
  private let scratch = Mutex(EncodingScratch())

  /// Checks a model's description and prepares it for use.
  ///
  /// - Throws: ``TokenizerError`` that names the first thing that is wrong.
  /// - Complexity: O(tokens + merges): 0.1 s for SmolLM2's 49,152 tokens.
  package init(_ model: TokenizerModel) throws(TokenizerError) {
    guard let preTokenizer = PreTokenizer(rawValue: model.preTokenizer) else {
      throw .unknownPreTokenizer(name: model.preTokenizer, known: PreTokenizer.knownNames)
    }
    self.preTokenizer = preTokenizer
    let vocabulary = try Vocabulary(tokens: model.tokens, types: model.types)
    self.vocabulary = vocabulary
    merges = try MergeTable(model.merges, vocabulary: vocabulary)
    try Self.checkSpecialIDs(of: model)
    beginningOfSequenceID = model.beginningOfSequenceID
    endOfSequenceID = model.endOfSequenceID
    unknownID = model.unknownID
    paddingID = model.paddingID
    addsBeginningOfSequence = model.addsBeginningOfSequence ?? preTokenizer.addsBeginningOfSequence
    addsEndOfSequence = model.addsEndOfSequence
    if addsBeginningOfSequence, beginningOfSequenceID == nil { throw .missingBeginningOfSequence }
    if addsEndOfSequence, endOfSequenceID == nil { throw .missingEndOfSequence }
    let special = model.tokens.indices.filter { [.control, .unknown, .userDefined].contains(vocabulary.type(of: $0)) }
    allSpecialTokens = SpecialTokenMatcher(ids: special, vocabulary: vocabulary)
    userDefinedTokens = SpecialTokenMatcher(
      ids: special.filter { vocabulary.type(of: $0) == .userDefined }, vocabulary: vocabulary)
    endOfGenerationIDs = Set(model.tokens.indices.filter { EndOfGeneration.texts.contains(model.tokens[$0]) })
      .union(model.endOfSequenceID.map { [$0] } ?? [])
  }

  private static func checkSpecialIDs(of model: TokenizerModel) throws(TokenizerError) {
    let ids = [
      ("beginning-of-sequence", model.beginningOfSequenceID), ("end-of-sequence", model.endOfSequenceID),
      ("unknown", model.unknownID), ("padding", model.paddingID),
    ]
    for (role, id) in ids {
      guard let id, !model.tokens.indices.contains(id) else { continue }
      throw .specialTokenOutOfRange(role: role, id: id, tokens: model.tokens.count)
    }
  }

  package var vocabularySize: Int { vocabulary.count }
}

// MARK: - Text to ids

extension Tokenizer {
  /// The ids of a text.
  ///
  /// - Parameters:
  ///   - addingSpecialTokens: Whether the beginning and end of sequence are put around it where the model wants them; a
  ///     token that the text has there already is not put twice.
  ///   - parsingSpecialTokens: Whether the text of a control token, such as `<|im_end|>`, becomes that token. Text from
  ///     strangers that goes into a chat should be taken as it stands: `false`.
  /// - Complexity: O(n log n) at worst; 20 MB/s and more for English.
  package func ids(
    of text: String, addingSpecialTokens: Bool = true, parsingSpecialTokens: Bool = true
  ) -> [Int] {
    var ids: [Int] = []
    var text = text
    text.withUTF8 { bytes in
      ids.reserveCapacity(bytes.count / 3 + 8)
      appendIDs(of: bytes, matcher: parsingSpecialTokens ? allSpecialTokens : userDefinedTokens, to: &ids)
    }
    if addingSpecialTokens { addSequenceBorders(to: &ids) }
    return ids
  }

  /// The tokens of a text, as ``ids(of:addingSpecialTokens:parsingSpecialTokens:)`` gives them, with their texts.
  package func tokens(of text: String, addingSpecialTokens: Bool = true, parsingSpecialTokens: Bool = true) -> [Token] {
    ids(of: text, addingSpecialTokens: addingSpecialTokens, parsingSpecialTokens: parsingSpecialTokens)
      .map { Token(id: $0, text: DisplayText.of(vocabulary.bytes(of: $0))) }
  }

  private func addSequenceBorders(to ids: inout [Int]) {
    if addsBeginningOfSequence, let begin = beginningOfSequenceID, ids.first != begin { ids.insert(begin, at: 0) }
    if addsEndOfSequence, let end = endOfSequenceID, ids.last != end { ids.append(end) }
  }

  private func appendIDs(of text: UnsafeBufferPointer<UInt8>, matcher: SpecialTokenMatcher, to ids: inout [Int]) {
    var start = 0
    while start < text.count {
      let match = matcher.firstMatch(in: text, from: start)
      appendIDs(ofPlain: UnsafeBufferPointer(rebasing: text[start..<(match?.range.lowerBound ?? text.count)]), to: &ids)
      if let match { ids.append(match.id) }
      start = match?.range.upperBound ?? text.count
    }
  }

  private func appendIDs(ofPlain text: UnsafeBufferPointer<UInt8>, to ids: inout [Int]) {
    let usedShared: Void? = scratch.withLockIfAvailable { appendIDs(ofPlain: text, to: &ids, &$0) }
    if usedShared == nil {
      // Another thread holds the cache: an own one costs less than waiting.
      var own = EncodingScratch()
      appendIDs(ofPlain: text, to: &ids, &own)
    }
  }

  private func appendIDs(
    ofPlain bytes: UnsafeBufferPointer<UInt8>, to ids: inout [Int], _ scratch: inout EncodingScratch
  ) {
    let text = ClassifiedText(bytes)
    var start = 0
    while start < text.count {
      let end = preTokenizer.endOfWord(in: text, from: start)
      let word = UnsafeBufferPointer(rebasing: bytes[start..<end])
      scratch.cache.appendTokens(of: word, to: &ids) { word, tokens in
        if preTokenizer.ignoresMerges || word.count == 1, let id = vocabulary.id(of: word) {
          tokens.append(Int32(id))
        } else {
          scratch.merger.encode(word, idOfByte: vocabulary.idOfByte, merges: merges, into: &tokens)
        }
      }
      start = end
    }
  }
}

/// What encoding keeps between texts.
private struct EncodingScratch: Sendable {
  var cache = WordCache()
  var merger = WordMerger()
}

// MARK: - Ids to text

extension Tokenizer {
  /// The text of ids; bytes that are no valid UTF-8 become U+FFFD.
  ///
  /// - Throws: ``TokenizerError/tokenOutOfRange(id:tokens:)``.
  package func text(
    of ids: some Sequence<Int>, skippingSpecialTokens: Bool = false
  ) throws(TokenizerError) -> String {
    var bytes: [UInt8] = []
    for id in ids {
      if skippingSpecialTokens, try isSpecial(id) { continue }
      bytes += try self.bytes(of: id)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The bytes that a token stands for, which need not be whole characters.
  ///
  /// - Throws: ``TokenizerError/tokenOutOfRange(id:tokens:)``.
  package func bytes(of id: Int) throws(TokenizerError) -> ArraySlice<UInt8> {
    try check(id)
    return vocabulary.bytes(of: id)
  }

  /// A token as people look at it.
  ///
  /// - Throws: ``TokenizerError/tokenOutOfRange(id:tokens:)``.
  package func token(_ id: Int) throws(TokenizerError) -> Token {
    Token(id: id, text: DisplayText.of(try bytes(of: id)))
  }

  /// The type of a token.
  ///
  /// - Throws: ``TokenizerError/tokenOutOfRange(id:tokens:)``.
  package func type(of id: Int) throws(TokenizerError) -> TokenType {
    try check(id)
    return vocabulary.type(of: id)
  }

  /// Whether a token steers the model and is no text of its own.
  ///
  /// - Throws: ``TokenizerError/tokenOutOfRange(id:tokens:)``.
  package func isSpecial(_ id: Int) throws(TokenizerError) -> Bool {
    let type = try type(of: id)
    return type == .control || type == .unknown
  }

  private func check(_ id: Int) throws(TokenizerError) {
    if !(0..<vocabularySize ~= id) { throw .tokenOutOfRange(id: id, tokens: vocabularySize) }
  }
}
