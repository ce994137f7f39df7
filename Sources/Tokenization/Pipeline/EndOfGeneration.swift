/// The tokens after which a model has said what it had to say, known by their texts.
///
/// A model file names one such token, chat models often use another; so llama.cpp and we know them by their texts.
enum EndOfGeneration {
  static let texts = [
    "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>", "<end_of_turn>",
    "<|endoftext|>", "</s>", "<|eom_id|>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]", "<|end_of_text|>",
    "<end_of_utterance>", "<eos>", "<turn|>", "<|tool_response>", "<｜end▁of▁sentence｜>", "[e~[",
    // Borders between the files of a repository, in models for code
    "<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]", "<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>",
    "<reponame>", "<|file_sep|>",
  ]

  /// Texts of tokens that steer a model for code, whatever type its file gives them.
  static let textsOfControlTokens = [
    "<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<｜fim▁begin｜>", "<PRE>", "▁<PRE>", "<|code_prefix|>",
    "<|prefix|>",
    "<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<｜fim▁hole｜>", "<SUF>", "▁<SUF>", "<|code_suffix|>",
    "<|suffix|>",
    "<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<｜fim▁end｜>", "<MID>", "▁<MID>", "<|code_middle|>", "<|middle|>",
  ]

  /// Texts of tokens that are text in a chat, whatever type the file gives them.
  static let textsOfUserDefinedTokens = ["<|channel|>", "<|message|>", "<|start|>", "<|constrain|>"]

  /// The ids that end a generation.
  ///
  /// - Parameters:
  ///   - id: The id of a token by its text.
  ///   - named: The ids that the file itself names.
  static func ids(_ id: (String) -> Int?, named: [Int?]) -> Set<Int> {
    var ids = Set(texts.compactMap(id) + named.compactMap { $0 })
    // Where tool calls have own ends, `<|end|>` only ends a part of an answer.
    let ends = Set(["<|return|>", "<|call|>", "<|calls|>", "<|flush|>"].filter { id($0) != nil })
    let hasOwnEnds =
      !ends.isDisjoint(with: ["<|call|>", "<|calls|>"]) && !ends.isDisjoint(with: ["<|return|>", "<|flush|>"])
    if hasOwnEnds, let end = id("<|end|>") { ids.remove(end) }
    if id("<|tool_response>") != nil, let end = id("</s>") { ids.remove(end) }
    return ids
  }
}
