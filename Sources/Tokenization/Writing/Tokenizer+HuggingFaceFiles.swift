import Foundation
import JSONValue

extension Tokenizer {
  /// The files of a Hugging Face folder with this tokenizer, by name: as they came, or made of what a GGUF file says.
  ///
  /// - Throws: ``TokenizerError`` when a file cannot be read.
  package func huggingFaceFiles() throws -> [String: Data] {
    switch origin {
    case .huggingFace(let source):
      return source.files.filter { !HuggingFaceSource.namesOfModelFiles.contains($0.key) }
    case .model(let model):
      let conversion = try HuggingFaceConversion(tokenizer: self, model: model)
      var files = [
        "tokenizer.json": conversion.tokenizerJSON.serialized(),
        "tokenizer_config.json": conversion.configuration.serialized(pretty: true),
        "special_tokens_map.json": conversion.specialTokensMap.serialized(pretty: true),
      ]
      if let template = model.chatTemplate { files["chat_template.jinja"] = Data(template.utf8) }
      return files
    }
  }
}

/// Describes the tokenizer of a GGUF file as Hugging Face tokenizers do.
///
/// What llama.cpp simplifies of a family's normalizer and pre-tokenizer gets its original form, with which the model was
/// trained.
private struct HuggingFaceConversion {
  private let tokenizer: Tokenizer
  private let model: TokenizerModel
  private let texts: [String]
  private let name: GGUFPreTokenizer

  private var isPieces: Bool { model.kind == .pieces }
  private var vocabulary: Vocabulary { tokenizer.pipeline.vocabulary }

  init(tokenizer: Tokenizer, model: TokenizerModel) throws {
    self.tokenizer = tokenizer
    self.model = model
    texts = model.tokens.strings
    name = try GGUFPreTokenizer(named: model.preTokenizer)
  }

  var tokenizerJSON: JSONValue {
    [
      "version": "1.0", "truncation": nil, "padding": nil, "added_tokens": addedTokens, "normalizer": normalizer,
      "pre_tokenizer": preTokenizer, "post_processor": postProcessor, "decoder": decoder, "model": bytePairModel,
    ]
  }

  var configuration: JSONValue {
    guard case .object(var members) = specialTokensMap else { return nil }
    members["tokenizer_class"] = "PreTrainedTokenizerFast"
    members["clean_up_tokenization_spaces"] = false
    members["add_bos_token"] = .bool(tokenizer.addsBeginningOfSequence)
    members["add_eos_token"] = .bool(tokenizer.addsEndOfSequence)
    if let template = model.chatTemplate { members["chat_template"] = .string(template) }
    return .object(members)
  }

  var specialTokensMap: JSONValue {
    let special = model.specialTokens
    let roles = [
      ("bos_token", special.beginningOfSequence), ("eos_token", special.endOfSequence), ("unk_token", special.unknown),
      ("pad_token", special.padding), ("sep_token", special.separator), ("mask_token", special.mask),
    ]
    return .object(
      Dictionary(
        roles.compactMap { role, id in id.map { (role, .string(texts[$0])) } }, uniquingKeysWith: { first, _ in first })
    )
  }

  // MARK: - Tokens

  private var addedTokens: JSONValue {
    let ids = texts.indices.filter { [.control, .unknown, .userDefined].contains(vocabulary.type(of: $0)) }
    return .array(
      ids.filter { !texts[$0].isEmpty }.map { id in
        [
          "id": .integer(id), "content": .string(texts[id]), "single_word": false, "lstrip": false, "rstrip": false,
          "normalized": false, "special": .bool(vocabulary.type(of: id) != .userDefined),
        ]
      })
  }

  private var bytePairModel: JSONValue {
    let hasBytes = !vocabulary.idOfByte.contains(Symbol.none)
    return [
      "type": "BPE", "dropout": nil, "continuing_subword_prefix": nil, "end_of_word_suffix": nil,
      "unk_token": isPieces ? model.specialTokens.unknown.map { .string(texts[$0]) } ?? nil : nil,
      "fuse_unk": .bool(isPieces), "byte_fallback": .bool(isPieces && hasBytes),
      "ignore_merges": .bool(!isPieces && name.ignoresMerges),
      "vocab": .object(
        Dictionary(
          texts.enumerated().map { ($0.element, .integer($0.offset)) }, uniquingKeysWith: { first, _ in first })),
      "merges": .array(isPieces ? mergesOfScores : mergesOfFile),
    ]
  }

  private var mergesOfFile: [JSONValue] {
    model.merges.strings.map { .array($0.split(separator: " ").map { .string(String($0)) }) }
  }

  /// Every way to put a piece together of two, the piece with the highest score first: merging by this list merges by the scores.
  private var mergesOfScores: [JSONValue] {
    var found: [(score: Float, left: Int, right: Int)] = []
    for id in texts.indices where vocabulary.type(of: id) == .normal {
      let score = model.scores.isEmpty ? 0 : model.scores[id]
      vocabulary.key(of: id).withUnsafeBufferPointer { text in
        for cut in 1..<max(1, text.count) where text[cut] & 0xc0 != 0x80 {
          guard let left = vocabulary.id(of: UnsafeBufferPointer(rebasing: text[..<cut])),
            let right = vocabulary.id(of: UnsafeBufferPointer(rebasing: text[cut...]))
          else { continue }
          found.append((score, left, right))
        }
      }
    }
    found.sort { ($1.score, $0.left, $0.right) < ($0.score, $1.left, $1.right) }
    return found.map { [.string(texts[$0.left]), .string(texts[$0.right])] }
  }

  // MARK: - Steps

  private var normalizer: JSONValue {
    guard isPieces else { return name == .qwen2 ? ["type": "NFC"] : nil }
    let replace: JSONValue = ["type": "Replace", "pattern": ["String": " "], "content": "▁"]
    if tokenizer.pipeline.decoder.strippedSpaces == 0 { return replace }
    return ["type": "Sequence", "normalizers": [["type": "Prepend", "prepend": "▁"], replace]]
  }

  private var preTokenizer: JSONValue {
    if isPieces { return nil }
    func byteLevel(_ usesRegex: Bool) -> JSONValue {
      ["type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": .bool(usesRegex)]
    }
    func split(_ regex: String) -> JSONValue {
      ["type": "Split", "pattern": ["Regex": .string(regex)], "behavior": "Isolated", "invert": false]
    }
    let steps: [JSONValue] =
      switch name {
      case .gpt2: [byteLevel(true)]
      case .smollm, .starcoder, .refact, .commandR: [["type": "Digits", "individual_digits": true], byteLevel(true)]
      case .llamaBPE: [split(SplitPattern.textOfLlama3), byteLevel(false)]
      case .qwen2: [split(SplitPattern.textOfQwen2), byteLevel(false)]
      case .tekken: [split(SplitPattern.textOfTekken), byteLevel(false)]
      case .standard:
        [SplitPattern.textOfSymbols, SplitPattern.textOfGPT2, #"\p{N}+"#, "[0-9][0-9][0-9]"].map(split) + [
          byteLevel(false)
        ]
      }
    return steps.count == 1 ? steps[0] : ["type": "Sequence", "pretokenizers": .array(steps)]
  }

  private var decoder: JSONValue {
    guard isPieces else {
      return ["type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true]
    }
    var steps: [JSONValue] = [
      ["type": "Replace", "pattern": ["String": "▁"], "content": " "], ["type": "ByteFallback"], ["type": "Fuse"],
    ]
    let spaces = tokenizer.pipeline.decoder.strippedSpaces
    if spaces > 0 { steps.append(["type": "Strip", "content": " ", "start": .integer(spaces), "stop": 0]) }
    return ["type": "Sequence", "decoders": .array(steps)]
  }

  private var postProcessor: JSONValue {
    let borders = tokenizer.pipeline.borders
    if borders == SequenceBorders() {
      return isPieces ? nil : ["type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": true]
    }
    func special(_ id: Int, _ type: Int) -> JSONValue {
      ["SpecialToken": ["id": .string(texts[id]), "type_id": .integer(type)]]
    }
    func text(_ name: String, _ type: Int) -> [JSONValue] {
      borders.prefix.map { special($0, type) } + [["Sequence": ["id": .string(name), "type_id": .integer(type)]]]
        + borders.suffix.map { special($0, type) }
    }
    let tokens = (borders.prefix + borders.suffix).map { id in
      (texts[id], ["id": .string(texts[id]), "ids": [.integer(id)], "tokens": [.string(texts[id])]] as JSONValue)
    }
    return [
      "type": "TemplateProcessing", "single": .array(text("A", 0)), "pair": .array(text("A", 0) + text("B", 1)),
      "special_tokens": .object(Dictionary(tokens, uniquingKeysWith: { first, _ in first })),
    ]
  }
}
