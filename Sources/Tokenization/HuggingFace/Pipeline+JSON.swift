import Foundation
import JSONValue

extension Pipeline {
  /// The steps that a tokenizer.json describes.
  ///
  /// - Throws: ``TokenizerError`` that names the first component that is wrong or not known.
  init(_ json: TokenizerJSON) throws {
    let preTokenizer = try PreTokenizer(json.parts["pre_tokenizer"])
    let reader = VocabularyReader(json: json, writing: preTokenizer.isByteLevel ? .byteLevel : .pieces)
    let added = try reader.addedTokens()
    let vocabulary = try reader.vocabulary(adding: added)
    let normalizer = try Normalizer(json.parts["normalizer"])
    let pairs = try PairMerges(json, vocabulary)
    self.init(
      vocabulary: vocabulary,
      addedTokens: Self.matcher(added.filter { !$0.isNormalized }, nil),
      normalizer: normalizer, normalizedTokens: Self.matcher(added.filter(\.isNormalized), normalizer),
      preTokenizer: pairs.withWordBorders(preTokenizer), model: .pairs(pairs),
      decoder: try TextDecoder.Options(json.parts["decoder"], vocabulary.writing),
      borders: try SequenceBorders(json.parts["post_processor"]))
    for id in borders.prefix + borders.suffix where !(0..<vocabulary.count).contains(id) {
      throw TokenizerError.specialTokenOutOfRange(role: "post-processor's", id: id, tokens: vocabulary.count)
    }
  }

  private static func matcher(_ tokens: [AddedToken], _ normalizer: Normalizer?) -> AddedTokens {
    let texts = tokens.map { token in
      var text = Array(token.content.utf8)
      normalizer?.apply(to: &text)
      return text
    }
    return AddedTokens(tokens, texts: texts, precedence: .leftmost)
  }
}

/// Puts the vocabulary of a tokenizer.json in the order of the ids.
private struct VocabularyReader {
  let json: TokenizerJSON
  let writing: Vocabulary.Writing

  /// The added tokens; one that the model's vocabulary has too has the id that stands there.
  func addedTokens() throws -> [AddedToken] {
    var tokens = try AddedToken.all(in: json.parts["added_tokens"])
    let wanted = Dictionary(tokens.enumerated().map { (Array($0.element.content.utf8), $0.offset) }) { first, _ in first
    }
    let lengths = Set(wanted.keys.map(\.count))
    for index in json.ids.indices where lengths.contains(json.texts.range(index).count) {
      if let token = wanted[Array(json.texts.bytes[json.texts.range(index)])] { tokens[token].id = json.ids[index] }
    }
    return tokens
  }

  func vocabulary(adding added: [AddedToken]) throws -> Vocabulary {
    let tokens = json.ids.count + added.count
    guard let last = (json.ids + added.map(\.id)).max() else { throw TokenizerError.noTokens }
    // Ids may have gaps, but no few tokens may claim the memory of many.
    if last >= Vocabulary.limit || last > 2 * tokens + 65_536 {
      throw TokenizerError.idTooLarge(id: last, tokens: tokens)
    }
    var order = [Int](repeating: -1, count: last + 1)
    for (index, id) in json.ids.enumerated() {
      if order[id] >= 0 {
        throw TokenizerError.duplicateID(id: id, first: text(order[id]), second: text(index))
      }
      order[id] = index
    }
    var types: [Int: AddedToken] = [:]
    for token in added { types[token.id] = token }
    return try vocabulary(in: order, types)
  }

  private func vocabulary(in order: [Int], _ added: [Int: AddedToken]) throws -> Vocabulary {
    let fallsBack = json.model["byte_fallback"]?.bool == true
    var vocabulary = Vocabulary(writing: writing, capacity: order.count, bytes: 8 * order.count)
    vocabulary.replacesInAddedTokens = true
    try json.texts.bytes.withUnsafeBufferPointer { bytes in
      for (id, index) in order.enumerated() {
        if var token = added[id] {
          try token.content.withUTF8 { try vocabulary.append($0, type: token.isSpecial ? .control : .userDefined) }
        } else if index < 0 {
          try vocabulary.append(UnsafeBufferPointer(rebasing: bytes[..<0]), type: .unused)
        } else {
          let text = UnsafeBufferPointer(rebasing: bytes[json.texts.range(index)])
          try vocabulary.append(text, type: fallsBack && ByteToken.byte(of: text) != nil ? .byte : .normal)
        }
      }
    }
    return vocabulary
  }

  private func text(_ index: Int) -> String {
    String(decoding: json.texts.bytes[json.texts.range(index)], as: UTF8.self)
  }
}

extension PairMerges {
  /// The model of a tokenizer.json.
  fileprivate init(_ json: TokenizerJSON, _ vocabulary: Vocabulary) throws {
    let model = Component("model", .object(json.model))
    // Old files leave the type of their only kind out.
    if let type = json.model["type"]?.string, type != "BPE" {
      throw TokenizerError.unknownComponent(place: "model", type: type)
    }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] where json.model[key]?.string?.isEmpty == false {
      throw TokenizerError.unknownComponent(place: "model", type: key)
    }
    if let dropout = json.model["dropout"]?.number, dropout > 0 {
      throw TokenizerError.unknownComponent(place: "model", type: "dropout")
    }
    var options = Options(
      ignoresMerges: try model.bool("ignore_merges", default: false),
      fallsBackToBytes: try model.bool("byte_fallback", default: false),
      fusesUnknown: try model.bool("fuse_unk", default: false))
    if let unknown = json.model["unk_token"]?.string {
      guard let id = vocabulary.id(of: unknown) else {
        throw TokenizerError.component("model.unk_token", expected: "a token of the vocabulary, but found '\(unknown)'")
      }
      options.unknownID = id
    }
    // Of a pair that stands twice in the list Hugging Face tokenizers take the last.
    var merges = MergeReader(vocabulary: vocabulary, count: json.merges.count / 2, keepsFirst: false)
    try json.merges.bytes.withUnsafeBufferPointer { bytes in
      for index in stride(from: 0, to: json.merges.count, by: 2) {
        let (first, second) = (json.merges.range(index), json.merges.range(index + 1))
        try merges.append(
          UnsafeBufferPointer(rebasing: bytes[first]), UnsafeBufferPointer(rebasing: bytes[second]))
      }
    }
    self.init(vocabulary: vocabulary, merges: try merges.finish(), options: options)
  }

  /// The pre-tokenizer, and behind it a cut where no merge can be, if that changes nothing: every character has a token.
  fileprivate func withWordBorders(_ preTokenizer: PreTokenizer) -> PreTokenizer {
    let isTotal = options.unknownID != nil || options.fallsBackToBytes && !vocabulary.idOfByte.contains(Symbol.none)
    guard vocabulary.writing == .pieces, !options.ignoresMerges, isTotal, vocabulary.id(of: "▁") != nil else {
      return preTokenizer
    }
    var preTokenizer = preTokenizer
    preTokenizer.stages.append(.split(.wordBorder(WordBorders(vocabulary.forEachKey)), .isolated, inverted: false))
    return preTokenizer
  }
}
