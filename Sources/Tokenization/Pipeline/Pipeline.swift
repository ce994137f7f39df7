/// The checked steps from a text to ids and back: added tokens, normalizer, pre-tokenizer, model, borders; decoder.
struct Pipeline: Sendable {
  /// How the parts of a word merge.
  enum Model: Sendable {
    case pairs(PairMerges)
    case scored(ScoredPieces)
  }

  var vocabulary: Vocabulary
  /// The tokens that are matched in the text as it comes.
  var addedTokens: AddedTokens
  var normalizer: Normalizer?
  /// The tokens that are matched in normalized text.
  var normalizedTokens: AddedTokens
  var preTokenizer: PreTokenizer
  var model: Model
  var decoder: TextDecoder.Options
  /// What stands before and behind every text.
  var borders: SequenceBorders

  /// Appends the ids of a text, without borders.
  func appendIDs(
    of text: UnsafeBufferPointer<UInt8>, parsingSpecial: Bool, to ids: inout [Int], _ scratch: inout EncodingScratch
  ) {
    addedTokens.forEachPart(of: text, parsingSpecial: parsingSpecial) { range, id in
      if let id { return ids.append(id) }
      let stretch = UnsafeBufferPointer(rebasing: text[range])
      let isFirst = range.lowerBound == 0
      guard let normalizer else {
        return appendIDs(ofNormalized: stretch, isFirst: isFirst, parsingSpecial, to: &ids, &scratch)
      }
      var normalized = Array(stretch)
      normalizer.apply(to: &normalized)
      normalized.withUnsafeBufferPointer {
        appendIDs(ofNormalized: $0, isFirst: isFirst, parsingSpecial, to: &ids, &scratch)
      }
    }
  }

  private func appendIDs(
    ofNormalized text: UnsafeBufferPointer<UInt8>, isFirst: Bool, _ parsingSpecial: Bool, to ids: inout [Int],
    _ scratch: inout EncodingScratch
  ) {
    if normalizedTokens.isEmpty { return appendIDs(ofPlain: text, isFirst: isFirst, to: &ids, &scratch) }
    normalizedTokens.forEachPart(of: text, parsingSpecial: parsingSpecial) { range, id in
      if let id { return ids.append(id) }
      appendIDs(
        ofPlain: UnsafeBufferPointer(rebasing: text[range]), isFirst: isFirst && range.lowerBound == 0, to: &ids,
        &scratch)
    }
  }

  private func appendIDs(
    ofPlain text: UnsafeBufferPointer<UInt8>, isFirst: Bool, to ids: inout [Int], _ scratch: inout EncodingScratch
  ) {
    switch model {
    case .pairs(let rule): appendIDs(ofPlain: text, isFirst: isFirst, by: rule, to: &ids, &scratch)
    case .scored(let rule): appendIDs(ofPlain: text, isFirst: isFirst, by: rule, to: &ids, &scratch)
    }
  }

  @inline(__always)
  private func appendIDs(
    ofPlain text: UnsafeBufferPointer<UInt8>, isFirst: Bool, by rule: some MergeRule, to ids: inout [Int],
    _ scratch: inout EncodingScratch
  ) {
    preTokenizer.forEachWord(of: text, isFirst: isFirst) { word in
      scratch.cache.appendTokens(of: word, to: &ids) { word, tokens in
        if let token = rule.wholeToken(of: word) {
          tokens.append(token)
        } else {
          scratch.merger.encode(word, by: rule, into: &tokens)
        }
      }
    }
  }
}

/// What encoding keeps between texts.
struct EncodingScratch: Sendable {
  var cache = WordCache()
  var merger = WordMerger()
}

/// The tokens that stand before and behind every text.
struct SequenceBorders: Sendable, Hashable {
  var prefix: [Int] = []
  var suffix: [Int] = []

  /// Puts the borders around `ids`, which may have them already: no border comes twice.
  func add(to ids: inout [Int]) {
    if !prefix.isEmpty, !ids.starts(with: prefix) { ids.insert(contentsOf: prefix, at: 0) }
    if !suffix.isEmpty, !ids.reversed().starts(with: suffix.reversed()) { ids += suffix }
  }
}
