/// How text is cut into words before merging; merges never cross the border of a word.
///
/// Each rule is the hand-written scanner of a regular expression that the model was trained with. The names are those
/// of GGUF's `tokenizer.ggml.pre`.
package enum PreTokenizer: String, Sendable, CaseIterable {
  /// SmolLM, StarCoder, Refact, Command R: each digit alone, then GPT-2's pattern.
  case smollm
  case starcoder
  case refact
  case commandR = "command-r"
  /// Llama 3.
  case llamaBPE = "llama-bpe"

  /// The names that a model file may give.
  package static var knownNames: [String] { allCases.map(\.rawValue) }

  /// Whether a word that is a token as a whole is taken as that token without merging.
  var ignoresMerges: Bool { self == .llamaBPE }

  /// Whether texts begin with the beginning-of-sequence token when the model file does not say.
  var addsBeginningOfSequence: Bool { self == .llamaBPE }

  /// The end of the word that begins at `start`.
  ///
  /// - Complexity: O(length of the word) on any text.
  @inline(__always)
  func endOfWord(in text: ClassifiedText, from start: Int) -> Int {
    self == .llamaBPE ? Llama3Pattern.endOfWord(in: text, from: start) : GPT2Pattern.endOfWord(in: text, from: start)
  }
}
