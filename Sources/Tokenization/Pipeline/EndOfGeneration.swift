/// The texts of tokens after which a model has said what it had to say.
///
/// A model file names one such token, chat models often use another; so llama.cpp and we know them by their texts.
enum EndOfGeneration {
  static let texts: Set<String> = [
    "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<end_of_turn>", "<|endoftext|>", "<|eom_id|>",
    "<|end_of_text|>", "</s>", "<eos>", "<EOT>", "_<EOT>", "<end_of_utterance>",
    // Borders between the files of a repository, in models for code
    "<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>",
    "<reponame>", "<|file_sep|>",
  ]
}
