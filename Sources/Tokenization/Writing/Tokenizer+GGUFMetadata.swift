import JSONValue
import ModelFiles

extension Tokenizer {
  /// The keys `tokenizer.…` of a GGUF file with this tokenizer, as llama.cpp's converter writes them.
  ///
  /// - Parameter vocabularySize: The rows of the model's embedding; tokens that the tokenizer does not have become unused ones.
  /// - Throws: ``TokenizerError/notInGGUF(what:)`` when GGUF has no way to say what a tokenizer.json does.
  package func ggufMetadata(vocabularySize: Int? = nil) throws -> [(String, GGUFEncodedValue)] {
    var model =
      switch origin {
      case .model(let model): model
      case .huggingFace(let source): try GGUFConversion(tokenizer: self, source: source).model()
      }
    try Self.pad(&model, to: vocabularySize ?? 0)
    return Self.metadata(of: model)
  }

  private static func pad(_ model: inout TokenizerModel, to size: Int) throws(TokenizerError) {
    let count = model.tokens.count
    if size <= count { return }
    if size > Vocabulary.limit { throw .tooManyTokens(count: size, limit: Vocabulary.limit) }
    model.tokens = TextList(model.tokens.strings + (count..<size).map { "[PAD\($0)]" })
    if model.types.isEmpty { model.types = [Int32](repeating: 1, count: count) }
    model.types += [Int32](repeating: Int32(TokenType.unused.rawValue), count: size - count)
    if !model.scores.isEmpty { model.scores += [Float](repeating: -10_000, count: size - count) }
  }

  private static func metadata(of model: TokenizerModel) -> [(String, GGUFEncodedValue)] {
    var entries: [(String, GGUFEncodedValue)] = [
      ("model", .string(model.kind.rawValue)), ("pre", .string(model.preTokenizer)),
      ("tokens", .strings(model.tokens.strings)),
    ]
    if !model.scores.isEmpty { entries.append(("scores", .float32s(model.scores))) }
    if !model.types.isEmpty { entries.append(("token_type", .int32s(model.types.map(Int.init)))) }
    if model.kind == .bytePairs { entries.append(("merges", .strings(model.merges.strings))) }
    let special = model.specialTokens
    let ids = [
      ("bos", special.beginningOfSequence), ("eos", special.endOfSequence), ("unknown", special.unknown),
      ("seperator", special.separator), ("padding", special.padding), ("mask", special.mask),
      ("eot", special.endOfTurn), ("eom", special.endOfMessage),
    ]
    for (role, id) in ids {
      if let id { entries.append(("\(role)_token_id", .uint32(id))) }
    }
    if let adds = model.addsBeginningOfSequence { entries.append(("add_bos_token", .bool(adds))) }
    if let adds = model.addsEndOfSequence { entries.append(("add_eos_token", .bool(adds))) }
    if let adds = model.addsSeparator { entries.append(("add_sep_token", .bool(adds))) }
    if let adds = model.addsSpacePrefix { entries.append(("add_space_prefix", .bool(adds))) }
    let keys = entries.map { ("tokenizer.ggml.\($0.0)", $0.1) }
    return keys + (model.chatTemplate.map { [("tokenizer.chat_template", .string($0))] } ?? [])
  }
}
