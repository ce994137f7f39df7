/// The pre-tokenizers that GGUF's `tokenizer.ggml.pre` names, with the habits that go with the name in llama.cpp.
enum GGUFPreTokenizer: String, CaseIterable {
  case standard = "default"
  case gpt2 = "gpt-2"
  case llamaBPE = "llama-bpe"
  case qwen2
  case smollm
  case starcoder
  case refact
  case commandR = "command-r"
  case tekken

  /// Other names that llama.cpp takes for the same.
  private static let synonyms: [String: GGUFPreTokenizer] = [
    "": .standard, "llama3": .llamaBPE, "llama-v3": .llamaBPE, "deepseek-r1-qwen": .qwen2, "megrez": .qwen2,
    "phi-2": .gpt2, "codeshell": .smollm, "exaone": .smollm,
  ]

  /// - Throws: ``TokenizerError/unknownPreTokenizer(name:known:)``.
  init(named name: String) throws(TokenizerError) {
    guard let known = GGUFPreTokenizer(rawValue: name) ?? Self.synonyms[name] else {
      throw .unknownPreTokenizer(name: name, known: Self.allCases.map(\.rawValue))
    }
    self = known
  }

  /// Whether a word that is a token as a whole is taken as that token without merging.
  var ignoresMerges: Bool { self == .llamaBPE || self == .tekken }

  /// Whether texts begin with the beginning-of-sequence token when the file does not say.
  var addsBeginningOfSequence: Bool { self == .llamaBPE || self == .tekken }

  /// The patterns as llama.cpp runs them.
  var patterns: [SplitPattern] {
    switch self {
    case .standard: [.symbols, .gpt2, .numbers, .threeDigits]
    case .gpt2: [.gpt2]
    case .llamaBPE: [.llama3(Llama3Pattern(digits: 3, takesLongS: false))]
    case .qwen2: [.llama3(Llama3Pattern(digits: 1, takesLongS: false))]
    case .smollm, .starcoder, .refact, .commandR: [.number, .gpt2]
    case .tekken: [.tekken(TekkenPattern(asciiCaseOnly: true))]
    }
  }

  var preTokenizer: PreTokenizer {
    PreTokenizer(stages: patterns.map { .split($0, .isolated, inverted: false) }, isByteLevel: true)
  }
}
