import Synchronization

/// Text to token ids and back, equal to the peer whose file describes the tokenizer: Hugging Face tokenizers for a
/// tokenizer.json, llama.cpp for a GGUF file.
///
/// May be used by several threads at once.
package final class Tokenizer: Sendable {
  package let specialTokens: SpecialTokens
  /// The tokens that end a generation: those that the files name and those known by their text, such as `<|im_end|>`.
  package let endOfGenerationIDs: Set<Int>
  /// The model's own Jinja template that turns a conversation into text, or `nil` when it has none.
  package let chatTemplate: String?

  let pipeline: Pipeline
  let origin: Origin
  private let scratch = Mutex(EncodingScratch())

  /// Where the tokenizer came from, which is what it is written back as.
  enum Origin: Sendable {
    case model(TokenizerModel)
    case huggingFace(HuggingFaceSource)
  }

  init(
    pipeline: Pipeline, specialTokens: SpecialTokens, endOfGenerationIDs: Set<Int>, chatTemplate: String?,
    origin: Origin
  ) {
    self.pipeline = pipeline
    self.specialTokens = specialTokens
    self.endOfGenerationIDs = endOfGenerationIDs
    self.chatTemplate = chatTemplate
    self.origin = origin
  }

  package var vocabularySize: Int { pipeline.vocabulary.count }
  package var beginningOfSequenceID: Int? { specialTokens.beginningOfSequence }
  package var endOfSequenceID: Int? { specialTokens.endOfSequence }
  package var unknownID: Int? { specialTokens.unknown }
  package var paddingID: Int? { specialTokens.padding }

  /// The text of the beginning-of-sequence token as a chat template writes it, or `nil`.
  package var bosToken: String? { specialTokens.beginningOfSequence.map(fileText) }

  /// The text of the end-of-sequence token as a chat template writes it, or `nil`.
  package var eosToken: String? { specialTokens.endOfSequence.map(fileText) }

  /// Whether encoded texts begin with the beginning-of-sequence token.
  package var addsBeginningOfSequence: Bool {
    specialTokens.beginningOfSequence.map { pipeline.borders.prefix.contains($0) } ?? false
  }

  /// Whether encoded texts end with the end-of-sequence token.
  package var addsEndOfSequence: Bool {
    specialTokens.endOfSequence.map { pipeline.borders.suffix.contains($0) } ?? false
  }

  /// The id of the token with this text, as added tokens are written in files, or `nil`.
  package func id(of token: String) -> Int? { pipeline.vocabulary.id(of: token) }

  /// A special token's text.
  private func fileText(of id: Int) -> String { String(decoding: pipeline.vocabulary.key(of: id), as: UTF8.self) }
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
      let usedShared: Void? = scratch.withLockIfAvailable {
        pipeline.appendIDs(of: bytes, parsingSpecial: parsingSpecialTokens, to: &ids, &$0)
      }
      if usedShared == nil {
        // Another thread holds the cache: an own one costs less than waiting.
        var own = EncodingScratch()
        pipeline.appendIDs(of: bytes, parsingSpecial: parsingSpecialTokens, to: &ids, &own)
      }
    }
    if addingSpecialTokens { pipeline.borders.add(to: &ids) }
    return ids
  }

  /// The tokens of a text, as ``ids(of:addingSpecialTokens:parsingSpecialTokens:)`` gives them, with their texts.
  package func tokens(of text: String, addingSpecialTokens: Bool = true, parsingSpecialTokens: Bool = true) -> [Token] {
    ids(of: text, addingSpecialTokens: addingSpecialTokens, parsingSpecialTokens: parsingSpecialTokens).map(shown)
  }
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
    var decoder = TextDecoder(pipeline.decoder)
    for id in ids {
      if skippingSpecialTokens, try isSpecial(id) { continue }
      try check(id)
      decoder.append(id, of: pipeline.vocabulary, to: &bytes)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The bytes that a token stands for, which need not be whole characters.
  ///
  /// - Throws: ``TokenizerError/tokenOutOfRange(id:tokens:)``.
  package func bytes(of id: Int) throws(TokenizerError) -> [UInt8] {
    try check(id)
    var bytes: [UInt8] = []
    pipeline.vocabulary.appendBytes(of: id, to: &bytes)
    return bytes
  }

  /// A token as people look at it.
  ///
  /// - Throws: ``TokenizerError/tokenOutOfRange(id:tokens:)``.
  package func token(_ id: Int) throws(TokenizerError) -> Token {
    try check(id)
    return shown(id)
  }

  private func shown(_ id: Int) -> Token {
    var bytes: [UInt8] = []
    pipeline.vocabulary.appendBytes(of: id, to: &bytes)
    return Token(id: id, text: DisplayText.of(bytes[...]))
  }

  /// The type of a token.
  ///
  /// - Throws: ``TokenizerError/tokenOutOfRange(id:tokens:)``.
  package func type(of id: Int) throws(TokenizerError) -> TokenType {
    try check(id)
    return pipeline.vocabulary.type(of: id)
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
