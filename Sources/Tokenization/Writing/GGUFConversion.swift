import Foundation
import JSONValue

/// Describes the tokenizer of a Hugging Face folder as GGUF does, by the rules of llama.cpp's converter.
struct GGUFConversion {
  private let tokenizer: Tokenizer
  private let source: HuggingFaceSource
  private let json: TokenizerJSON
  private let configuration: JSONValue
  private let added: [Int: AddedToken]

  private var vocabulary: Vocabulary { tokenizer.pipeline.vocabulary }

  init(tokenizer: Tokenizer, source: HuggingFaceSource) throws {
    self.tokenizer = tokenizer
    self.source = source
    json = try TokenizerJSON(source.files["tokenizer.json"] ?? Data())
    configuration = try source.json("tokenizer_config.json")
    let tokens = try AddedToken.all(in: json.parts["added_tokens"])
    added = Dictionary(tokens.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  func model() throws -> TokenizerModel {
    let isPieces = vocabulary.writing == .pieces
    let tokens = (0..<vocabulary.count).map(token)
    var model = TokenizerModel(
      kind: isPieces ? .pieces : .bytePairs, tokens: TextList(tokens.map(\.text)),
      types: tokens.map { Int32($0.type.rawValue) },
      preTokenizer: isPieces ? "default" : try preTokenizerName(), specialTokens: try specialTokens(),
      chatTemplate: tokenizer.chatTemplate)
    (model.addsBeginningOfSequence, model.addsEndOfSequence) = borders()
    if isPieces {
      try addScores(to: &model)
      // Files of this kind put a space before the text unless they say otherwise.
      if !putsSpaceBefore { model.addsSpacePrefix = false }
    } else {
      model.merges = TextList(merges())
    }
    // Only Llama's converter looks at this.
    let kinds =
      try source.json("config.json")["model_type"]?.string.map { ["llama", "mistral"].contains($0) } ?? isPieces
    if kinds, let adds = configuration["add_prefix_space"]?.bool { model.addsSpacePrefix = adds }
    model.addsSeparator = addsSeparator()
    return model
  }

  // MARK: - Tokens

  private func token(_ id: Int) -> (text: String, type: TokenType) {
    if let token = added[id] {
      if token.isSpecial || Self.looksSpecial(token.content) { return (token.content, .control) }
      return (token.content.replacingOccurrences(of: "▁", with: " "), .userDefined)
    }
    let type = vocabulary.type(of: id)
    if type == .unused { return ("[PAD\(id)]", .unused) }
    let key = vocabulary.key(of: id)
    return (vocabulary.writing == .byteLevel ? ByteAlphabet.text(of: key) : String(decoding: key, as: UTF8.self), type)
  }

  /// Some models do not mark tokens as special that are.
  private static func looksSpecial(_ text: String) -> Bool {
    if ["<pad>", "<mask>", "<2mass>", "[@BOS@]"].contains(text) { return true }
    return [("<|", "|>"), ("<｜", "｜>"), ("<unused", ">")].contains { text.hasPrefix($0.0) && text.hasSuffix($0.1) }
  }

  private func merges() -> [String] {
    (0..<json.merges.count / 2).map { index in
      // A space in a token would end it.
      let parts = [json.merges.range(2 * index), json.merges.range(2 * index + 1)].map { range in
        String(decoding: json.merges.bytes[range], as: UTF8.self).replacingOccurrences(of: " ", with: "Ġ")
      }
      return parts.joined(separator: " ")
    }
  }

  /// SentencePiece's own scores, or scores in the order of the merges, which merge the same.
  private func addScores(to model: inout TokenizerModel) throws {
    var scores = [Float](repeating: -1000, count: vocabulary.count)
    if let data = source.files["tokenizer.model"] {
      let pieces = try SentencePieceModel(data).pieces
      for (id, piece) in pieces.enumerated() where id < scores.count && added[id] == nil {
        scores[id] = piece.score
        model.types[id] = Int32(piece.type.rawValue)
      }
    } else {
      for id in scores.indices where vocabulary.type(of: id) == .byte { scores[id] = 0 }
      try addScoresOfMerges(to: &scores)
    }
    for id in added.keys where id < scores.count { scores[id] = -1000 }
    model.scores = scores
  }

  private func addScoresOfMerges(to scores: inout [Float]) throws {
    var isScored = Set<Int>()
    let bytes = json.merges.bytes
    for index in 0..<json.merges.count / 2 {
      let whole = json.merges.range(2 * index).lowerBound..<json.merges.range(2 * index + 1).upperBound
      let id = bytes[whole].withUnsafeBufferPointer { vocabulary.id(of: $0) }
      if let id, isScored.insert(id).inserted { scores[id] = -Float(isScored.count - 1) }
    }
    var last = Float(isScored.count)
    for id in scores.indices where vocabulary.type(of: id) == .normal && !isScored.contains(id) {
      scores[id] = -last
      last += 1
    }
  }

  // MARK: - What else the keys say

  private func preTokenizerName() throws(TokenizerError) -> String {
    let stages = tokenizer.pipeline.preTokenizer.stages
    let patterns = stages.compactMap { stage in
      if case .split(let pattern, .isolated, false) = stage { pattern } else { nil }
    }
    let known: [([SplitPattern], String)] = [
      ([.number, .gpt2], "smollm"), ([.gpt2], "gpt-2"), ([.symbols, .gpt2, .numbers, .threeDigits], "default"),
      ([.llama3(Llama3Pattern(digits: 3, takesLongS: true))], "llama-bpe"),
      ([.llama3(Llama3Pattern(digits: 1, takesLongS: true))], "qwen2"),
      ([.tekken(TekkenPattern(asciiCaseOnly: false))], "tekken"),
    ]
    guard patterns.count == stages.count, let name = known.first(where: { $0.0 == patterns })?.1 else {
      throw .notInGGUF(what: "pre_tokenizer")
    }
    return name
  }

  private var putsSpaceBefore: Bool {
    for case .metaspace(let scheme) in tokenizer.pipeline.preTokenizer.stages where scheme != .never { return true }
    switch tokenizer.pipeline.normalizer {
    case .prepend: return true
    case .sequence(let steps): return steps.contains { if case .prepend = $0 { true } else { false } }
    default: return false
    }
  }

  /// What the files name; a role that only the model's configuration knows comes from there.
  private func specialTokens() throws -> SpecialTokens {
    let ids = try source.json("config.json")
    func id(_ role: String) -> Int? {
      ids["\(role)_token_id"]?.integer.flatMap { $0 < vocabulary.count && $0 >= 0 ? $0 : nil }
    }
    var special = tokenizer.specialTokens
    special.beginningOfSequence = special.beginningOfSequence ?? id("bos")
    special.endOfSequence = special.endOfSequence ?? id("eos")
    special.unknown = special.unknown ?? id("unk")
    special.separator = special.separator ?? id("sep")
    special.padding = special.padding ?? id("pad")
    special.mask = special.mask ?? id("mask")
    return special
  }

  /// Whether something that separates stands between two texts, when the post-processor puts anything there.
  private func addsSeparator() -> Bool? {
    let processor = json.parts["post_processor"] ?? .null
    let steps = processor["processors"]?.array ?? [processor]
    guard let step = steps.last(where: { $0["type"]?.string == "TemplateProcessing" }), let pair = step["pair"]?.array,
      let first = pair.firstIndex(where: { $0["Sequence"]?["id"]?.string == "A" }),
      let second = pair.firstIndex(where: { $0["Sequence"]?["id"]?.string == "B" }), first + 1 < second
    else { return nil }
    let separators = [tokenizer.specialTokens.separator, tokenizer.specialTokens.endOfSequence]
    return pair[first + 1..<second].contains { piece in
      piece["SpecialToken"]?["id"]?.string.flatMap { tokenizer.id(of: $0) }.map { separators.contains($0) } ?? false
    }
  }

  /// Whether borders are put around a text: the post-processor's word, else the configuration's.
  private func borders() -> (begin: Bool?, end: Bool?) {
    var (begin, end): (Bool?, Bool?)
    let processor = json.parts["post_processor"] ?? .null
    for step in processor["processors"]?.array ?? [processor] {
      switch step["type"]?.string {
      case "ByteLevel": (begin, end) = (begin ?? false, end ?? false)
      case "TemplateProcessing":
        let pieces = step["single"]?.array ?? []
        if pieces.count > 1, pieces.first?["SpecialToken"] != nil { begin = tokenizer.addsBeginningOfSequence }
        if pieces.count > 1, pieces.last?["SpecialToken"] != nil { end = tokenizer.addsEndOfSequence }
      default: break
      }
    }
    return (begin ?? configuration["add_bos_token"]?.bool, end ?? configuration["add_eos_token"]?.bool)
  }
}
