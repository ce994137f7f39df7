import Foundation
import JSONValue

extension Tokenizer {
  /// The tokenizer in a Hugging Face folder: `tokenizer.json`, and `tokenizer_config.json`, `special_tokens_map.json`,
  /// `generation_config.json` and a chat template where they are there.
  ///
  /// - Throws: ``TokenizerError`` that names the file or the component that is wrong, missing or not known.
  package convenience init(huggingFaceFolder folder: String) throws {
    try self.init(HuggingFaceSource(folder: folder))
  }

  private convenience init(_ source: HuggingFaceSource) throws {
    let configuration = try source.json("tokenizer_config.json")
    var pipeline = try Pipeline(TokenizerJSON(source.files["tokenizer.json"] ?? Data()))
    let special = try Self.specialTokens(pipeline.vocabulary, configuration, source.json("special_tokens_map.json"))
    Self.addBorders(to: &pipeline.borders, special, configuration)
    let named = try Self.endsOfGeneration(source.json("generation_config.json"), pipeline.vocabulary.count)
    let vocabulary = pipeline.vocabulary
    let ends = EndOfGeneration.ids(
      { text in vocabulary.id(of: text).flatMap { vocabulary.type(of: $0) == .control ? $0 : nil } },
      named: named + [special.endOfSequence])
    self.init(
      pipeline: pipeline, specialTokens: special, endOfGenerationIDs: ends,
      chatTemplate: try source.chatTemplate(configuration), origin: .huggingFace(source))
  }

  private static func specialTokens(
    _ vocabulary: Vocabulary, _ configuration: JSONValue, _ map: JSONValue
  ) throws(TokenizerError) -> SpecialTokens {
    func id(_ name: String) -> Int? {
      // A token is its text, or an object with it.
      for entry in [configuration[name], map[name]] {
        if let text = entry?.string ?? entry?["content"]?.string { return vocabulary.id(of: text) }
      }
      return nil
    }
    var special = SpecialTokens(
      beginningOfSequence: id("bos_token"), endOfSequence: id("eos_token"), unknown: id("unk_token"),
      padding: id("pad_token"))
    special.separator = id("sep_token")
    special.mask = id("mask_token")
    return special
  }

  /// What the configuration says counts only where the post-processor says nothing.
  private static func addBorders(
    to borders: inout SequenceBorders, _ special: SpecialTokens, _ configuration: JSONValue
  ) {
    guard borders == SequenceBorders() else { return }
    if configuration["add_bos_token"]?.bool == true, let begin = special.beginningOfSequence {
      borders.prefix = [begin]
    }
    if configuration["add_eos_token"]?.bool == true, let end = special.endOfSequence { borders.suffix = [end] }
  }

  private static func endsOfGeneration(_ configuration: JSONValue, _ count: Int) throws(TokenizerError) -> [Int] {
    let entry = configuration["eos_token_id"]
    let ids = entry?.array?.compactMap(\.integer) ?? entry?.integer.map { [$0] } ?? []
    for id in ids where !(0..<count).contains(id) {
      throw .specialTokenOutOfRange(role: "end-of-generation", id: id, tokens: count)
    }
    return ids
  }
}
