/// The prompt that Stanford Alpaca was trained with, and most models on rows of its form since.
///
/// - SeeAlso: Taori et al., "Stanford Alpaca", 2023.
enum AlpacaPrompt {
  /// The text in front of the answer; an empty input is left out.
  static func text(instruction: String, input: String) -> String {
    let further = input.isEmpty ? "" : ", paired with an input that provides further context"
    return "Below is an instruction that describes a task\(further). "
      + "Write a response that appropriately completes the request.\n\n### Instruction:\n\(instruction)\n\n"
      + (input.isEmpty ? "" : "### Input:\n\(input)\n\n") + "### Response:\n"
  }
}
